"""Whatever is recorded has words for the people who read it: on a timeline or as an auditor."""

import ast
import re

from casework import oversight, timeline
from tests.test_house_rules import called, calls_in, code_of, our_files

TOPIC = re.compile(r"[a-z_]+\.[a-z_]+")
OVERSIGHT = oversight.__name__  # its import tells how what only an auditor counts reads


def recorded() -> set[str]:
    """Every topic that stands in a call of `record` or a helper named for it."""
    return {
        node.value
        for path in our_files()
        for call in calls_in(code_of(path))
        if called(call).lstrip("_").startswith("record")
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and TOPIC.fullmatch(str(node.value))
    }


def test_every_recorded_topic_has_words():
    topics = recorded()

    assert {"case.reported", "membership.ended", "bed.stopped"} <= topics
    assert sorted(topics - timeline._titles.keys()) == []
