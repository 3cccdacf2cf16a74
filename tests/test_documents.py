"""The pages of docs/ that come from the code say what the code says."""

import pytest
from django.conf import settings

from config.documents import PAGES, markdown, stolen_dump


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_fresh(page):
    stored = (settings.BASE_DIR / "docs" / page).read_text(encoding="utf-8")

    assert stored == PAGES[page](), "run: manage.py make_docs"


def test_no_page_names_a_machine_or_a_tool_of_ours():
    texts = [path.read_text(encoding="utf-8") for path in settings.BASE_DIR.glob("docs/*.md")]

    assert not [text for text in texts if "/tmp/" in text or "/home/" in text]


def test_a_cell_with_a_bar_stays_one_cell():
    assert markdown.table(["a"], [["b|c"]]).splitlines()[-1] == "| b\\|c |"


# Room for words in clear on a case's row: each was looked at, and holds none about anybody.
HARMLESS = {
    "safekeeping_repair.handler": "a function's name",
    "casework_deadline.source": "the article of a law",
    "casework_run.flow_class": "a class's name",
    "casework_agencytask.flow_task": "a node's name",
    "casework_agencytask.token": "a branch's number",
    "casework_agencytask.owner_permission": "unused; of the library's abstract task",
    "casework_agencytask.owner_permission_obj_pk": "unused; of the library's abstract task",
    "casework_correction.old_code": "the codes that stood there, parted by commas",
    "casework_assessment.answers": "question codes with yes, no, unknown or unanswered",
    "shelters_shelter.name_vi": "a secret house goes by a name that says nothing of its place",
    "shelters_shelter.name_en": "the same",
}


def test_no_table_of_cases_has_room_for_words_in_clear():
    models = [model for model in stolen_dump._models() if stolen_dump.carries_cases(model)]
    free = {column for model in models for column in stolen_dump.free_texts(model)}

    assert free - HARMLESS.keys() == set()
