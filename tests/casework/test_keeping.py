"""Legal holds, and the page that erases for ever."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from casework import access, actions
from casework.groups import HoldPaper, Identity, Words
from casework.models import LegalHold
from casework.reports import Sealed
from network.models import User
from safekeeping import erasure
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Erasure
from tests.browser.sessions import session_for
from tests.casework.steps import Cast, S, act, bring, read, rows, topics
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Made = Callable[..., UUID]
PAPER = {"reason": "court", "holder": "TAND tỉnh, chị Vân", "paper": "12/QĐ 20/11/2026"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def closed(cast: Cast, report: Made) -> UUID:
    return bring(cast, report(sealed=Sealed(identity=Identity(full_name="Đỗ Thị Lan"))), S.CLOSED)


def place(cast: Cast, case: UUID, *, by: str = "supervisor", **changes) -> UUID:
    return act(cast[by], actions.place_hold, reference=case, **{**PAPER, **changes})


def lift(cast: Cast, hold: UUID, *, by: str = "supervisor", why: str = "Án đã xong") -> UUID:
    return act(cast[by], actions.lift_hold, reference=hold, why=why)


def erase(cast: Cast, case: UUID) -> UUID:
    return act(cast["supervisor"], actions.erase_survivor, reference=case, reason="retention_over")


def refusal_of(run: Callable[[], object]) -> RuleBroken:
    with pytest.raises(RuleBroken) as refusal:
        run()
    return refusal.value


# Placing and lifting


def test_a_held_file_is_not_erased_and_says_why_and_until_when(cast, closed):
    ends = NOW + timedelta(days=30)
    place(cast, closed, ends=ends)

    refused = refusal_of(lambda: erase(cast, closed))

    assert (refused.code, refused.facts) == ("legal-hold", {"reason": "court", "ends": ends})
    assert topics(cast["supervisor"], closed)[-1] == "hold.placed"


def test_who_asked_and_the_paper_are_sealed_and_opened_by_name(cast, closed):
    place(cast, closed)

    opened = act(cast["supervisor"], access.open_groups, reference=closed, groups=["holds"])

    assert [one.value for one in opened["holds"]] == [HoldPaper(PAPER["holder"], PAPER["paper"])]


def test_a_lifted_hold_lets_go_and_keeps_its_paper(cast, closed):
    hold = place(cast, closed)

    lift(cast, hold)

    opened = act(cast["supervisor"], access.open_groups, reference=closed, groups=["holds"])
    paper = HoldPaper(PAPER["holder"], PAPER["paper"])
    assert [one.value for one in opened["holds"]] == [paper, Words("Án đã xong")]
    assert topics(cast["supervisor"], closed)[-2] == "hold.lifted"
    erase(cast, closed)
    assert Erasure.objects.exists()


def test_lifting_one_of_two_leaves_the_other(cast, closed):
    one = place(cast, closed)
    place(cast, closed, reason="death")

    lift(cast, one)

    assert refusal_of(lambda: erase(cast, closed)).facts["reason"] == "death"


def test_a_hold_that_others_placed_outlasts_ours(cast, closed):
    subject = read(cast["supervisor"], closed).subject_reference
    erasure.hold(subject, reason="death")

    lift(cast, place(cast, closed))

    assert refusal_of(lambda: erase(cast, closed)).facts["reason"] == "death"


def test_a_hold_ends_by_itself(cast, closed):
    place(cast, closed, ends=NOW + timedelta(days=1))

    act(
        cast["supervisor"], actions.erase_survivor, reference=closed, reason="retention_over",
        now=NOW + timedelta(days=1),
    )  # fmt: skip

    assert Erasure.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "spite"}, "no-such-reason"),
        ({"holder": " "}, "nothing-said"),
        ({"paper": ""}, "nothing-said"),
        ({"ends": NOW}, "hold-over"),
    ],
)
def test_a_hold_needs_reason_holder_paper_and_an_end_to_come(cast, closed, changes, code):
    assert refusal_of(lambda: place(cast, closed, **changes)).code == code


def test_lifting_needs_a_sentence_and_happens_once(cast, closed):
    hold = place(cast, closed)

    assert refusal_of(lambda: lift(cast, hold, why=" ")).code == "nothing-said"
    lift(cast, hold)
    assert refusal_of(lambda: lift(cast, hold)).code == "not-held"


@pytest.mark.parametrize(
    ("by", "refused"), [("worker", PermissionDenied), ("strange_supervisor", NotVisible)]
)
def test_who_does_not_lead_neither_holds_nor_lifts(cast, closed, by, refused):
    hold = place(cast, closed)

    with pytest.raises(refused):
        place(cast, closed, by=by)
    with pytest.raises(refused):
        lift(cast, hold, by=by)


# The pages


@pytest.fixture
def supervisor(cast: Cast) -> Client:
    client = Client()
    user = User.objects.get(pk=cast["supervisor"].user_id)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session_for(user)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_a_hold_is_placed_read_and_lifted_on_its_pages(cast, supervisor, closed):
    url = reverse("casework:holds", args=[closed])

    placed = supervisor.post(url, {**PAPER, "last_day_day": "31", "last_day_month": "12",
                                   "last_day_year": "2026"})  # fmt: skip
    page = text(supervisor.get(url))
    read_ = text(supervisor.post(url, {"group": "holds"}))
    row = rows(cast["supervisor"], LegalHold)[0]
    lifted = supervisor.post(reverse("casework:lift_hold", args=[row.reference]), {"why": "Xong"})

    assert (placed.status_code, lifted.status_code) == (302, 302)
    assert "Tòa án cần" in page
    assert "Đến hết ngày 31/12/2026" in page
    assert PAPER["paper"] not in page
    assert PAPER["paper"] in read_
    assert "Chưa có." in text(supervisor.get(url))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"holder": ""}, "Ghi ai yêu cầu"),
        ({"paper": "a\0b"}, "ký tự ẩn"),
        ({"holder": "x" * 1_000_000}, "1000000"),
        ({"reason": "=cmd"}, "Chọn một trong các câu trả lời"),
        ({"last_day_day": "31", "last_day_month": "2", "last_day_year": "2026"}, "Không có ngày"),
        ({"last_day_day": "1", "last_day_month": "2", "last_day_year": "2026"}, "Ngày này đã qua"),
    ],
)
def test_odd_input_gets_a_sentence(cast, supervisor, closed, changes, said):
    answer = supervisor.post(reverse("casework:holds", args=[closed]), {**PAPER, **changes})

    assert answer.status_code == 200
    assert said in text(answer)
    assert not rows(cast["supervisor"], LegalHold)


def test_the_page_says_what_erasing_does_and_does_it_once(cast, supervisor, closed):
    url = reverse("casework:erase", args=[closed])

    page = text(supervisor.get(url))
    asked = supervisor.post(url, {"reason": "her_request"})
    done = supervisor.post(url, {"reason": "her_request", "alone": "on"})

    assert "Không có cách nào lấy lại" in page
    assert "Trước hết hãy nói chuyện riêng với người ấy" in text(asked)
    assert (asked.status_code, done.status_code) == (200, 302)
    assert Erasure.objects.get().reason == "her_request"
    assert supervisor.get(done.url).status_code == 200


def test_a_held_file_shows_the_hold_and_no_button(cast, supervisor, closed):
    place(cast, closed, ends=NOW + timedelta(days=30))
    url = reverse("casework:erase", args=[closed])

    page = text(supervisor.get(url))
    sent = supervisor.post(url, {"reason": "retention_over"})

    assert "Tòa án cần. Đến hết ngày" in page
    assert 'name="reason"' not in page
    assert sent.status_code == 200
    assert not Erasure.objects.exists()


def test_an_open_case_has_no_button(cast, supervisor, report):
    page = text(supervisor.get(reverse("casework:erase", args=[report()])))

    assert "Vụ việc còn mở" in page
    assert 'name="reason"' not in page


@pytest.mark.parametrize("name", ["erase"])
def test_erasing_asks_for_the_second_step_first(cast, supervisor, closed, settings, name):
    settings.MFA_REQUIRED = True
    url = reverse(f"casework:{name}", args=[closed])

    shown, sent = supervisor.get(url), supervisor.post(url, {"reason": "retention_over"})

    way = reverse("mfa_reauthenticate")
    assert shown.url.startswith(f"{way}?next=")
    assert sent.url == shown.url
    assert not Erasure.objects.exists()


def test_lifting_asks_for_the_second_step_first(cast, supervisor, closed, settings):
    hold = place(cast, closed)
    settings.MFA_REQUIRED = True

    answer = supervisor.post(reverse("casework:lift_hold", args=[hold]), {"why": "Xong"})

    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    assert rows(cast["supervisor"], LegalHold)[0].lifted_at is None
