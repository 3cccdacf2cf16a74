"""What she said, kept row by row; taking it back touches only what rests on it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions
from casework.models import Consent, ConsentState, Deadline
from safekeeping import events
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework.steps import Cast, act, happened, later, read, rows, topics

Made = Callable[..., UUID]
C = ConsentState


def ask(cast: Cast, case: UUID, *answers: str, by: str = "worker", **given: object) -> UUID:
    return act(cast[by], actions.record_consent, reference=case, answers=answers, **given)


def withdraw(cast: Cast, case: UUID, scope: str, *, by: str = "worker", **given: object) -> UUID:
    return act(cast[by], actions.withdraw_consent, reference=case, scope=scope, **given)


def renew(cast: Cast, case: UUID, scope: str, *, by: str = "worker", **given: object) -> UUID:
    return act(cast[by], actions.renew_consent, reference=case, scope=scope, **given)


def said(cast: Cast, state: str) -> set[str]:
    return {row.service for row in rows(cast["worker"], Consent, state=state)}


def test_answers_become_rows_for_each_service_and_kind(cast: Cast, assigned: Made) -> None:
    case = assigned()

    ask(cast, case, "doctor", "police")

    assert said(cast, C.GIVEN) == {"health", "police"}
    assert said(cast, C.REFUSED) == {"shelter", "psychosocial"}
    kinds = {row.recipient_kind for row in rows(cast["worker"], Consent, service="police")}
    assert kinds == {"commune_police", "provincial_police"}


def test_each_service_has_one_event(cast: Cast, assigned: Made) -> None:
    case = assigned()

    ask(cast, case, "police")

    given = [e.code for e in happened(cast["worker"], case) if e.topic == "consent.given"]
    assert given == ["police"]


def test_none_refuses_all(cast: Cast, assigned: Made) -> None:
    ask(cast, assigned(), "none")

    assert said(cast, C.REFUSED) == {"health", "shelter", "psychosocial", "police"}
    assert not said(cast, C.GIVEN)


def test_a_refusal_names_no_groups(cast: Cast, assigned: Made) -> None:
    ask(cast, assigned(), "none")

    assert all(row.groups == [] for row in rows(cast["worker"], Consent))


def test_could_not_ask_is_asked_again_within_a_day(cast: Cast, assigned: Made) -> None:
    case = assigned()

    ask(cast, case, "could_not_ask", why_not="not_alone")

    assert rows(cast["worker"], Consent)[0].state == C.NOT_POSSIBLE
    clock = rows(cast["worker"], Deadline, clock="consent_ask", met_at=None)[0]
    assert clock.due_at == later(hours=24)


def test_a_second_try_begins_the_clock_anew_and_an_answer_meets_it(
    cast: Cast, assigned: Made
) -> None:
    case = assigned()
    ask(cast, case, "could_not_ask")

    ask(cast, case, "could_not_ask", now=later(hours=3))
    running = rows(cast["worker"], Deadline, clock="consent_ask", met_at=None)
    assert [clock.due_at for clock in running] == [later(hours=27)]

    ask(cast, case, "talk", now=later(hours=4))
    assert not rows(cast["worker"], Deadline, clock="consent_ask", met_at=None)


def test_what_was_given_is_not_refused_by_not_ticking_it(cast: Cast, assigned: Made) -> None:
    case = assigned()
    ask(cast, case, "doctor")

    ask(cast, case, "police")

    assert said(cast, C.GIVEN) == {"health", "police"}


@pytest.mark.parametrize("answers", [(), ("none", "doctor"), ("could_not_ask", "bed"), ("tea",)])
def test_answers_that_contradict_are_refused(
    cast: Cast, assigned: Made, answers: tuple[str, ...]
) -> None:
    with pytest.raises(RuleBroken):
        ask(cast, assigned(), *answers)


def test_the_full_sheet_names_exactly_its_groups(cast: Cast, assigned: Made) -> None:
    line = actions.Line("legal", "legal_aid", ("legal", "account"), given=True)

    ask(cast, assigned(), sheet=[line])

    row = rows(cast["worker"], Consent)[0]
    assert (row.service, row.groups, row.state) == ("legal", ["account", "legal"], C.GIVEN)


def test_what_is_never_shared_cannot_be_consented_to(cast: Cast, assigned: Made) -> None:
    line = actions.Line("legal", "legal_aid", ("informant",), given=True)

    with pytest.raises(RuleBroken, match="group-never-shared"):
        ask(cast, assigned(), sheet=[line])


def test_asking_needs_a_worker_of_the_owner(cast: Cast, assigned: Made) -> None:
    case = assigned()

    with pytest.raises(PermissionDenied):
        ask(cast, case, "doctor", by="colleague")
    with pytest.raises(NotVisible):
        ask(cast, case, "doctor", by="stranger")


def test_withdrawing_a_service_leaves_the_others(cast: Cast, assigned: Made) -> None:
    case = assigned()
    ask(cast, case, "doctor", "police")

    withdraw(cast, case, "service", service="police")

    assert said(cast, C.GIVEN) == {"health"}
    assert said(cast, C.WITHDRAWN) == {"police"}
    event = happened(cast["worker"], case)[-1]
    assert (event.topic, event.code, event.subject_kind) == ("consent.withdrawn", "service", "case")


def test_withdrawing_sharing_ends_all_that_was_given(cast: Cast, assigned: Made) -> None:
    case = assigned()
    ask(cast, case, "doctor", "bed", "talk")

    withdraw(cast, case, "sharing")

    assert not said(cast, C.GIVEN)
    assert said(cast, C.WITHDRAWN) == {"health", "shelter", "psychosocial"}


def test_rows_are_withdrawn_before_listeners_hear_of_it(
    cast: Cast, assigned: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, heard = assigned(), []
    ask(cast, case, "doctor")
    known = dict(events._handlers)
    monkeypatch.setattr(events, "_handlers", known)
    known["consent.withdrawn"] = [
        events.Handler(
            "test",
            lambda event, *, now: heard.extend(
                Consent.objects.filter(case_id=event.case_id, state=C.WITHDRAWN)
            ),
            within=True,
            must=True,
            urgent=False,
        )
    ]

    withdraw(cast, case, "sharing")

    assert [row.service for row in heard] == ["health"]


def test_not_being_counted_leaves_the_figures(cast: Cast, assigned: Made) -> None:
    case = assigned()

    withdraw(cast, case, "counted", words="Tôi không muốn")

    assert read(cast["worker"], case).counted is False
    assert rows(cast["worker"], Consent, purpose="counted")[0].state == C.REFUSED


def test_not_being_contacted_is_a_row_of_its_own(cast: Cast, assigned: Made) -> None:
    withdraw(cast, assigned(), "contact")

    assert rows(cast["worker"], Consent, purpose="contact")[0].scope == "contact"


@pytest.mark.parametrize("scope", ["service", "sharing", "everything"])
def test_nothing_given_is_nothing_to_withdraw(cast: Cast, assigned: Made, scope: str) -> None:
    with pytest.raises(RuleBroken, match="nothing-to-withdraw"):
        withdraw(cast, assigned(), scope)


def test_anybody_who_works_on_her_case_hears_a_withdrawal(cast: Cast, assigned: Made) -> None:
    case = assigned()

    withdraw(cast, case, "contact", by="colleague")

    with pytest.raises(NotVisible):
        withdraw(cast, case, "contact", by="stranger")


def test_wishes_are_kept_coded_and_in_words(cast: Cast, assigned: Made) -> None:
    case = assigned()

    act(
        cast["worker"], actions.record_wishes, reference=case,
        coded=["no_police", "be_safe_tonight"], words="Đừng gọi vào số cũ",
    )  # fmt: skip

    row = read(cast["worker"], case)
    assert row.wishes_coded == ["be_safe_tonight", "no_police"]
    with_words = act_open(cast, case)
    assert with_words == "Đừng gọi vào số cũ"


def act_open(cast: Cast, case: UUID) -> str:
    from casework import access

    opened = act(cast["worker"], access.open_groups, reference=case, groups=["wishes"])
    return opened["wishes"][0].value.text


@pytest.mark.parametrize("scope, column", [("counted", "counted"), ("contact", "contactable")])
def test_what_was_taken_back_is_wanted_again(
    cast: Cast, assigned: Made, scope: str, column: str
) -> None:
    case = assigned()
    withdraw(cast, case, scope)
    assert getattr(read(cast["worker"], case), column) is False

    renew(cast, case, scope, by="supervisor", words="Gọi em được rồi")

    assert getattr(read(cast["worker"], case), column) is True
    row = rows(cast["worker"], Consent, purpose=scope, state=C.GIVEN)[0]
    assert (row.scope, row.service, row.groups) == (scope, "", [])
    assert happened(cast["worker"], case)[-1].topic == "consent.renewed"


@pytest.mark.parametrize("scope", ["counted", "contact", "sharing", "service"])
def test_what_was_not_taken_back_cannot_be_wanted_again(
    cast: Cast, assigned: Made, scope: str
) -> None:
    with pytest.raises(RuleBroken, match="nothing-taken-back"):
        renew(cast, assigned(), scope)


def test_wanting_again_gives_no_service_back(cast: Cast, assigned: Made) -> None:
    case = assigned()
    ask(cast, case, "doctor")
    withdraw(cast, case, "sharing")
    withdraw(cast, case, "contact")

    renew(cast, case, "contact")

    assert said(cast, C.GIVEN) == {""}


def test_only_who_works_on_the_case_or_leads_writes_that_it_is_wanted_again(
    cast: Cast, assigned: Made
) -> None:
    case = assigned()
    withdraw(cast, case, "contact", by="colleague")

    with pytest.raises(PermissionDenied):
        renew(cast, case, "contact", by="colleague")


@pytest.mark.usefixtures("held")
def test_a_closed_case_asks_nothing_again(cast: Cast, assigned: Made) -> None:
    """That one could not ask then is kept; no clock runs where nobody works."""
    case = assigned(dangers={"strangled": "yes"})
    by = {"reference": case, "reason": "entered_by_mistake"}
    act(cast["worker"], actions.propose_closure, **by)
    act(cast["supervisor"], actions.approve_closure, reference=case)

    act(
        cast["worker"], actions.record_consent, reference=case, answers=["could_not_ask"],
        happened_at=later(days=-2),
    )  # fmt: skip
    act(
        cast["worker"], actions.add_note, reference=case, kind="mediation_elsewhere", words="Xã",
        happened_at=later(days=-2),
    )  # fmt: skip

    assert not rows(cast["worker"], Deadline, met_at=None, waived_at=None)
    assert topics(cast["worker"], case)[-2:] == ["consent.not_possible", "note.added"]
