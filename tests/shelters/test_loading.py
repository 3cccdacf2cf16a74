"""A house is loaded as its file says, or not at all."""

import pytest

from shelters.actions import loading
from shelters.models import Room, Shelter
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("houses")
HOUSE = """
shelters:
  - {code: nha-moi, agency: ctxh, publicity: published, vi: Nhà mới, en: New house, rooms:
      [{code: "1", vi: Phòng 1, en: Room 1, tags: [TAG], beds: [1A, 1B+]}]}
"""


@pytest.fixture
def folder(tmp_path):
    def write(tag):
        (tmp_path / loading.FILE).write_text(HOUSE.replace("TAG", tag), encoding="utf-8")
        return tmp_path

    return write


def test_a_house_is_loaded_with_its_rooms_and_beds(folder):
    assert loading.load(folder("women"), NOW) == 2
    assert Room.objects.get(shelter__code="nha-moi").tags == ["women"]


def test_a_tag_that_no_list_knows_is_refused_by_name(folder):
    with pytest.raises(ValueError, match="no such tag: quiet"):
        loading.load(folder("quiet"), NOW)

    assert not Shelter.objects.filter(code="nha-moi").exists()
