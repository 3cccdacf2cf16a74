"""Pure rules of the foundation, at their edges."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies

from casework import rules
from casework.groups import CONSENTED, EVERY, INFORMANT
from casework.instruments import REPORT_DANGER
from safekeeping.errors import RuleBroken

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("standing", "groups"),
    [
        (rules.Standing(), frozenset()),
        (rules.Standing(works=True), EVERY - {INFORMANT}),
        (rules.Standing(leads=True), EVERY),
        (rules.Standing(granted=frozenset({"contact"})), {"contact"}),
        (rules.Standing(granted=frozenset({"contact", INFORMANT})), {"contact"}),
        (rules.Standing(is_blocked=True, leads=True, works=True, granted=EVERY), frozenset()),
    ],
)
def test_groups_follow_the_standing_and_deny_beats_every_allow(standing, groups):
    assert rules.groups_of(standing) == groups


@given(
    leads=strategies.booleans(),
    works=strategies.booleans(),
    granted=strategies.frozensets(strategies.sampled_from(sorted(EVERY))),
)
def test_block_beats_everything(leads, works, granted):
    assert not rules.groups_of(rules.Standing(True, leads, works, granted))


def test_informant_is_never_consented():
    assert INFORMANT not in CONSENTED
    assert not CONSENTED & {"notes", "minutes", "evidence", "follow_up", "reasons"}


def test_former_owner_keeps_neither_place_nor_numbers():
    assert {"whereabouts", "contact"}.isdisjoint(rules.TAIL_GROUPS)


@pytest.mark.parametrize(
    ("late", "is_refused"), [(-MINUTE, False), (0 * MINUTE, False), (MINUTE, True)]
)
def test_a_fact_has_happened(late, is_refused):
    def ask():
        rules.fact_time(AT + late, AT)

    if is_refused:
        with pytest.raises(RuleBroken, match="in-the-future"):
            ask()
    else:
        ask()


@pytest.mark.parametrize(
    ("waited", "unheard"), [(19 * MINUTE, False), (20 * MINUTE, True), (21 * MINUTE, True)]
)
def test_coordinator_may_act_after_twenty_minutes(waited, unheard):
    assert rules.is_unheard(AT, now=AT + waited) is unheard


def test_nothing_that_waits_is_not_unheard():
    assert not rules.is_unheard(None, now=AT)


@pytest.mark.parametrize(
    ("late_entry", "age", "quiet"),
    [
        (True, timedelta(hours=24), True),
        (True, timedelta(hours=24) - MINUTE, False),
        (False, timedelta(hours=48), False),
    ],
)
def test_only_an_old_late_entry_wakes_nobody(late_entry, age, quiet):
    assert rules.is_quiet(due=AT, is_late_entry=late_entry, now=AT + age) is quiet


@pytest.mark.parametrize(
    ("guard", "strength"), [(name, str(strength)) for name, strength in rules.GUARDS.items()]
)
def test_soft_guards_take_a_sentence_and_hard_ones_nothing(guard, strength):
    if strength == "soft":
        assert rules.require_soft([guard], "He has a knife.")
    else:
        with pytest.raises(RuleBroken, match="hard-guard"):
            rules.require_soft([guard], "He has a knife.")


@pytest.mark.parametrize("sentence", ["", "   "])
def test_soft_guard_without_a_sentence_is_refused(sentence):
    with pytest.raises(RuleBroken, match="soft-guard") as refused:
        rules.require_soft(["shift", "consent"], sentence)

    assert refused.value.facts == {"guards": "consent,shift"}


def test_no_failed_guard_needs_no_override():
    assert not rules.require_soft([], "")


@pytest.mark.parametrize(
    "needs", [("none", "bed"), ("could_not_ask", "doctor"), ("none", "could_not_ask")]
)
def test_nothing_and_something_contradict(needs):
    with pytest.raises(RuleBroken, match="needs-contradict"):
        rules.require_one_answer(needs)


@pytest.mark.parametrize(
    "needs", [(), ("none",), ("could_not_ask",), ("bed", "doctor", "talk", "police")]
)
def test_one_answer_or_several_needs_are_fine(needs):
    rules.require_one_answer(needs)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "high"),
        ({"danger_to_life": "unknown"}, "high"),
        ({"danger_to_life": "no"}, "standard"),
        ({"danger_to_life": "yes"}, "extreme"),
        ({"danger_to_life": "no", "weapon": "yes"}, "extreme"),
        ({"danger_to_life": "no", "strangled": "yes"}, "extreme"),
        ({"danger_to_life": "no", "threat_to_kill": "yes"}, "high"),
        ({"danger_to_life": "no", "he_is_here": "yes"}, "high"),
        ({"threat_to_kill": "yes", "weapon": "yes"}, "extreme"),
        ({"nobody_asks_this": "yes"}, "high"),
    ],
)
def test_level_of_the_reports_danger_answers(answers, level):
    assert REPORT_DANGER.level(answers) == level


@pytest.mark.parametrize(
    ("dangers", "tracks", "told"),
    [
        ({}, (), {"child"}),
        ({"danger_to_life": "yes"}, (), {"child", "life"}),
        ({"strangled": "yes"}, (), {"child", "crime"}),
        ({"weapon": "yes"}, (), {"child", "crime"}),
        ({"weapon": "no"}, ("criminal",), {"child", "crime"}),
    ],
)
def test_circumstances_name_life_and_crime(dangers, tracks, told):
    assert rules.circumstances_told({"child"}, dangers, tracks) == told


@pytest.mark.parametrize(
    ("answer", "is_open"),
    [("yes", True), ("unknown", True), ("unanswered", True), ("no", False), ("cleared", False)],
)
def test_no_answer_keeps_the_office_out(answer, is_open):
    assert rules.is_conflict_open(answer) is is_open


def test_code_is_drawn_from_letters_that_nobody_mishears():
    drawn = rules.case_code("HY", 2026, lambda letters: letters[-1])

    assert drawn == "HY-26-ZZZZZ"
    assert not set("01ILOU") & set(rules.CODE_LETTERS)


def test_initials_come_from_the_province_name():
    assert rules.initials("hung yen") == "HY"


def test_alias_gets_a_number_once_names_run_out():
    def first(names):
        return names[0]

    assert rules.alias(["Sen", "Lan"], 0, first) == "Sen"
    assert rules.alias(["Sen", "Lan"], 2, first) == "Sen 2"
    assert rules.alias(["Sen", "Lan"], 7, first) == "Sen 222222"
