"""A slow line pays for every byte: the first page within 60 KB, a later one within 15."""

from typing import Any

import brotli

FIRST, LATER = 60_000, 15_000  # bytes on the wire, as interface.md asks; headers come on top
COMPRESSED = ("woff2",)


def weight(body: bytes, url: str) -> int:
    """What goes over the line: text is served compressed, fonts are so already."""
    return len(body) if url.endswith(COMPRESSED) else len(brotli.compress(body))


def test_first_page_is_light_and_the_next_lighter(open_page: Any) -> None:
    page = open_page("/lich")
    answers: dict[str, Any] = {}
    page.on("response", lambda answer: answers.setdefault(answer.url, answer))

    with page.expect_response(lambda answer: answer.url.endswith("woff2")):
        page.goto("/tro-giup")
    page.evaluate("document.fonts.ready.then(() => null)")
    sizes = {url: weight(answer.body(), url) for url, answer in answers.items()}
    page_alone = next(size for url, size in sizes.items() if url.endswith("/tro-giup"))

    assert sum(sizes.values()) <= FIRST, sizes
    assert page_alone <= LATER
    assert any(url.endswith("woff2") for url in sizes)
