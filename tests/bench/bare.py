"""A bare Django project for B8: what `startproject` gives, one table, one page that lists its rows.

A page is for who is signed in. It reads 25 rows and draws each with its link and its facts, a label
and a value each, in markup as plain as a first project's. How many facts and how long they are is
chosen when the rows are made, so that a page weighs as much and says as much as the page of ours
that it stands beside: as many bytes, as many pieces of text.
"""

import os
import sys
from itertools import cycle, islice
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

ROWS = 25
BASE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head>
<body>
<header><a href="/">Bare</a> <span>{{ request.user.username }}</span></header>
<main>{% block main %}{% endblock %}</main>
</body>
</html>"""
PAGE = """{% extends "base.html" %}
{% block title %}Rows{% endblock %}
{% block main %}
<h1>Rows</h1>
<ul class="rows">
{% for row in rows %}<li class="row">
<h2><a class="row-link" href="{% url 'page' row.pk %}">{{ row.title }}</a></h2>
<dl class="row-facts">{% for value in row.content.splitlines %}
<div class="row-fact"><dt>Label</dt><dd>{{ value }}</dd></div>
{% endfor %}</dl></li>
{% endfor %}</ul>
{% endblock %}"""
WORDS = (
    "an toàn", "xã Đoàn Đào", "hôm nay", "chị", "tạm lánh", "y tế", "trung tâm", "liên hệ lại",
    "đồng ý", "công an", "trẻ em", "hai người", "gần chợ", "khẩn cấp", "chưa rõ", "sáng mai",
    "nhà bà ngoại", "đã gọi", "bác sĩ", "khám", "hội phụ nữ", "tư vấn", "không", "có", "phường",
)  # fmt: skip


def configure(database: dict[str, Any]) -> None:
    """The settings of a fresh project, on this database."""
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SITE_ID=1,
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.sites", "django.contrib.flatpages",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.gzip.GZipMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [
                    ("django.template.loaders.cached.Loader",
                     [("django.template.loaders.locmem.Loader",
                       {"base.html": BASE, "page.html": PAGE})]),
                ],
            },
        }],
    )  # fmt: skip


def page(request: HttpRequest, number: int) -> HttpResponse:
    """The rows that were made for one page."""
    from django.contrib.flatpages.models import FlatPage
    from django.shortcuts import render

    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    rows = FlatPage.objects.filter(template_name=str(number)).order_by("pk")[:ROWS]
    return render(request, "page.html", {"rows": rows})


urlpatterns = [path("<int:number>", page, name="page")]


def fill(sizes: list[str]) -> str:
    """Make the tables, each page's rows and a signed-in person; returns the session's key.

    sizes: of each page, in order: "bytes:texts".
    """
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.flatpages.models import FlatPage
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for number, size in enumerate(sizes):
        weight, texts = map(int, size.split(":"))
        FlatPage.objects.bulk_create(
            FlatPage(url=f"/{number}/{n}/", title=f"Row {n}", content=content,
                     template_name=str(number))
            for n, content in enumerate(_contents(weight, texts))
        )  # fmt: skip
    person = User.objects.create_user("person")
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _contents(weight: int, texts: int) -> list[str]:
    """What each row's facts say, a line each; a label is one piece of text, its value another.

    What the markup around them leaves of the weight is shared out evenly.
    """
    from django.contrib.flatpages.models import FlatPage
    from django.template.loader import render_to_string

    facts = max(1, round((texts / ROWS - 1) / 2))
    unsaid = [FlatPage(pk=10 + n, title=f"Row {n}", content=".\n" * facts) for n in range(ROWS)]
    markup = len(render_to_string("page.html", {"rows": unsaid}).encode())
    width = max(1, 1 + round((weight - markup) / (ROWS * facts)))
    words = cycle(WORDS)
    return ["\n".join(_said(words, width) for _ in range(facts)) for _ in range(ROWS)]


def _said(words: Any, width: int) -> str:
    """Words of so many bytes; a letter that would be cut in two is a dot."""
    said = " ".join(islice(words, width // 4 + 1)).encode()[:width].decode(errors="ignore")
    return said + "." * (width - len(said.encode()))


if "BARE_DATABASE" in os.environ:
    configure({
        "ENGINE": "django.db.backends.postgresql", "HOST": os.environ["BARE_HOST"],
        "NAME": os.environ["BARE_DATABASE"], "USER": os.environ["BARE_USER"],
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
    })  # fmt: skip
    django.setup()

if __name__ == "__main__":
    print(fill(sys.argv[1:]))  # noqa: T201
elif "BARE_DATABASE" in os.environ:
    application = get_wsgi_application()

    from django.core.asgi import get_asgi_application

    asgi = get_asgi_application()
