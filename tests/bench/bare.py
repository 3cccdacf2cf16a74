"""A bare Django project for B8: what `startproject` gives, one table, one page.

The page is for who is signed in; it reads 25 rows and draws them, as large as it is asked for.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

ROWS = 25
PAGE = """<!doctype html><html><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<p>{{ request.user.username }}</p><ul>{% for row in rows %}<li>{{ row.domain }}
{{ row.name|slice:width }}</li>{% endfor %}</ul></body></html>"""


def configure(database: dict) -> None:
    """The settings of a fresh project, on this database."""
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF="tests.bench.bare", USE_TZ=True,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SITE_ID=1,
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.sites",
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
                     [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]),
                ],
            },
        }],
    )  # fmt: skip


def page(request: HttpRequest, size: int) -> HttpResponse:
    """25 rows, so wide that the page has about so many bytes."""
    from django.contrib.sites.models import Site
    from django.shortcuts import render

    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    rows = Site.objects.order_by("pk")[:ROWS]
    width = f":{size // ROWS}"
    return render(request, "page.html", {"rows": rows, "width": width, "title": "Bare"})


urlpatterns = [path("<int:size>", page)]


def fill() -> str:
    """Make the tables, the rows and a signed-in person; returns the session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sites.models import Site
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    Site.objects.all().delete()
    Site.objects.bulk_create(Site(domain=f"row{n}", name=f"Row {n}") for n in range(ROWS))
    _widen()
    person = User.objects.create_user("person")
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _widen() -> None:
    """Names long enough for the largest page."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_site ALTER name TYPE text")
        cursor.execute("UPDATE django_site SET name = left(repeat(md5(id::text), 200), 6000)")


if "BARE_DATABASE" in os.environ:
    configure({
        "ENGINE": "django.db.backends.postgresql", "HOST": os.environ["BARE_HOST"],
        "NAME": os.environ["BARE_DATABASE"], "USER": os.environ["BARE_USER"],
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
    })  # fmt: skip
    django.setup()

if __name__ == "__main__":
    print(fill())  # noqa: T201
elif "BARE_DATABASE" in os.environ:
    application = get_wsgi_application()

    from django.core.asgi import get_asgi_application

    asgi = get_asgi_application()
