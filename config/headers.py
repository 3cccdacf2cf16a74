"""Headers that every answer carries, pages and refusals alike."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

FILE = frozenset({200, 206, 304})  # of a static file: for one that is missing there is a page


class Headers:
    """Nothing is kept by a browser or a proxy, except our static files, which name nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (request.path.startswith("/static/") and response.status_code in FILE):
            response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
