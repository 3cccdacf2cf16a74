"""`docs/permissions.md`: who gets what at every address."""

from config.documents import markdown
from config.permissions import TABLE, WHO

INTRO = (
    "The answer to a GET and to an empty POST: 200 a page, 302 sent on (a stranger to sign in),"
    " 403 not yours to do, 404 not there or not for you, 405 not by this verb, 409 not now."
)


def page() -> str:
    """One row for each address."""
    head = ["address", *(f"{who}: GET / POST" for who in WHO)]
    rows = (
        [f"`{name}`", *(f"{get} / {post}" for get, post in zip(*answers, strict=True))]
        for name, answers in TABLE.items()
    )
    return markdown.page("Permissions", INTRO, markdown.table(head, rows))
