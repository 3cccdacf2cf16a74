"""A child agrees together with somebody who may speak for it; who must not be told never does."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import reverse

from casework import actions
from casework.minors import Age, Voice, require_voice
from casework.models import Consent, ConsentState
from network import registry
from safekeeping.errors import RuleBroken
from tests.casework.steps import Cast, act, read, rows

Made = Callable[..., UUID]
YEAR = 2026
CHILD, MAYBE, GROWN, SMALL = 2014, 2010, 2009, 2020
AGREES = Voice("mother", "agrees")


def ask(cast: Cast, case: UUID, voice: Voice, *answers: str) -> None:
    asking = actions.Asking(alone=True, voice=voice)
    act(cast["worker"], actions.record_consent, reference=case, answers=answers, asking=asking)


def given(cast: Cast) -> list[Consent]:
    return rows(cast["worker"], Consent, state=ConsentState.GIVEN)


def keep_from(cast: Cast, case: UUID, *who: str) -> None:
    act(
        cast["worker"], actions.describe, reference=case, kind="case", record=case,
        values={"not_told": list(who)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("born", "band", "may_be", "is_one", "asked"),
    [
        (SMALL, "", True, True, False),
        (2019, "", True, True, True),
        (2011, "", True, True, True),
        (MAYBE, "", True, False, True),
        (GROWN, "", False, False, True),
        (None, "under_16", True, True, True),
        (None, "16_17", False, False, True),
        (None, "", False, False, True),
        (GROWN, "under_16", False, False, True),
    ],
)
def test_who_is_a_child(
    born: int | None, band: str, may_be: bool, is_one: bool, asked: bool
) -> None:
    age = Age(born, band)

    assert (age.may_be_child(YEAR), age.is_child(YEAR)) == (may_be, is_one)
    assert age.is_asked(YEAR) is asked


@pytest.mark.parametrize(
    ("voice", "born", "why"),
    [
        (Voice(), CHILD, "representative-missing"),
        (Voice(child_view="agrees"), CHILD, "representative-missing"),
        (Voice("mother"), CHILD, "child-not-asked"),
        (Voice("mother", "disagrees"), CHILD, "child-disagrees"),
        (Voice("mother", "disagrees"), MAYBE, "child-disagrees"),
        (Voice("father", "agrees"), CHILD, "representative-not-told"),
        (Voice("father", "agrees"), MAYBE, "representative-not-told"),
    ],
)
def test_what_does_not_hold(voice: Voice, born: int, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        require_voice(voice, Age(born), year=YEAR, not_told=["father"])


@pytest.mark.parametrize(
    ("voice", "born"),
    [(AGREES, CHILD), (Voice("guardian"), SMALL), (Voice(), MAYBE), (Voice(), GROWN)],
)
def test_what_holds(voice: Voice, born: int) -> None:
    require_voice(voice, Age(born), year=YEAR, not_told=["father"])


def test_a_child_agrees_with_who_speaks_for_it(cast: Cast, assigned: Made) -> None:
    case = assigned(birth_year=CHILD)

    ask(cast, case, AGREES, "doctor")

    assert {(row.spoken_for_by, row.child_view) for row in given(cast)} == {("mother", "agrees")}


def test_without_anybody_to_speak_for_it_nothing_is_agreed_to(cast: Cast, assigned: Made) -> None:
    case = assigned(birth_year=CHILD)

    with pytest.raises(RuleBroken, match="representative-missing"):
        ask(cast, case, Voice(), "doctor")

    assert not rows(cast["worker"], Consent)


@pytest.mark.parametrize("answer", ["none", "could_not_ask"])
def test_a_child_may_refuse_or_not_be_asked_by_itself(
    cast: Cast, assigned: Made, answer: str
) -> None:
    ask(cast, assigned(birth_year=CHILD), Voice(), answer)

    assert not given(cast)
    assert rows(cast["worker"], Consent)


def test_a_sheet_of_a_child_is_asked_the_same(cast: Cast, assigned: Made) -> None:
    line = actions.Line("health", "health_facility", ("person",), True)

    with pytest.raises(RuleBroken, match="representative-missing"):
        act(
            cast["worker"], actions.record_consent, reference=assigned(birth_year=CHILD),
            answers=[], sheet=[line],
        )  # fmt: skip


def test_who_must_not_be_told_cannot_agree(cast: Cast, assigned: Made) -> None:
    case = assigned(birth_year=CHILD)
    keep_from(cast, case, "mother", "step_parent")

    with pytest.raises(RuleBroken, match="representative-not-told"):
        ask(cast, case, AGREES, "doctor")
    ask(cast, case, Voice("grandparent", "agrees"), "doctor")

    assert read(cast["worker"], case).not_told == ["mother", "step_parent"]
    assert given(cast)


@pytest.mark.parametrize("voice", [Voice("uncle", "agrees"), Voice("mother", "maybe")])
def test_only_words_of_the_lists(cast: Cast, assigned: Made, voice: Voice) -> None:
    with pytest.raises(RuleBroken, match="unknown-code"):
        ask(cast, assigned(birth_year=CHILD), voice, "doctor")


@pytest.mark.django_db
def test_whoever_may_speak_for_a_child_may_have_to_be_kept_from_it() -> None:
    """But for a social worker, who is nobody of the family."""
    speakers = {one.code for one in registry.codes("spoken_for_by")}

    assert speakers - {one.code for one in registry.codes("not_told")} == {"social_worker"}


# The pages


def test_of_a_child_the_form_asks_who_speaks_for_it(client_of, cast, assigned):
    case, client = assigned(birth_year=CHILD), client_of(cast["worker"])
    page = reverse("casework:ask", args=[case])
    html = client.post(page, {"answers": ["doctor"]}).content.decode()
    assert "Hãy cho biết ai đại diện cho trẻ" in html

    said = {"answers": ["doctor"], "spoken_for_by": "mother", "child_view": "disagrees"}
    html = client.post(page, said).content.decode()
    assert "Trẻ không đồng ý. Hãy chọn" in html
    assert not given(cast)

    assert client.post(page, {**said, "child_view": "agrees"}).status_code == 302
    html = client.get(reverse("casework:consent", args=[case])).content.decode()
    assert "Về phía trẻ: Mẹ. Trẻ đồng ý." in html


def test_of_a_grown_person_nobody_else_is_asked(client_of, cast, assigned):
    case, client = assigned(birth_year=GROWN), client_of(cast["worker"])
    page = reverse("casework:ask", args=[case])

    assert "spoken_for_by" not in client.get(page).content.decode()
    assert client.post(page, {"answers": ["doctor"], "alone": "yes"}).status_code == 302


def seen_on(client, page):
    return re.findall(r'name="seen" value="([^"]*)"', client.get(page).content.decode())[0]


def test_who_must_not_be_told_stands_on_every_page(client_of, cast, assigned):
    case, client = assigned(birth_year=CHILD), client_of(cast["worker"])
    page = reverse("casework:untold", args=[case])
    client.post(page, {"not_told": ["father", "step_parent"], "seen": seen_on(client, page)})

    for name in ("case", "people", "note"):
        html = client.get(reverse(f"casework:{name}", args=[case])).content.decode()
        assert "Không được cho biết: Cha, Cha dượng hoặc mẹ kế." in html
    client.post(page, {"seen": seen_on(client, page)})
    assert read(cast["worker"], case).not_told == []
