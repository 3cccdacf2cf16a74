"""Pages of the figures."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from figures import exports, pages, policy, rules
from safekeeping.errors import NotVisible, require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AUDIENCES = {"": rules.NETWORK, "cong-bo": rules.PUBLIC}


@require_safe
def index(request: Any) -> HttpResponse:
    """The newest month, or what will come here."""
    require(policy.may_read_network(request.actor))
    newest = pages.latest()
    if newest is None:
        return render(request, "figures/empty.html")
    return redirect("figures:period", newest)


@require_safe
def period(request: Any, span: str, audience: str = "") -> HttpResponse:
    """One period: pictures first, tables under them."""
    page = _page(request, span, audience)
    context = {
        "page": page,
        "neighbours": pages.neighbours(page.span),
        "counted": exports.counted(page),
        "sentence": exports.sentence(page.base),
        "audience": audience,
        "may_draft": policy.may_read_draft_for_public(request.actor),
    }
    return render(request, "figures/period.html", context)


@require_safe
def as_csv(request: Any, span: str, audience: str = "") -> HttpResponse:
    """The tables as one CSV file."""
    page = _page(request, span, audience)
    return _file(exports.as_csv(page), "text/csv; charset=utf-8", f"{span}.csv")


@require_safe
def as_xlsx(request: Any, span: str, audience: str = "") -> HttpResponse:
    """The tables as one workbook."""
    return _file(exports.as_xlsx(_page(request, span, audience)), XLSX, f"{span}.xlsx")


def _page(request: Any, span: str, audience: str) -> pages.Page:
    wanted = AUDIENCES[audience]
    asked = policy.may_read_draft_for_public if audience else policy.may_read_network
    require(asked(request.actor))
    try:
        rules.span(span)
    except ValueError:
        raise NotVisible from None
    return pages.page(span, wanted)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
