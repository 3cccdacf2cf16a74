"""Pages of casework: who gets what, what bad input gets, how many statements a page costs."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from casework import actions
from casework.forms.report import DANGERS
from casework.models import CaseState, Report
from network.models import User
from tests.casework.steps import act, bring, read
from tests.casework.test_assign import on_shift
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

TABS = (
    "case", "people", "incidents", "consent", "assessment", "plan", "beside", "notes", "seen",
)  # fmt: skip
FORMS = (
    "ask", "withdraw", "wishes", "assess", "agree", "follow", "meeting_add", "safe_check", "note",
    "close", "link", "person", "incident_add",
)  # fmt: skip
NO_CONTACT = "Người ấy không muốn được liên lạc."
ODD = {"words": "a\0b", "text": "x" * 100_000, "code": "=cmd|'/c calc'!A0", "scope": "'; --"}


def anchors_lead_somewhere(html):
    targets = re.findall(r'<li><a href="#([^"]+)">', html)
    return bool(targets) and all(f'id="{target}"' in html for target in targets)


# The report


def answers(**changes):
    return {"place": "unknown", "danger_now": "no", "ring_back": "0900000017", **changes}


def test_three_answers_make_a_report(client_of, cast):
    answer = client_of(cast["officer"]).post(reverse("casework:report"), answers())

    assert answer.status_code == 302
    page = client_of(cast["officer"]).get(answer.url).content.decode()
    assert re.search(r"HY-26-[0-9A-Z]{5}", page)


def test_empty_report_says_what_is_missing(client_of, cast):
    answer = client_of(cast["officer"]).post(reverse("casework:report"), {})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Chưa gửi được. Còn 3 chỗ cần sửa" in html
    assert anchors_lead_somewhere(html)


def test_note_is_taken_on_the_case_to_which_the_task_leads(client_of, cast, report):
    case = report()
    client, note = client_of(cast["supervisor"]), reverse("casework:acknowledge", args=[case])
    page = reverse("casework:case", args=[case])
    before = client.get(page).content.decode()

    client.post(note)

    assert note in before
    assert note not in client.get(page).content.decode()


def test_whoever_reported_is_told_who_answers_at_the_number(client_of, cast):
    for who in ("worker", "coordinator"):
        on_shift(cast[who], NOW)
    client = client_of(cast["officer"])
    answer = client.post(reverse("casework:report"), answers())

    page = client.get(answer.url)

    desk = User.objects.get(pk=cast["coordinator"].user_id)
    assert page.context["on_duty"].name == desk.name
    assert f"{desk.given_name}, điều phối viên đang trực" in page.content.decode()


def test_what_is_too_long_is_named_and_not_said_again_whole(client_of, cast):
    told = {"place": "", "place_name": "x" * 9_000, "account": "y" * 9_000}

    html = client_of(cast["officer"]).post(reverse("casework:report"), answers(**told)).content
    text = html.decode()
    summary = text[text.index('id="error-summary"') : text.index("<h1")]

    assert len(re.findall(r"[^<>]+[:?] Viết tối đa \d+ ký tự, hiện có 9000", summary)) == 2
    assert text.count("x" * 9_000) == 1  # in its box alone


def test_place_is_found_by_its_old_name_without_marks(client_of, cast):
    client = client_of(cast["officer"])

    answer = client.post(reverse("casework:report"), answers(place="other", place_name="dinh cao"))

    report = read(cast["officer"], UUID(answer.url.split("/")[-1]), Report)
    assert report.told


def test_name_of_two_places_is_asked_back_and_nothing_is_lost(client_of, cast):
    answer = client_of(cast["officer"]).post(
        reverse("casework:report"),
        answers(place="other", place_name="hoang hoa tham", ring_back="0900 000 018"),
    )

    html = answer.content.decode()
    assert "Chọn một nơi, hoặc chọn Chưa rõ" in html
    assert "0900 000 018" in html
    assert "Nay gồm" in html


def test_report_sent_twice_is_one_case(client_of, cast):
    client, once = client_of(cast["officer"]), {"once": "5d1f1b1e-5b0c-4c7b-9a8e-000000000001"}

    first = client.post(reverse("casework:report"), answers(**once))
    second = client.post(reverse("casework:report"), answers(**once))

    assert first.url == second.url


def test_same_key_with_other_answers_is_told_so(client_of, cast):
    client, once = client_of(cast["officer"]), {"once": "5d1f1b1e-5b0c-4c7b-9a8e-000000000002"}
    client.post(reverse("casework:report"), answers(**once))

    second = client.post(reverse("casework:report"), answers(danger_now="yes", **once))

    assert second.status_code == 422


def test_report_asks_twelve_questions_at_most(client_of, cast):
    html = client_of(cast["officer"]).get(reverse("casework:report")).content.decode()

    main = html[html.index("<main") :]
    names = set(re.findall(r'name="(\w+)"', main))
    assert len(names - {"csrfmiddlewaretoken", "once", "place_name"}) <= 12


def test_reporter_sees_only_the_report(client_of, cast, report):
    reference = report()
    client = client_of(cast["officer"])

    assert client.get(reverse("casework:case", args=[reference])).status_code == 404
    assert "Tin tôi đã báo" in client.get(reverse("casework:my_work")).content.decode()


def test_dangers_of_the_form_are_questions_of_the_instrument():
    codes = {question.code for question in actions_instrument().questions}

    assert set(DANGERS) < codes


def actions_instrument():
    from casework.instruments import INSTRUMENTS

    return INSTRUMENTS["report_danger"]


# The case


@pytest.mark.parametrize("tab", TABS)
def test_worker_opens_every_part_and_a_stranger_none(client_of, cast, assigned, tab):
    reference = assigned()
    url = reverse(f"casework:{tab}", args=[reference])

    assert client_of(cast["worker"]).get(url).status_code == 200
    assert client_of(cast["stranger"]).get(url).status_code == 404


@pytest.mark.parametrize("page", FORMS)
def test_every_form_opens_and_bears_odd_input(client_of, cast, assigned, page):
    reference = assigned()
    url, client = reverse(f"casework:{page}", args=[reference]), client_of(cast["worker"])

    assert client.get(url).status_code == 200
    answer = client.post(url, ODD)
    assert answer.status_code in {200, 302, 409}


def test_page_of_a_case_names_it_by_alias(client_of, cast, assigned):
    reference = assigned()
    case = read(cast["worker"], reference)

    html = client_of(cast["worker"]).get(reverse("casework:case", args=[reference])).content

    assert case.alias in html.decode()
    assert "bạn đang ở đây" in html.decode()


def test_group_opens_only_on_asking_and_who_looked_is_kept(client_of, cast, assigned):
    reference = assigned()
    client, url = client_of(cast["worker"]), reverse("casework:people", args=[reference])
    form = reverse("casework:piece", args=[reference, "danh-tinh"])
    client.post(form, {"full_name": "Nguyễn Thị Thử"})

    closed, opened = client.get(url), client.post(url, {"group": "person"})

    assert "Nguyễn Thị Thử" not in closed.content.decode()
    assert "Nguyễn Thị Thử" in opened.content.decode()
    looks = client.get(reverse("casework:seen", args=[reference])).content.decode()
    assert "Danh tính" in looks


FIRST = "Vụ việc chưa có người phụ trách: phân công trước đã"


@pytest.mark.parametrize("page", ["plan", "agree", "assessment", "assess", "follow"])
def test_that_a_worker_comes_first_is_said_before_anything_is_typed(
    client_of, cast, report, assigned, page
):
    free, taken = report(), assigned()

    first, later = (
        client_of(cast["worker"]).get(reverse(f"casework:{page}", args=[case])).content.decode()
        for case in (free, taken)
    )

    assert FIRST in first
    assert FIRST not in later


@pytest.mark.parametrize("state", ["DETECTED", "ASSIGNED", "CLOSED"])
def test_follow_up_is_not_offered_before_or_after_its_time(client_of, cast, report, state):
    case = bring(cast, report(), state)

    page = client_of(cast["worker"]).get(reverse("casework:plan", args=[case])).content.decode()

    assert reverse("casework:follow", args=[case]) not in page


def test_informant_is_not_offered_to_the_worker(client_of, cast, assigned):
    url = reverse("casework:people", args=[assigned()])

    assert "Người báo tin" not in client_of(cast["worker"]).get(url).content.decode()


def test_soft_guard_offers_one_sentence_and_then_passes(client_of, cast, report):
    reference, client = report(), client_of(cast["worker"])
    url = reverse("casework:claim", args=[reference])
    on_shift(cast["colleague"], NOW)

    held = client.post(url, {})
    passed = client.post(url, {"overriding": "Chị đang chảy máu."})

    assert held.status_code == 409
    assert 'name="overriding"' in held.content.decode()
    assert passed.status_code == 302


def test_wrong_edge_says_where_it_stands(client_of, cast, assigned):
    reference = assigned()

    answer = client_of(cast["worker"]).post(reverse("casework:resume", args=[reference]), {})

    assert answer.status_code == 409
    assert "Đã phân công" in answer.content.decode()


def test_second_of_two_tabs_is_shown_both_versions(client_of, cast, assigned):
    reference, client = assigned(), client_of(cast["worker"])
    url = reverse("casework:wishes", args=[reference])
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(url).content.decode())[1]
    client.post(url, {"coded_wishes": ["doctor"], "words": "Lời đầu", "seen": seen})

    answer = client.post(url, {"coded_wishes": ["talk"], "words": "Lời sau", "seen": seen})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Lời sau" in html
    assert "<dd>Gặp bác sĩ</dd>" in html


def test_closing_takes_two(client_of, cast, assigned):
    reference = bring_to(cast, assigned(), CaseState.CLOSING)
    client = client_of(cast["supervisor"])

    page = client.get(reverse("casework:decide", args=[reference]))
    answer = client.post(reverse("casework:approve", args=[reference]), {})

    assert page.status_code == 200
    assert answer.status_code == 302
    assert read(cast["worker"], reference).state == CaseState.CLOSED


def bring_to(cast, reference, state):
    act(
        cast["worker"], actions.propose_closure, reference=reference, reason="not_confirmed"
    )  # fmt: skip
    assert read(cast["worker"], reference).state == state
    return reference


def test_search_is_by_post_and_tells_only_what_one_may_see(client_of, cast, assigned):
    reference, url = assigned(), reverse("casework:search")
    form = reverse("casework:piece", args=[reference, "lien-lac"])
    client_of(cast["worker"]).post(form, {"rows": "1", "number_0": "0912345678"})

    mine = client_of(cast["worker"]).post(url, {"kind": "phone", "text": "0912 345 678"})
    theirs = client_of(cast["stranger"]).post(url, {"kind": "phone", "text": "0912 345 678"})

    assert str(reference) in mine.content.decode()
    assert str(reference) not in theirs.content.decode()


# What pages cost


@pytest.mark.parametrize(
    ("page", "most"), [("report", 12), ("my_work", 14), ("search", 12)], ids=str
)
def test_statements_of_a_page(client_of, cast, assigned, django_assert_max_num_queries, page, most):
    assigned()
    client = client_of(cast["worker"])
    client.get(reverse(f"casework:{page}"))

    with django_assert_max_num_queries(most):
        client.get(reverse(f"casework:{page}"))


def test_pages_are_neither_kept_nor_framed(client_of, cast, assigned):
    answer = client_of(cast["worker"]).get(reverse("casework:case", args=[assigned()]))

    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    html = answer.content.decode()
    assert " style=" not in html
    assert "<title>Hồ sơ – Mái Ấm</title>" in html


def test_statements_of_a_case_page_that_opens_her_wishes(
    client_of, cast, assigned, django_assert_max_num_queries
):
    """Opening is an action of its own, ten statements; the page needs the rest."""
    client, url = client_of(cast["worker"]), reverse("casework:case", args=[assigned()])
    client.get(url)

    with django_assert_max_num_queries(30):
        client.get(url)


def test_a_refusal_leads_to_the_step_that_comes_first(client_of, cast, report):
    case = report()

    html = client_of(cast["worker"]).post(
        reverse("casework:agree", args=[case]), {"kind": "safety"}
    )

    assert html.status_code == 409
    assert (
        f'href="{reverse("casework:assign", args=[case])}">Làm trước: Phân công'
        in html.content.decode()
    )


# What the person took back, and wants again


def test_every_page_says_that_she_wants_no_contact_until_it_is_wanted_again(
    client_of, cast, assigned
):
    case, client = assigned(), client_of(cast["worker"])
    pages = [reverse(f"casework:{name}", args=[case]) for name in ("case", "consent", "note")]
    assert [NO_CONTACT in client.get(page).content.decode() for page in pages] == [False] * 3

    client.post(reverse("casework:withdraw", args=[case]), {"scope": "contact"})
    assert [NO_CONTACT in client.get(page).content.decode() for page in pages] == [True] * 3

    again = client.post(reverse("casework:renew", args=[case]), {"scope": "contact"})
    assert again.status_code == 302
    assert [NO_CONTACT in client.get(page).content.decode() for page in pages] == [False] * 3


def test_only_what_was_taken_back_can_be_wanted_again(client_of, cast, assigned):
    case, client = assigned(), client_of(cast["worker"])
    page = reverse("casework:renew", args=[case])
    assert client.get(page).status_code == 409

    client.post(reverse("casework:withdraw", args=[case]), {"scope": "counted"})
    offered = re.findall(r'name="scope" value="(\w+)"', client.get(page).content.decode())
    answer = client.post(page, {"scope": "contact", "words": "Gọi em"}).content.decode()

    assert offered == ["counted"]
    assert "Gọi em" in answer
    assert not read(cast["worker"], case).counted


def test_what_was_refused_is_named(client_of, cast, assigned):
    case, client = assigned(), client_of(cast["worker"])
    client.post(reverse("casework:withdraw", args=[case]), {"scope": "counted"})

    html = client.get(reverse("casework:consent", args=[case])).content.decode()

    assert "Được tính vào số liệu" in html
