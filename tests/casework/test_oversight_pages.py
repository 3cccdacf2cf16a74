"""Oversight, emergency cards and who is kept out: what each person finds there."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework import actions
from casework.models import Block, BreakGlass, Case, Deadline, EmergencyCard, Override
from casework.reports import Sealed
from network.models import Agency, User
from safekeeping import rls
from tests.browser.sessions import session_for
from tests.casework import looks
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """What time the pages think it is."""
    held = {"now": NOW}
    monkeypatch.setattr(timezone, "now", lambda: held["now"])
    return held


@pytest.fixture
def client_of(cast, clock):
    """`client_of("officer")`: a browser signed in as this person, in English."""

    def sign_in(who):
        person = cast[who] if isinstance(who, str) else who
        user = User.objects.get(pk=person.user_id)
        user.language = "en"
        user.save(update_fields=["language"])
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        return client

    return sign_in


def url(name, *args):
    return reverse(f"casework:{name}", args=args)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def broken(cast, assigned, now):
    """An emergency opening by a colleague: the case's and its own reference."""
    reference = assigned()
    with rls.acting(actor=cast["colleague"], now=now):
        glass = actions.break_glass(
            actor=cast["colleague"], reference=reference, reason="worker_absent",
            fresh_mfa=True, now=now,
        )  # fmt: skip
    return reference, glass


def test_supervisor_finds_what_waits_and_who_looked(client_of, broken):
    page = text_of(client_of("supervisor").get(url("oversight")))

    assert "Emergency opening" in page
    assert "The worker is absent" in page
    assert "Opened in an emergency" in page


def test_supervisor_of_others_finds_nothing_of_it(client_of, broken):
    page = text_of(client_of("strange_supervisor").get(url("oversight")))

    assert "Nothing waits for a review." in page
    assert "Nobody has opened anything yet." in page


def test_who_opened_finds_the_own_opening_to_explain(client_of, broken):
    answer = client_of("colleague").post(
        url("explain", broken[1]), {"words": "Her worker was ill."}, follow=True
    )

    assert answer.status_code == 200
    assert looks.one(Deadline, broken[0], clock="break_glass_words").met_at == NOW


def test_supervisor_reads_the_reason_and_answers(client_of, cast, broken, now):
    with rls.acting(actor=cast["colleague"], now=now):
        actions.explain_break_glass(
            actor=cast["colleague"], reference=broken[1], words="Her worker was ill.", now=now
        )
    client, page = client_of("supervisor"), url("review", "mo-khan-cap", broken[1])

    read = text_of(client.get(page))
    client.post(page, {"verdict": "right"})

    assert "Her worker was ill." in read
    assert looks.one(BreakGlass, broken[0]).verdict == "right"


def test_override_is_reviewed_on_its_page(client_of, cast, report, now):
    reference = report()
    case = looks.one(Case, reference)
    with rls.acting(actor=cast["worker"], now=now), rls.on_case(case.pk):
        row = actions.use_override(
            case, actor=cast["worker"], action="x", guards={"shift"}, why="At the door.", now=now
        ).reference
    client, page = client_of("supervisor"), url("review", "vuot-buoc", row)

    read = text_of(client.get(page))
    client.post(page, {"verdict": "talk"})

    assert "At the door." in read
    assert looks.one(Override, reference).verdict == "talk"


@pytest.mark.parametrize(
    ("who", "status"),
    [("supervisor", 200), ("colleague", 403), ("strange_supervisor", 404), ("analyst", 404)],
)
def test_review_is_for_the_supervisor_asked(client_of, broken, who, status):
    assert client_of(who).get(url("review", "mo-khan-cap", broken[1])).status_code == status


@pytest.mark.parametrize("kind", ["khong-co", "vuot-buoc"])
def test_review_of_another_kind_is_not_there(client_of, broken, kind):
    assert client_of("supervisor").get(url("review", kind, broken[1])).status_code == 404


def test_auditor_sees_the_chain_and_no_case(client_of, actor, broken):
    auditor = actor("truc", "auditor")
    page = text_of(client_of(auditor).get(url("oversight")))

    assert "Opened in an emergency" in page
    assert looks.one(Case, broken[0]).alias not in page


@pytest.mark.parametrize("who", ["worker", "officer", "analyst"])
def test_oversight_is_not_for_everybody(client_of, who):
    assert client_of(who).get(url("oversight")).status_code == 403


# the card


SAID = Sealed(ring_back="0900 000 017", exact_place="Thôn Hà Linh")


def test_coordinator_finds_the_card_and_opens_it(client_of, report):
    reference = report(sealed=SAID, danger_now="yes")
    client, card = client_of("coordinator"), looks.one(EmergencyCard, reference).reference

    listed, closed = client.get(url("cards")), text_of(client.get(url("card", card)))
    opened = text_of(client.post(url("card", card)))

    assert str(card) in listed.content.decode()
    assert "0900 000 017" not in closed
    assert "0900 000 017" in opened
    assert "card.seen" in looks.topics(reference)


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("analyst", 404), ("health", 404)])
def test_card_of_others_is_not_there(client_of, report, who, status):
    card = looks.one(EmergencyCard, report(sealed=SAID)).reference

    assert client_of(who).get(url("card", card)).status_code == status


@pytest.mark.parametrize(("minutes", "status"), [(19, 403), (21, 302)])
def test_coordinator_answers_for_a_silent_owner(client_of, clock, report, minutes, status):
    reference = report(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference
    clock["now"] = NOW + timedelta(minutes=minutes)

    answer = client_of("coordinator").post(url("card_acknowledge", card))

    assert answer.status_code == status
    assert (looks.one(Deadline, reference, clock="notify_chairman").met_at is None) == (
        status == 403
    )


@pytest.mark.parametrize(("minutes", "offered"), [(19, False), (21, True)])
def test_card_offers_to_stand_in_from_when_it_is_permitted(
    client_of, clock, report, minutes, offered
):
    card = looks.one(EmergencyCard, report(sealed=SAID)).reference
    clock["now"] = NOW + timedelta(minutes=minutes)

    page = client_of("coordinator").get(url("card", card)).content.decode()

    assert (url("card_acknowledge", card) in page) is offered
    assert (url("card_assign", card) in page) is offered
    assert "Nobody there has taken note" in page


def test_card_names_who_is_in_charge_and_the_number_to_ring(client_of, report):
    reference = report(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference
    Agency.objects.filter(code="ubnd-12424").update(duty_phone="0221 000 0145")

    page = text_of(client_of("coordinator").get(url("card", card)))

    assert "In charge: People&#x27;s Committee of Tiên Tiến commune" in page
    assert "0221 000 0145" in page


def test_card_of_an_owner_who_knows_offers_no_standing_in(client_of, cast, clock, report):
    reference = report(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference
    with rls.acting(actor=cast["supervisor"], now=NOW):
        actions.acknowledge_notice(actor=cast["supervisor"], reference=reference, now=NOW)
    clock["now"] = NOW + timedelta(minutes=21)

    page = client_of("coordinator").get(url("card", card)).content.decode()

    assert "They have taken note" in page
    assert url("card_acknowledge", card) not in page
    assert url("card_assign", card) not in page


def test_coordinator_names_a_worker_of_a_silent_owner(client_of, cast, clock, report):
    reference = report(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference
    worker = User.objects.get(pk=cast["worker"].user_id).reference
    clock["now"] = NOW + timedelta(minutes=21)
    client = client_of("coordinator")

    page = client.get(url("card_assign", card))
    client.post(url("card_assign", card), {"worker": str(worker)})

    assert page.status_code == 200
    assert looks.one(Case, reference).worker_id == cast["worker"].user_id


def test_coordinator_opens_the_case_behind_the_card(client_of, report):
    reference = report(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference
    client = client_of("coordinator")

    answer = client.post(url("card_glass", card), {"reason": "danger_to_life"}, follow=True)

    assert answer.redirect_chain[-1][0] == url("case", reference)
    assert answer.status_code == 200


def test_card_of_a_closed_case_is_gone(client_of, report, now):
    from safekeeping import events

    reference = report(sealed=SAID)
    case = looks.one(Case, reference)
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
        events.record("case.closed", subject=case, actor=None, at=now)

    page = text_of(client_of("coordinator").get(url("cards")))

    assert "No card is addressed to you" in page


def test_two_cards_of_one_commune_are_told_apart_by_time_and_mark(client_of, report, now):
    made = [report(sealed=SAID, at=now - timedelta(minutes=ago)) for ago in (75, 5)]
    cards = [looks.one(EmergencyCard, reference) for reference in made]
    cases = [looks.one(Case, reference) for reference in made]

    page = text_of(client_of("coordinator").get(url("cards")))
    alone = text_of(client_of("coordinator").get(url("card", cards[0].reference)))

    shown = re.findall(r"(\d\d:\d\d) · (?:phiếu|card) ([0-9A-F]{4})", page)
    at = [f"{timezone.localtime(card.reported_at):%H:%M}" for card in cards]
    assert shown == [(at[1], cards[1].mark), (at[0], cards[0].mark)]
    assert cards[0].mark in alone
    assert not [one for case in cases for one in (case.alias, case.code) if one in page]


# who is kept out


def test_supervisor_keeps_an_office_out_and_lets_it_in_again(client_of, report):
    reference = report()
    client = client_of("supervisor")
    office = Agency.objects.get(code="ca-12424").reference

    client.post(url("blocks", reference), {"who": f"o-{office}", "reason": "asked"})
    listed = text_of(client.get(url("blocks", reference)))
    block = looks.one(Block, reference)
    client.post(url("lift", reference), {"block": str(block.reference)})

    assert "May see it again" in listed
    assert not looks.one(Block, reference).live


@pytest.mark.parametrize(("who", "status"), [("worker", 403), ("strange_supervisor", 404)])
def test_list_is_for_who_leads(client_of, assigned, who, status):
    assert client_of(who).get(url("blocks", assigned())).status_code == status


@pytest.mark.parametrize("who", ["", "x-1", "o-1", "p-00000000-0000-0000-0000-000000000000"])
def test_odd_choice_keeps_nobody_out(client_of, report, who):
    reference = report()

    answer = client_of("supervisor").post(url("blocks", reference), {"who": who, "reason": "asked"})

    assert answer.status_code == 200
    assert not looks.rows(Block, reference)


def test_odd_block_is_not_there(client_of, report):
    answer = client_of("supervisor").post(url("lift", report()), {"block": "1"})

    assert answer.status_code == 404
