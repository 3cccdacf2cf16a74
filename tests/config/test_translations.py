"""Vietnamese first, English complete: no text is left in one language."""

import pytest

from config import translations


@pytest.mark.parametrize("app", translations.APPS)
def test_every_text_has_its_vietnamese(app):
    assert translations.faults_of(app) == []


def test_every_word_of_a_template_is_marked():
    bare = {
        str(path.name): found
        for app in translations.APPS
        for path in translations.sources(app)
        if path.suffix == ".html" and (found := translations.bare_texts(path))
    }

    assert bare == {}


def test_no_text_means_two_things():
    assert translations.disagreements() == []


def test_bare_text_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>Hello there</p><a title='x' aria-label=\"Close it\">{{ name }}</a>")

    assert translations.bare_texts(page) == ["Hello there", "Close it"]
