"""Whatever is recorded has words for the people who read it: on a timeline or as an auditor."""

import ast
import re

from casework import timeline
from tests.test_house_rules import called, code_of, our_files

TOPIC = re.compile(r"[a-z_]+\.[a-z_]+")


def recorded() -> set[str]:
    """Every topic in a call of `record`, of a helper named for it or `moved`, or called `topic`."""
    return {
        node.value
        for path in our_files()
        for place in ast.walk(code_of(path))
        if records(place)
        for node in ast.walk(place)
        if isinstance(node, ast.Constant) and TOPIC.fullmatch(str(node.value))
    }


def records(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called(node).lstrip("_").startswith(("record", "moved"))
    if isinstance(node, ast.keyword):
        return node.arg == "topic"
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "topic"


def test_every_recorded_topic_has_words():
    topics = recorded()

    assert {"case.reported", "membership.ended", "bed.stopped", "stay.held"} <= topics
    assert {"referral.revoked", "referral.partly_accepted", "alert.succeeded"} <= topics
    missing = sorted(topics - timeline._titles.keys())
    assert not missing, f"say in <app>/telling.py how these read: {missing}"
