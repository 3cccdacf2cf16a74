"""Whatever a rule refuses has one sentence, and one word, in the whole house."""

import ast
from collections import Counter
from importlib import import_module
from importlib.util import find_spec

from config.refusals import APPS, messages
from tests.test_house_rules import called, calls_in, code_of, our_files

ON_THE_SERVER = {"key-in-use", "keys-locked"}  # `manage.py keys` tells them


def raised() -> set[str]:
    """Every word that a broken rule is raised with."""
    return {
        str(call.args[0].value)
        for path in our_files()
        for call in calls_in(code_of(path))
        if called(call) == "RuleBroken" and call.args and isinstance(call.args[0], ast.Constant)
    }


def test_each_word_has_its_sentence_and_each_sentence_its_rule():
    words = raised()

    assert {"in-the-future", "soft-guard", "bed-taken"} <= words
    assert sorted(words - messages().keys() - ON_THE_SERVER) == []


def test_no_two_apps_say_one_thing():
    written = [import_module(f"{app}.messages") for app in APPS if find_spec(f"{app}.messages")]

    times = Counter(word for said in written for word in said.MESSAGES)

    assert [word for word, n in times.items() if n > 1] == []


def test_no_sentence_is_said_for_two_words():
    times = Counter(str(said) for said in messages().values())

    assert [said for said, n in times.items() if n > 1] == []
