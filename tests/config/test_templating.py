"""What is written into a template while it is read: the same words as the tags would have said."""

from typing import Any

import pytest
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import translation

from config import templating

LOCMEM = "django.template.loaders.locmem.Loader"


def drawn(source: str, **context: Any) -> str:
    """The template by way of the loader."""
    engine = Engine(
        loaders=[("config.templating.Loader", [(LOCMEM, {"page.html": source})])],
        libraries={"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"},
        builtins=["django.templatetags.i18n", "django.templatetags.static"],
    )
    return engine.get_template("page.html").render(Context(context))


def as_the_tag_says(source: str) -> str:
    return (
        Engine(builtins=["django.templatetags.i18n", "django.templatetags.static"])
        .from_string(source)
        .render(Context())
    )


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Police" %}',
        "{% translate 'Main pages' %}",
        '{% translate "Open" context "verb" %}',
        '{% translate "No such words & 5 % of <b>nothing</b>" %}',
        "{% url 'casework:my_work' %}",
        "{% static 'kit/page.svg' %}",
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_fixed_says_what_its_tag_says(source: str, language: str):
    with translation.override(language):
        written = templating.written_in(source)
        said = as_the_tag_says(source)

    assert written == said
    assert "{%" not in written


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Police" as who %}{{ who }}',
        "{% translate words %}",
        "{% url 'casework:case' reference %}",
        "{% url 'nowhere' %}",
    ],
)
def test_what_is_not_fixed_stays_a_tag(source: str):
    assert templating.written_in(source) == source


def test_each_language_has_its_own():
    with translation.override("vi"):
        vi = render_to_string("kit/urgent.html")
    with translation.override("en"):
        en = render_to_string("kit/urgent.html")

    assert "My work" not in vi
    assert "Does someone need help?" in en
    assert "Does someone need help?" not in vi


def test_indentation_goes_but_not_from_what_a_person_typed_or_reads():
    source = (
        "<ul>\n    <li>a</li>\n</ul>"
        "{% blocktranslate %}one\n  two{% endblocktranslate %}"
        "<textarea>\n\n  b</textarea>"
    )

    assert drawn(source) == "<ul>\n<li>a</li>\n</ul>one\n  two<textarea>\n\n  b</textarea>"
