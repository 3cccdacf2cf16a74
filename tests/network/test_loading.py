"""Loading a province: whole or not at all, twice as once, nothing deleted."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from network import registry
from network.loading import province
from network.loading.bring import Changes
from network.loading.source import BadData
from network.models import AdminUnit, Agency, ClockKind, Edition
from safekeeping import rls
from safekeeping.models import Event
from tests.conftest import NOW
from tests.network.conftest import SONG_LAM

DAY = date(2026, 11, 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the invented province, to be spoilt."""
    return Path(shutil.copytree(SONG_LAM, tmp_path / "song-lam"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


def test_the_same_folder_twice_changes_nothing(song_lam: Changes) -> None:
    again = province.load(SONG_LAM, NOW)

    assert not again.any
    assert Edition.objects.get().number == 1


def test_a_province_of_another_shape_answers_alike(song_lam: Changes) -> None:
    boat = registry.find_places("ben pha", DAY)[0].unit

    assert boat.name == "Bến Đò"
    assert [a.code for a in registry.agencies_offering("boat", boat, DAY)] == ["tr-90101", "ferry"]
    assert registry.duty_phone(DAY) == "000"
    assert registry.notice_rules(["river"], [], DAY)[0].notified == ["village_head", "border_post"]
    assert [found.label for found in registry.find_places("nui xanh", DAY)] == [
        "xã Núi Xanh", "đặc khu Núi Tím",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["", "to: 2021-01-01, "], ids=["missing", "ended"])
def test_a_file_without_a_clock_that_the_program_begins_is_refused(
    song_lam: Changes, folder: Path, line: str
) -> None:
    clocks = (folder / "clocks.yaml").read_text().splitlines()
    kept = [one for one in clocks if "code: stay_review," not in one]
    (ended,) = [one for one in clocks if "code: stay_review," in one]
    kept += [ended.replace("from:", f"{line}from:")] if line else []
    (folder / "clocks.yaml").write_text("\n".join(kept))

    with pytest.raises(BadData) as refused:
        province.load(folder, NOW)

    assert refused.value.problems == [
        "clocks.yaml: the program begins these clocks by name, and no line without an end says how"
        " long they run: stay_review."
    ]


def test_a_changed_clock_is_a_new_row_from_a_day_on(song_lam: Changes, folder: Path) -> None:
    line = (
        "  - {code: child_plan, within: 3wd, calendar: working, from: 2027-01-01,"
        " raise_to: supervisor, vi: Kế hoạch, en: Plan, source: Invented anew}\n"
    )
    (folder / "clocks.yaml").write_text((folder / "clocks.yaml").read_text() + line)

    province.load(folder, NOW)

    assert registry.clock("child_plan", on=date(2026, 12, 31)).working_days == 2
    assert registry.clock("child_plan", on=date(2027, 1, 1)).working_days == 3
    assert ClockKind.objects.filter(code="child_plan").count() == 2


def test_a_row_that_is_in_no_file_stays(song_lam: Changes, folder: Path) -> None:
    edit(folder, "estimates.yaml", "T1", "T2")

    changes = province.load(folder, NOW)

    assert changes.kept["FigureEstimate"] == 1


def test_a_changed_agency_is_recorded(song_lam: Changes, folder: Path) -> None:
    edit(folder, "agencies.yaml", "vi: Bến mới", "vi: Bến sông")

    province.load(folder, NOW)

    ferry = Agency.objects.get(code="ferry")
    assert ferry.name_vi == "Bến sông"
    with rls.acting(actor=None, now=NOW, system="audit"):
        recorded = Event.objects.filter(topic="agency.changed").values_list("subject", flat=True)
        assert list(recorded) == [ferry.reference]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("units.csv", "90101,Bến Đò", "90101,", "units.csv, line 5: “name” is missing."),
        (
            "units.csv",
            "xa,901,2020-01-01,,105.4",
            "xa,977,2020-01-01,,105.4",
            "units.csv, line 5: the parent 977 does not exist on 2020-01-01.",
        ),
        (
            "units.csv",
            "2020-01-01,2026-03-01",
            "2020-01-01,01/03/2026",
            "line 6: “valid_to” is '01/03/2026'",
        ),
        (
            "unit-changes.csv",
            "90103,part",
            "90109,part",
            "line 3: no unit 90109 begins on 2026-03-01.",
        ),
        ("unit-changes.csv", "2026-03-01,90102,90103,part\n", "", "only a part of it is said"),
        (
            "clocks.yaml",
            "within: 10m",
            "within: 10 minutes",
            "clocks 1 (notify_chairman): “within” is “10 minutes”",
        ),
        ("clocks.yaml", "calendar: working", "calender: working", "“calender” is not known here"),
        (
            "notices.yaml",
            "border_post]",
            "border_force]",
            "there is no kind of agency “border_force”.",
        ),
        ("notices.yaml", "clock: notify_chairman", "clock: ring_bell", "“clock” is “ring_bell”"),
        ("areas.yaml", '"90103"]', "]", "areas.yaml: 90103 Núi Tím is in no area."),
        (
            "agencies.yaml",
            "successor: ferry",
            "successor: fery",
            "there is no agency fery to succeed it.",
        ),
        (
            "agencies.yaml",
            "kind: boat, covers",
            "kind: boot, covers",
            "services 1: the list service does not know “boot”.",
        ),
        ("agencies.yaml", "publicity: published", "publicity: public", "“publicity” is “public”"),
        (
            "agencies.yaml",
            "en: New ferry",
            "en: [New",
            "agencies.yaml, line 6: this is not well-formed YAML",
        ),
        (
            "codes/lists.yaml",
            "[boat, Thuyền đón, A boat]",
            "[no, Thuyền đón, A boat]",
            "list service, code 1: should be [code",
        ),
        ("aliases.yaml", "Lau", "Sến", "“Sến” sounds like another but for accents."),
        (
            "province.yaml",
            "Asia/Vientiane",
            "Asia/Nowhere",
            "there is no time zone “Asia/Nowhere”.",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_row(
    db: None, folder: Path, name: str, old: str, new: str, sentence: str
) -> None:
    edit(folder, name, old, new)

    with pytest.raises(BadData) as bad:
        province.load(folder, NOW)

    assert any(sentence in problem for problem in bad.value.problems), bad.value.problems
    assert not AdminUnit.objects.exists()


def test_all_mistakes_are_named_at_once(folder: Path) -> None:
    edit(folder, "clocks.yaml", "within: 10m", "within: soon")
    (folder / "holidays.yaml").unlink()

    with pytest.raises(BadData) as bad:
        province.read(folder)

    assert len(bad.value.problems) == 2
