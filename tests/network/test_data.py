"""What Hưng Yên's folder must hold, whatever is edited in it: no database."""

from collections import Counter
from datetime import date

from network.loading.law import RAISE_TO
from network.loading.province import Province
from network.roles import AgencyKind
from tests.test_house_rules import our_files

REFORM = date(2025, 7, 1)
TODAY, BEFORE = date(2026, 11, 24), date(2024, 12, 31)

# Each must be there, whatever its length; one that is not among them, some code begins.
CLOCKS = """
    notify_chairman assign_handler police_vulnerable crime_report ban_decision ban_supervisor
    tell_before_served ban_ending ban_renewal_ask ban_expiry ban_contact_visit ban_cancel
    child_emergency child_separation child_plan health_72h health_120h consent_ask reassess
    accused_release
    safe_check override_review death_review debrief clear_conflict without_worker safe_elsewhere
    break_glass_words break_glass_review court_ban_expiry emergency_shelter
    referral_answer hold_until away_back stay_review follow_up_due succession dsr_ack dsr_withdraw
    dsr_access dsr_erase breach_notice
""".split()
ACTS = "a b c d dd e g h i k l m n o p q".split()


def communes(province: Province, day: date) -> list[tuple[str, date]]:
    return province.units.communes(day)


def test_communes_of_today_and_of_2024_are_all_there(province_read: Province) -> None:
    kinds = Counter(
        province_read.units.values[key]["kind"] for key in communes(province_read, TODAY)
    )

    assert kinds == {"xa": 93, "phuong": 11}
    assert len(communes(province_read, BEFORE)) == 381


def test_every_former_commune_became_something_and_three_were_split(
    province_read: Province,
) -> None:
    old = set(communes(province_read, BEFORE))
    links = [pair for pair in province_read.units.links if pair[0] in old]
    split = {
        name for (name, _), (_, extent) in province_read.units.links.items() if extent == "part"
    }

    assert len(links) == 384
    assert {pair[0] for pair in links} == old
    assert {code for code, _ in split} == {"11989", "12004", "12322"}


def test_codes_are_reused_for_other_names(province_read: Province) -> None:
    units = province_read.units
    renamed = {
        code: (units.values[was]["name"], units.values[now]["name"])
        for code in ("12004", "12073", "12322")
        if (was := units.on(code, BEFORE)) and (now := units.on(code, TODAY))
    }

    assert renamed == {
        "12004": ("Đình Dù", "Như Quỳnh"),
        "12073": ("Tân Lập", "Yên Mỹ"),
        "12322": ("Ngọc Thanh", "Hiệp Cường"),
    }


def is_named(clock: str) -> bool:
    """Whether the code of any app speaks of it."""
    ours = (path for path in our_files() if "tests" not in path.parts)
    return any(f'"{clock}"' in path.read_text(encoding="utf-8") for path in ours)


def test_every_clock_of_the_design_is_there_with_its_source(province_read: Province) -> None:
    clocks = province_read.law.clocks

    codes = {key[0] for key in clocks}
    assert set(CLOCKS) <= codes
    assert [code for code in codes - set(CLOCKS) if not is_named(code)] == [], "nobody begins it"
    assert all(values["source"] and values["raise_to"] in RAISE_TO for values in clocks.values())
    assert all(values["our_choice"] or values["certainty"] for values in clocks.values()), (
        "a length is the law's, with a certainty, or our choice"
    )


def test_sixteen_acts_each_with_a_form(province_read: Province) -> None:
    codes = province_read.law.codes
    forms = {
        key[1]: values["mapping"]["form"] for key, values in codes.items() if key[0] == "dv_act"
    }

    assert sorted(forms) == sorted(ACTS)
    assert all(province_read.law.has_code("violence_form", form) for form in forms.values())


def test_what_is_derived_names_codes_that_exist(province_read: Province) -> None:
    law = province_read.law
    wanted = [
        (target, values["mapping"][key])
        for (code_list, _, _), values in law.codes.items()
        for of, key, target in (
            ("dv_act", "gbvims", "gbvims_type"),
            ("need_now", "service", "service"),
            ("relation", "group", "relation_group"),
            ("report_danger", "level", "risk_level"),
            ("contact_danger", "level", "risk_level"),
        )
        if code_list == of and key in values["mapping"]
    ]

    assert [pair for pair in wanted if not law.has_code(*pair)] == []


def test_there_are_two_hundred_plants_to_speak_of(province_read: Province) -> None:
    plants = [key for key in province_read.law.codes if key[0] == "alias"]

    assert len(plants) >= 200


def test_every_commune_has_its_committee_and_its_police(province_read: Province) -> None:
    agencies = province_read.agencies
    places = set(communes(province_read, TODAY))
    seats = {
        kind: {agencies.units[code] for code, v in agencies.values.items()
               if v["kind"] == kind and v["valid_to"] is None}
        for kind in (AgencyKind.COMMUNE_COMMITTEE, AgencyKind.COMMUNE_POLICE)
    }  # fmt: skip

    assert seats == dict.fromkeys(seats, places)


def test_every_agency_of_the_plan_is_there(province_read: Province) -> None:
    named = {
        part.strip()
        for values in province_read.agencies.values.values()
        for part in values["plan_ref"].split(",")
    }

    assert {f"IV.{number}" for number in range(1, 17)} | {"II.4.2"} <= named


def test_the_model_sites_moved_with_the_reform(province_read: Province) -> None:
    agencies = province_read.agencies
    moved = {
        agencies.units[old][0]: agencies.units[agencies.successors[old]][0]
        for old in ("tamlanh-dinhcao-2024", "tamlanh-dongtao-2024")
    }

    assert moved == {"12412": "12424", "12208": "12070"}


def test_every_area_has_eight_communes_or_more(province_read: Province) -> None:
    sizes = [len(members) for members in province_read.law.area_units.values()]

    assert len(sizes) >= 8
    assert min(sizes) >= 8
    assert sum(sizes) == 104


def test_working_days_know_tet_of_four_years(province_read: Province) -> None:
    days = province_read.law.holidays
    tet = Counter(
        day.year for day, values in days.items() if values["name_vi"].startswith("Tết Ng")
    )

    assert set(tet) == {2024, 2025, 2026, 2027}
    assert min(tet.values()) >= 5
    assert date(2026, 2, 17) in days
