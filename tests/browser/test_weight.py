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
    sizes: dict[str, int] = {}
    page.on(
        "response", lambda answer: sizes.setdefault(answer.url, weight(answer.body(), answer.url))
    )

    page.goto("/tro-giup", wait_until="networkidle")
    first = sum(sizes.values())
    page_alone = next(size for url, size in sizes.items() if url.endswith("/tro-giup"))

    assert first <= FIRST, sizes
    assert page_alone <= LATER
    assert any(url.endswith("woff2") for url in sizes)
