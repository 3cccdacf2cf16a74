"""Pages: what each shows, what odd input gets, how many statements they take."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.actions import approve_closure, propose_closure, withdraw_consent
from network.models import Agency
from referral import actions
from referral.models import Referral, State
from safekeeping import rls
from tests.conftest import NOW
from tests.referral.conftest import HEALTH, agree, office, row_of

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Pages read the clock once a request; here it stands at the tests' own time."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(name, reference=None):
    return reverse(f"referral:{name}", args=[reference] if reference else [])


def test_the_queue_shows_the_card_and_nothing_of_the_case(send, client_of, people, case):
    send()

    page = text_of(client_of("doctor").get(url("queue")))

    assert "Khám, chăm sóc y tế, cần sớm" in page
    assert "Phố Hiến – Tiên Lữ – Phù Cừ" in page
    assert "Khám ban đầu, điều trị, theo dõi" in page
    with rls.acting(actor=people["worker"], now=NOW):
        from casework.models import Case

        row = Case.objects.get()
    assert row.code not in page
    assert row.alias not in page


@pytest.mark.parametrize("name", ["queue", "outgoing", "in_work"])
@pytest.mark.parametrize("who", ["doctor", "worker"])
def test_an_empty_tab_teaches(client_of, name, who):
    response = client_of(who).get(url(name))

    assert response.status_code == 200
    assert "ma-empty" in response.content.decode()


def statements(client, address):
    """Of one request; the test's own transaction adds a savepoint and a context given back."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    ours = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.actor', '',")
    return len([q for q in captured.captured_queries if not q["sql"].startswith(ours)])


@pytest.mark.parametrize("name", ["queue", "outgoing", "in_work"])
@pytest.mark.parametrize("who", ["doctor", "worker"])
def test_a_full_tab_takes_few_statements(send, client_of, name, who):
    for code in ("ttyt-phucu", "bvsn-hungyen", "bvdk-hungyen"):
        send(to=code)

    assert statements(client_of(who), url(name)) <= MOST_STATEMENTS


@pytest.mark.parametrize("who", ["doctor", "worker"])
@pytest.mark.parametrize("moves", [[], [actions.accept_referral]])
def test_one_referral_takes_few_statements(send, do, client_of, who, moves):
    reference = send()
    for action in moves:
        do("doctor", action, reference=reference)

    assert statements(client_of(who), url("detail", reference)) <= MOST_STATEMENTS


def test_a_press_accepts(send, client_of, people):
    reference = send()

    response = client_of("doctor").post(url("accept", reference))

    assert (response.status_code, response.url) == (302, url("detail", reference))
    assert row_of(reference, people["worker"]).state == State.ACCEPTED


def test_a_second_press_of_the_same_form_changes_nothing(send, client_of, people):
    reference, once = send(), str(uuid.uuid4())
    client = client_of("doctor")

    first = client.post(url("accept", reference), {"once": once})
    second = client.post(url("accept", reference), {"once": once})

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url


def test_a_part_is_accepted(send, client_of, people):
    reference = send()

    client_of("doctor").post(url("accept_partly", reference), {"parts": ["exam"]})

    assert row_of(reference, people["worker"]).parts == ["exam"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("accept_partly", "Chọn ít nhất một phần"),
        ("decline", "Chọn lý do"),
    ],
)
def test_an_empty_answer_gets_a_sentence_beside_the_field(send, client_of, people, name, said):
    reference = send()

    response = client_of("doctor").post(url(name, reference))

    assert response.status_code == 422
    assert said in text_of(response)
    assert row_of(reference, people["worker"]).state == State.SENT


@pytest.mark.parametrize("value", ["=cmd", "\0", "x" * 100_000, "full', 'x"])
def test_odd_input_gets_a_sentence(send, client_of, value):
    reference = send()

    response = client_of("doctor").post(url("decline", reference), {"reason": value})

    assert response.status_code == 422


@pytest.mark.parametrize(
    "name",
    ["accept", "accept_partly", "decline", "start", "complete", "return", "withdraw", "stop",
     "record", "open", "void", "acknowledge"],
)  # fmt: skip
def test_a_guessed_reference_is_not_there(send, client_of, name):
    send()

    assert client_of("hospital").post(url(name, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("name", ["detail", "send_on"])
def test_a_foreign_referral_is_not_there(send, client_of, name):
    reference = send()

    assert client_of("hospital").get(url(name, reference)).status_code == 404


def test_a_wrong_edge_says_how_it_stands(send, do, client_of):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)

    response = client_of("second_doctor").post(url("accept", reference))

    assert response.status_code == 409
    assert "Đã nhận" in text_of(response)


def test_the_way_through_work(send, client_of, people):
    reference = send()
    client = client_of("doctor")

    client.post(url("accept", reference))
    client.post(url("start", reference))
    client.post(url("complete", reference), {"outcome": "helped", "feedback": "Đã khám xong"})

    assert row_of(reference, people["worker"]).state == State.COMPLETED
    page = client_of("worker").post(url("open", reference), {"group": "feedback"})
    assert "Đã khám xong" in text_of(page)


def test_words_are_offered_to_who_works_on_the_case_and_not_to_its_former_owner(
    send, do, client_of, people, case
):
    agree(case, people["worker"], "case_management", "social_work_centre", {"person"})
    reference = send(message="Nhờ khám")

    def offered(who):
        return "Lời nhắn của nơi gửi" in text_of(client_of(who).get(url("detail", reference)))

    assert (offered("worker"), offered("doctor")) == (True, False)
    handed = send(to="ctxh", service="case_management", kind="handover", needs=(), groups=())
    do("social", actions.accept_referral, reference=handed)
    do("doctor", actions.accept_referral, reference=reference)
    assert (offered("worker"), offered("social"), offered("doctor")) == (False, True, True)


def test_a_group_opens_by_a_press_and_only_what_was_consented(send, do, client_of):
    reference = send(groups=("contact",))
    do("doctor", actions.accept_referral, reference=reference)
    client = client_of("doctor")

    assert client.post(url("open", reference), {"group": "contact"}).status_code == 200
    assert client.post(url("open", reference), {"group": "person"}).status_code == 404
    assert client.post(url("open", reference), {"group": "informant"}).status_code == 404


def test_the_stop_line_stands_on_the_queue_until_confirmed(send, do, client_of, case):
    reference = send()
    do("doctor", actions.accept_referral, reference=reference)
    do("worker", withdraw_consent, reference=case, scope="sharing")
    client = client_of("doctor")

    assert "Dừng lại: không liên lạc" in text_of(client.get(url("queue")))
    client.post(url("stop", reference))
    assert "Dừng lại: không liên lạc" not in text_of(client.get(url("queue")))


def test_a_request_is_sent_from_the_case(client_of, people, case):
    client = client_of("worker")
    address = url("send", case) + "?service=health"

    page = client.get(address)
    chosen = re.search(r'name="to_agency" value="([^"]+)"', page.content.decode())[1]
    response = client.post(
        address,
        {
            "to_agency": chosen, "urgency": "urgent", "needs": ["exam"], "reach_by": "companion",
            "ground": "consent", "groups": ["contact"], "message": "Xin gọi trước",
        },
    )  # fmt: skip

    assert response.status_code == 302
    with rls.acting(actor=people["worker"], now=NOW):
        row = Referral.objects.get()
    assert (row.needs, row.groups, row.urgency) == (["exam"], ["contact"], "urgent")


def test_an_empty_request_keeps_what_was_typed(client_of, case):
    response = client_of("worker").post(
        url("send", case) + "?service=health", {"message": "Xin gọi trước"}
    )

    assert response.status_code == 422
    assert "Xin gọi trước" in response.content.decode()
    assert "Chọn một cơ quan" in text_of(response)


def test_without_consent_the_page_says_so(client_of, case):
    page = text_of(client_of("worker").get(url("send", case) + "?service=legal"))

    assert "chưa đồng ý" in page


def test_nobody_sends_from_a_case_that_is_not_theirs(client_of, case):
    assert client_of("stranger").get(url("send", case)).status_code == 404


def test_the_answer_of_an_office_outside_is_written_down(send, client_of, people, case):
    agree(case, people["worker"], "legal", "legal_aid", {"contact"})
    reference = send(to="tgpl", service="legal", needs=("advice",), groups=("contact",))
    client = client_of("worker")

    empty = client.post(url("record", reference), {"answer": "declined"})
    response = client.post(
        url("record", reference),
        {
            "answer": "declined", "reason": "full", "who": "Chị Giang", "how": "call",
            "at_day": "24", "at_month": "11", "at_year": "2026", "at_time": "09:55", "words": "",
        },
    )  # fmt: skip

    assert (empty.status_code, response.status_code) == (422, 302)
    row = row_of(reference, people["worker"])
    assert (row.state, row.answered_at) == (State.DECLINED, NOW - timedelta(minutes=5))


def test_the_next_agency_is_proposed_after_a_refusal(send, do, client_of, people):
    reference = send()
    do("doctor", actions.decline_referral, reference=reference, reason="full")
    client = client_of("worker")

    assert "Hỏi nơi tiếp theo" in text_of(client.get(url("outgoing")))
    page = client.get(url("send_on", reference))
    chosen = re.search(r'name="to_agency" value="([^"]+)"', page.content.decode())[1]
    response = client.post(url("send_on", reference), {"to_agency": chosen})

    assert response.status_code == 302
    with rls.acting(actor=people["worker"], now=NOW):
        assert Referral.objects.filter(state=State.SENT).count() == 1


def test_pages_go_on_by_key(people, client_of, report):
    for _ in range(27):
        report(by="officer", needs=("doctor",))
    client = client_of("doctor")

    first = client.get(url("queue")).content.decode()
    after = re.search(r'href="\?after=([^"]+)"', first)[1]
    second = client.get(url("queue"), {"after": after}).content.decode()

    assert first.count("govuk-summary-card__title-wrapper") == 25
    assert second.count("govuk-summary-card__title-wrapper") == 2


def test_english_is_complete(send, client_of):
    send()

    page = text_of(client_of("doctor", "en").get(url("queue")))

    assert "Health care, soon" in page
    assert "1 request waits for your agency's answer" in page.replace("&#x27;", "'")


def test_nobody_is_asked_next_for_a_case_that_is_closed(send, do, client_of, people, case):
    reference = send()
    do("doctor", actions.decline_referral, reference=reference, reason="full")
    client = client_of("worker")
    assert url("send_on", reference) in client.get(url("detail", reference)).content.decode()

    for who, action, given in (
        ("worker", propose_closure, {"reason": "own_decision"}),
        ("supervisor", approve_closure, {}),
    ):
        do(who, action, reference=case, **given)

    assert url("send_on", reference) not in client.get(url("detail", reference)).content.decode()


def test_the_form_says_it_beside_the_question_how_they_meet(do, client_of, case):
    do("worker", withdraw_consent, reference=case, scope="contact")

    page = client_of("worker").post(
        reverse("referral:send", args=[case]) + "?service=health",
        {
            "to_agency": str(office("ttyt-phucu")), "urgency": "urgent", "reach_by": "companion",
            "ground": "consent", "groups": ["person"],
        },
    )  # fmt: skip

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"reach_by"}


def test_stops_are_told_apart_and_leave_the_queue_in_sight(people, client_of, send, do, assigned):
    for _ in range(4):
        case = assigned()
        agree(case, people["worker"], "health", "health_facility", HEALTH)
        send(of=case)
        do("worker", withdraw_consent, reference=case, scope="sharing")

    page = client_of("doctor").get(url("queue")).content.decode()

    assert "Còn 2 thông báo dừng liên lạc cần đọc" in page
    assert page.count("Là yêu cầu nào?") == 4


@pytest.mark.parametrize("page", ["outgoing", "detail"])
def test_who_is_to_be_rung_without_a_number_is_left_to_the_duty_desk(
    send, client_of, people, case, page
):
    agree(case, people["worker"], "legal", "legal_aid", {"contact"})
    reference = send(to="tgpl", service="legal", needs=("advice",), groups=("contact",))
    Agency.objects.filter(code="tgpl").update(duty_phone="")

    shown = client_of("worker").get(url(page, reference if page == "detail" else None))

    assert "Chưa có số; hãy gọi trực điều phối" in text_of(shown)
