"""What the pages of a case offer to whoever may not do everything, and what they say instead."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from casework import deadlines, turns
from casework import oversight as casework_oversight
from casework.deadlines import Clock
from casework.models import Case, Incident
from casework.next_step import ASSIGN, CLAIM, Facts, next_step
from casework.views import oversight
from network.models import Agency, User
from safekeeping import rls
from tests.casework import looks
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(cast, assigned):
    """A case of which the health centre may open the contact."""
    reference = assigned()
    looks.share(reference, cast["health"], {"contact"})
    return reference


def seen_by(client_of, person, name, *args):
    """A page without its tags."""
    html = client_of(person).get(reverse(f"casework:{name}", args=args)).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def links_of(client_of, person, name, *args):
    html = client_of(person).get(reverse(f"casework:{name}", args=args)).content.decode()
    return set(re.findall(r'href="([^"]+)"', html))


@pytest.mark.parametrize(("who", "offered"), [("worker", True), ("colleague", False)])
def test_wishes_are_offered_to_whom_they_open_alone(client_of, cast, assigned, who, offered):
    reference = assigned()

    links = links_of(client_of, cast[who], "case", reference)

    assert (reverse("casework:wishes", args=[reference]) in links) is offered


def test_colleague_reads_who_may_open_what_is_sealed(client_of, cast, assigned):
    text = seen_by(client_of, cast["colleague"], "people", assigned())

    assert "đang phụ trách vụ việc và mở được" in text
    assert "Mở để xem được ghi lại" not in text


def test_case_without_worker_says_when_it_opens(client_of, cast, report):
    text = seen_by(client_of, cast["worker"], "people", report())

    assert "Bạn mở được khi bạn nhận vụ việc" in text


@pytest.mark.parametrize(("who", "forms"), [("supervisor", True), ("colleague", False)])
def test_who_only_takes_on_is_shown_no_form_that_is_refused(client_of, cast, report, who, forms):
    reference = report()

    page = client_of(cast[who]).get(reverse("casework:assign", args=[reference])).content.decode()

    assert ('name="worker"' in page) is forms


@pytest.mark.parametrize(("leads", "step"), [(True, ASSIGN), (False, CLAIM)])
def test_next_step_of_a_case_without_worker_fits_who_reads(leads, step):
    facts = Facts("REPORTED", "no", False, False, False, 0, leads=leads)

    assert next_step(facts) is step


def test_clock_of_another_agency_says_whose_it_is(client_of, cast, assigned):
    reference = assigned()
    centre = Agency.objects.get(code="ttyt-phucu")
    with rls.acting(actor=cast["worker"], now=NOW), rls.on_case(looks.case_id_of(reference)):
        case = Case.objects.get(reference=reference)
        deadlines.start(case, Clock("referral_answer", centre.pk, NOW, variant="emergency"))

    text = seen_by(client_of, cast["worker"], "case", reference)

    assert centre.short in text


def test_looking_up_who_is_kept_out_is_not_told_to_everybody(client_of, cast, assigned):
    reference = assigned()
    client_of(cast["supervisor"]).get(reverse("casework:blocks", args=[reference]))

    text = seen_by(client_of, cast["colleague"], "case", reference)

    assert "block.seen" in looks.topics(reference)
    assert "danh sách không được xem" not in text


def test_work_of_ones_own_case_is_not_offered_again(client_of, cast, assigned):
    reference = assigned()
    path = reverse("casework:claim_turn", args=[reference])

    mine = client_of(cast["worker"]).get(reverse("casework:my_work")).content.decode()
    free = client_of(cast["colleague"]).get(reverse("casework:my_work")).content.decode()

    assert path not in mine
    assert path in free


def test_a_step_that_one_took_on_is_given_back_by_oneself_alone(client_of, cast, assigned):
    reference = assigned()
    take, give = (
        reverse(f"casework:{n}", args=[reference]) for n in ("claim_turn", "release_turn")
    )
    assert give not in listed(client_of, cast["colleague"])

    client_of(cast["colleague"]).post(take, {"step": "assess"})
    assert (take in (mine := listed(client_of, cast["colleague"])), give in mine) == (False, True)
    assert give not in listed(client_of, cast["supervisor"])

    answer = client_of(cast["colleague"]).post(give, {"step": "assess"})
    assert answer.status_code == 302
    assert take in listed(client_of, cast["colleague"])


def listed(client_of, actor):
    return client_of(actor).get(reverse("casework:my_work")).content.decode()


def test_work_says_what_to_do_and_where_the_risk_is_high(client_of, cast, report):
    report(danger_now="yes")

    text = seen_by(client_of, cast["supervisor"], "my_work")

    assert str(turns.TO_DO["take_note"]) in text
    assert "nguy cơ rất cao" in text


def test_standard_risk_is_not_said(client_of, cast, report):
    report()

    assert "· nguy cơ" not in seen_by(client_of, cast["supervisor"], "my_work")


def test_an_empty_sheet_is_no_incident(client_of, cast, assigned):
    reference = assigned()
    path = reverse("casework:incident_add", args=[reference])
    before = len(looks.rows(Incident, reference))

    answer = client_of(cast["worker"]).post(path, {})

    assert "Ghi ít nhất một điều" in answer.content.decode()
    assert len(looks.rows(Incident, reference)) == before


def test_one_thing_known_is_an_incident(client_of, cast, assigned):
    reference = assigned()
    path = reverse("casework:incident_add", args=[reference])
    before = len(looks.rows(Incident, reference))

    client_of(cast["worker"]).post(path, {"gbvims_type": "physical_assault"})

    assert len(looks.rows(Incident, reference)) == before + 1


def test_asking_another_agency_for_nothing_says_what_is_missing(client_of, cast, assigned):
    client, path = client_of(cast["worker"]), reverse("referral:send", args=[assigned()])
    step = client.get(path).content.decode().partition("<main")[2]
    pressed = re.search(r'<button [^>]*name="(\w+)" value="(\w+)"', step)

    answer = client.get(path, {pressed[1]: pressed[2]} if pressed else {})

    assert "Chưa gửi được" in answer.content.decode()


def test_auditor_reads_each_thing_once():
    counts = [("a.odd", 2), ("case.reported", 3), ("b.odd", 4)]

    found = oversight._in_words(counts)

    assert [n for _title, n in found] == [6, 3]


def test_looks_say_whose_they_are_to_another_office(client_of, cast, shared):
    text = seen_by(client_of, cast["health"], "seen", shared)

    assert "Chưa ai ở cơ quan bạn mở" in text
    assert "Mọi lần mở phần niêm phong" not in text


def test_the_same_look_again_is_said_once_with_how_often(client_of, cast, assigned):
    reference = assigned()
    for _ in range(3):
        client_of(cast["worker"]).get(reverse("casework:case", args=[reference]))

    text = seen_by(client_of, cast["supervisor"], "seen", reference)

    assert "3 lần, từ" in text


@pytest.mark.parametrize("page", ["seen", "oversight"])
def test_the_same_look_is_said_once_also_where_others_looked_between(
    client_of, cast, assigned, page
):
    reference = assigned()
    case = reverse("casework:case", args=[reference])
    for _ in range(2):
        client_of(cast["worker"]).get(case)
        client_of(cast["supervisor"]).post(case, {"group": "needs"})

    where = [reference] if page == "seen" else []
    text = seen_by(client_of, cast["supervisor"], page, *where)

    assert text.count("2 lần, từ") == 2


def looked(pk, topic, *, actor=1, at=NOW):
    """An event of a look as it is read, with nobody's name."""
    return SimpleNamespace(
        pk=pk, topic=topic, actor_id=actor, agency_id=1, case_id=1, groups=["needs"],
        recorded_at=at, person=None, office=None,
    )  # fmt: skip


def test_a_line_keeps_its_first_and_its_newest_moment():
    first, newest = NOW - timedelta(hours=9), NOW
    events = [
        looked(3, "case.seen", at=newest),
        looked(2, "case.seen", actor=2),
        looked(1, "case.seen", at=first),
    ]

    lines = casework_oversight.merged(events)

    assert [(one.times, one.since, one.at) for one in lines] == [(2, first, newest), (1, NOW, NOW)]


def test_an_emergency_opening_is_never_one_of_several():
    lines = casework_oversight.merged([looked(pk, "glass.broken") for pk in (2, 1)])

    assert [one.times for one in lines] == [1, 1]


def test_what_another_office_is_not_shown_is_not_called_nothing(client_of, cast, shared):
    text = seen_by(client_of, cast["health"], "case", shared)

    assert "Không có gì mà cơ quan bạn được xem" in text
    assert "Chưa có gì" not in text


def test_alert_on_the_timeline_names_nobody_who_would_read_as_rung(client_of, cast, report):
    reference = report(danger_now="yes")

    text = seen_by(client_of, cast["worker"], "case", reference)

    officer = User.objects.get(pk=cast["officer"].user_id).name
    assert f"Đã ghi nhận {officer}" in text
    assert "Đã báo người trực" in text
    assert not re.search(rf"Đã báo người trực [^Đ]*{officer}", text)


def test_an_empty_assessment_leads_to_its_first_question(client_of, cast, assigned):
    address = reverse("casework:assess", args=[assigned()])

    page = client_of(cast["worker"]).post(address, {}).content.decode()

    assert re.search(r'<a href="#id_q_\w+_0">Trả lời ít nhất một câu', page)


def test_a_part_that_opens_is_not_denied_above_it(client_of, cast, assigned):
    reference = assigned()
    looks.share(reference, cast["health"], {"needs"})

    text = seen_by(client_of, cast["health"], "plan", reference)

    assert "Nhu cầu hỗ trợ" in text
    assert "Phần này chưa mở" not in text


def test_new_wishes_are_not_offered_where_they_may_only_be_read(client_of, cast, assigned):
    reference = assigned()
    looks.share(reference, cast["health"], {"wishes"})

    links = links_of(client_of, cast["health"], "case", reference)

    assert reverse("casework:wishes", args=[reference]) not in links
