"""Grounds, parts and bands at their edges."""

import pytest

from referral import rules
from referral.rules import Band, Given, Request
from safekeeping.errors import RuleBroken

ASKED = Request("health", "health_facility", frozenset({"contact", "needs"}))


@pytest.mark.parametrize(
    ("given", "covered"),
    [
        (Given("health", "health_facility", frozenset({"contact", "needs"})), True),
        (Given("health", "health_facility", frozenset({"contact", "needs", "person"})), True),
        (Given("health", "health_facility", frozenset({"contact"})), False),
        (Given("legal", "health_facility", frozenset({"contact", "needs"})), False),
        (Given("health", "legal_aid", frozenset({"contact", "needs"})), False),
    ],
)
def test_consent_covers_this_service_this_kind_and_these_groups_only(given, covered):
    assert rules.covers(given, ASKED) is covered


def test_nothing_is_shared_without_a_consent_that_covers_it():
    with pytest.raises(RuleBroken, match="consent-missing"):
        rules.require_consent([], ASKED)


@pytest.mark.parametrize(
    ("code", "service", "kind", "groups"),
    [
        ("law13_20_4", "police", "health_facility", {"contact"}),
        ("law13_20_4", "health", "commune_police", {"contact"}),
        ("law13_20_4", "police", "commune_police", {"account"}),
        ("law13_20_4", "police", "commune_police", {"informant"}),
        ("law-of-ours", "police", "commune_police", {"contact"}),
    ],
)
def test_statute_stretches_to_no_other_body_service_or_group(code, service, kind, groups):
    with pytest.raises(RuleBroken, match="statute-not-fitting"):
        rules.require_statute(code, Request(service, kind, frozenset(groups)))


def test_statute_allows_what_it_names():
    asked = Request("police", "commune_police", frozenset({"contact", "whereabouts"}))

    assert rules.require_statute("law13_20_4", asked).text.endswith("20(4)")


@pytest.mark.parametrize(
    ("service", "groups"), [("legal", {"contact"}), ("police", {"account"}), ("health", {"legal"})]
)
def test_danger_to_life_opens_no_more_than_a_way_to_her(service, groups):
    with pytest.raises(RuleBroken, match="life-not-for-this"):
        rules.require_life(Request(service, "commune_police", frozenset(groups)))


def test_no_ground_ever_names_a_group_that_is_never_shared():
    from casework.groups import CONSENTED

    named = frozenset().union(*(law.groups for law in rules.STATUTES.values()), rules.LIFE_GROUPS)

    assert named <= CONSENTED


def test_parts_come_in_the_order_in_which_they_were_asked_for():
    assert rules.require_parts(["a", "b", "c"], {"c", "a"}) == ["a", "c"]


@pytest.mark.parametrize(
    ("parts", "code"), [((), "parts-none"), (("a", "b"), "parts-all"), (("x",), "parts-unknown")]
)
def test_parts_are_some_of_what_was_asked_for(parts, code):
    with pytest.raises(RuleBroken, match=code):
        rules.require_parts(["a", "b"], parts)


BANDS = [Band("16_29", 16, 30), Band("30_39", 30, 40), Band("narrow", 40, 45), Band("60", 60, None)]


@pytest.mark.parametrize(
    ("born", "band"),
    [(1997, "16_29"), (1996, "30_39"), (1987, "30_39"), (1984, "unknown"), (1950, "60"),
     (None, "unknown")],
)  # fmt: skip
def test_age_on_a_card_is_a_band_at_least_ten_years_wide(born, band):
    assert rules.band_of(born, 2026, BANDS) == band


@pytest.mark.parametrize(
    ("scope", "ended", "reach", "revoked"),
    [
        ("service", True, "goes_self", True),
        ("sharing", True, "companion", True),
        ("sharing", False, "companion", False),
        ("counted", False, "safe_number", False),
        ("contact", False, "safe_number", True),
        ("contact", False, "goes_self", False),
    ],
)
def test_withdrawal_ends_what_its_scope_names(scope, ended, reach, revoked):
    assert rules.revoked_by(scope, consent_ended=ended, reach_by=reach) is revoked
