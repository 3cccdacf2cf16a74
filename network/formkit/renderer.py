"""Draws Django's forms in GOV.UK markup, our own and those of other packages alike."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting

OURS = "formkit/widgets/"
DJANGOS = "django/forms/widgets/"
INPUTS = {"text", "number", "email", "url", "password", "tel", "search", "date", "time", "datetime"}
DRAWN = {
    "radio",
    "checkbox_select",
    "checkbox",
    "select",
    "textarea",
    "input",
    "clearable_file_input",
}


class Renderer(TemplatesSetting):
    """Takes a widget's template from formkit/widgets where one of ours stands for it."""

    form_template_name = "formkit/form.html"
    field_template_name = "formkit/field.html"

    def get_template(self, template_name: str) -> Any:
        """Return the template, ours if there is one."""
        return super().get_template(ours(template_name))


def ours(name: str) -> str:
    """Map a template of Django's widgets to ours."""
    if not name.startswith(DJANGOS):
        return name
    kind = name.removeprefix(DJANGOS).removesuffix(".html")
    if kind in INPUTS:
        return f"{OURS}input.html"
    return f"{OURS}{kind}.html" if kind in DRAWN else name
