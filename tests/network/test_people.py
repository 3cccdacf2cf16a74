"""The demonstration's people: loaded once, sealed like real ones, refused in production."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from network import registry
from network.loading import people
from network.loading.source import BadData
from network.models import Agency, Membership, Shift, User
from network.roles import Role
from safekeeping.sealed import open_fields
from tests.conftest import NOW

FILE = Path("network/data/hung-yen/demo-people.yaml")

pytestmark = pytest.mark.usefixtures("hung_yen")


@pytest.fixture
def loaded() -> int:
    """The people, loaded."""
    return people.load(FILE, NOW)


def test_every_role_has_somebody(loaded: int) -> None:
    held = {role for roles in Membership.objects.values_list("roles", flat=True) for role in roles}

    assert held == set(Role.values)
    assert loaded == User.objects.count() >= 40


def test_loading_twice_is_as_once(loaded: int) -> None:
    before = (User.objects.count(), Membership.objects.count(), Shift.objects.count())

    people.load(FILE, NOW)

    assert (User.objects.count(), Membership.objects.count(), Shift.objects.count()) == before


def test_the_desk_is_never_empty(loaded: int) -> None:
    desk = registry.duty_desk(registry.localdate(NOW))

    assert desk
    assert registry.gaps_ahead([desk.pk], NOW) == {}
    assert registry.duty_phone(registry.localdate(NOW)) == "0221 000 0123"


def test_phones_of_shifts_are_sealed(loaded: int) -> None:
    shift = Shift.objects.filter(membership__user__username="dung").first()

    assert shift
    open_fields([shift], ["phone"])
    assert shift.phone.number == "0900 000 017"


def test_one_person_may_switch(loaded: int) -> None:
    hanh = User.objects.get(username="hanh")

    assert len(registry.memberships_of(hanh.pk, NOW)) == 2


def test_the_secret_shelter_is_there(loaded: int) -> None:
    assert Agency.objects.get(code="tamlanh-binhminh").publicity == "secret"


def test_production_refuses_people_with_a_known_password(settings: Any) -> None:
    settings.DEMO = settings.TEST = False

    with pytest.raises(CommandError, match="no demonstration"):
        call_command("load_people", FILE)


def test_sign_ins_are_printed_in_the_demonstration_alone(loaded: int, settings: Any) -> None:
    silent, spoken = StringIO(), StringIO()
    call_command("sign_ins", stdout=silent)

    settings.DEMO = True
    call_command("sign_ins", stdout=spoken)

    assert silent.getvalue() == ""
    assert "Coordinator on duty" in spoken.getvalue()
    assert len(spoken.getvalue().splitlines()) == len(Role.values)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("roles: [analyst]", "roles: [king]", "there is no role king"),
        ("snv, roles: [auditor]", "nowhere, roles: [auditor]", "“agency” is “nowhere”"),
        ("username: thom, from:", "username: nobody, from:", "“username” is “nobody”"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    text = FILE.read_text()
    assert old in text
    spoilt = tmp_path / "demo-people.yaml"
    spoilt.write_text(text.replace(old, new))
    (tmp_path / "province.yaml").write_text("code: '33'\n")

    with pytest.raises(BadData, match=sentence):
        people.load(spoilt, NOW)

    assert not User.objects.exists()
