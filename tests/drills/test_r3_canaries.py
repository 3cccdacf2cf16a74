"""R3: people who exist nowhere else go every way in; then all that lies about is searched."""

import base64
import gzip
import io
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import choice
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import sync_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from config import browser as browsers
from hotline.gateways.console import Console
from network.actors import Actor
from network.models import Agency, User
from safekeeping import archives, keys
from safekeeping.keyring import FileSource
from tests.browser import sessions
from tests.browser.serving import served
from tests.canaries import people, scan, walk
from tests.canaries.conftest import (
    _hung_yen,
    actor,
    assigned,
    cast,
    dump,
    on_duty,
    report,
)
from tests.canaries.stealing import on_disk
from tests.canaries.stealing import sessions as kept
from tests.casework.conftest import facts
from tests.conftest import NOW
from tests.drilling import Drill
from tests.drills.browsing import CSRF, FORM, PATIENCE, Browser, with_key
from tests.odd.forms import Form

__all__ = ["_hung_yen", "actor", "assigned", "cast", "dump", "on_duty", "report"]

pytestmark = pytest.mark.django_db(transaction=True)
REPORTERS = ("ca-12424", "ttyt-phucu", "bvsn-hungyen", "ctxh", "tamlanh-dongtao")
NUMBER = "0987654399"
SEARCHED = 3  # of so many people somebody looks up the name and the number
DISGUISES: dict[str, Callable[[str], bytes]] = {
    "in clear": str.encode,
    "small": lambda word: word.lower().encode(),
    "large": lambda word: word.upper().encode(),
    "without marks": lambda word: scan.bare(word).encode(),
    "as a header": lambda word: spoken(word).encode(),
    "UTF-16 LE": lambda word: word.encode("utf-16-le"),
    "UTF-16 BE": lambda word: word.encode("utf-16-be"),
    "JSON": lambda word: json.dumps(word).encode(),
    "address": lambda word: quote(word).encode(),
    "hex": lambda word: word.encode().hex().encode(),
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64, one on": lambda word: base64.b64encode(b"1" + word.encode()),
    "base64, two on": lambda word: base64.b64encode(b"12" + word.encode()),
    "gzip": lambda word: gzip.compress(word.encode()),
}


def new_word() -> str:
    """Letters that stand nowhere, not even in what an earlier run left behind."""
    return "Ngoằ" + "".join(choice("bcdghklmnpqrstvx") for _ in range(10)) + "ẽo"


@pytest.fixture
def stem() -> str:
    """The word that is in all of theirs."""
    return new_word()


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the gateway was given."""
    sent: list[str] = []
    send = Console.send
    monkeypatch.setattr(
        Console, "send", lambda self, **given: sent.append(str(given)) or send(self, **given)
    )
    return sent


@pytest.fixture
def server(tmp_path: Path, key_ring: FileSource) -> Iterator[str]:
    """A server of its own, with its words and its passing files in folders that are searched."""
    (tmp_path / "said").mkdir()
    (tmp_path / "passing").mkdir()
    with served(
        tmp_path / "said" / "server.log", PGDATABASE=str(connection.settings_dict["NAME"]),
        DJANGO_SETTINGS_MODULE="tests.settings", MAI_AM_POOL="", LOG_LEVEL="DEBUG",
        KEY_RING_FILE=str(key_ring.path), TMPDIR=str(tmp_path / "passing"),
    ) as at:  # fmt: skip
        yield at


def walked(
    stem: str, many: int, cast: dict[str, Actor], actor: Callable[..., Actor], report: Any
) -> None:
    """So many go the whole way, told of by all kinds of agencies; as many by proxy and the door."""
    cast["keeper"] = actor("tamlanh-dongtao", "keeper")
    for number in range(many):
        cast["teller"] = actor(REPORTERS[number % len(REPORTERS)], "reporter", name=f"t{number}")
        her, words = people.person(stem, NUMBER), people.words_later(stem)
        case = report(by="teller", sealed=her, danger_now="yes")
        on_her_way = walk.Walk(cast, case, words, NUMBER)
        walk.whole(on_her_way, search=number < SEARCHED)
        walk.at_the_door(on_her_way)
        told = walk.told_by_proxy(on_her_way, her, facts(danger_now="yes"))
        walk.whole(walk.Walk(cast, told, words, NUMBER), search=False)


def typed(browser: Browser, stem: str) -> set[int]:
    """Her words typed where they belong and where they do not; the statuses."""
    form = browser.form("/bao-tin")
    words = [(one.name, stem) for one in form if one.kind != "hidden"]
    huge = [(name, value * 20_000) for name, value in words]
    at = quote(stem)
    tries = [
        browser.post("/bao-tin", with_key(words)), browser.post("/bao-tin", with_key(huge)),
        browser.post("/tim", [("kind", "name"), ("text", stem)]),
        browser.post("/dang-nhap", [("login", stem), ("password", stem)]),
        browser.post(f"/dang-nhap?next=/{at}", [("login", stem), ("password", NUMBER)]),
        browser.post("/ngon-ngu", [("language", stem), ("next", f"/{at}")]),
        browser.post(f"/ho-so/{at}", words), browser.get(f"/{at}"), browser.get(f"/static/{at}"),
        browser.get(f"/bao-tin?x={at}"), browser.post(f"/tim?x={at}", words),
        browser.get(f"/mang-luoi?q={at}"), browser.post("/mang-luoi", [("q", stem)]),
        browser.send("REPORT", f"/{at}"),
        browser.send("POST", f"/goi-lai/twilio/{uuid4()}", f"MessageStatus={at}".encode()),
        browser.send("POST", "/bao-tin", form_data(form, stem), kind=FORM_DATA),
        browser.send("POST", "/bao-tin", json.dumps(dict(words)).encode(), kind="application/json"),
        *(browser.send("GET", "/bao-tin", **{name: spoken(stem)}) for name in HEADERS),
        browser.send("POST", "/dang-nhap", f"login={at}&password={at}".encode(),
                     **{"User-Agent": spoken(stem), "Accept-Language": spoken(stem)}),
    ]  # fmt: skip
    return {answer.status for answer in tries}


def signed_in_wrongly(stranger: Browser, stem: str) -> set[int]:
    """Her words where a name and a password go, by somebody who is not signed in; the statuses."""
    at = quote(stem)
    heard = dict.fromkeys(("User-Agent", "Accept"), stem)
    tries = [
        stranger.post(f"/dang-nhap?next=/{at}&{at}={at}", [("login", stem), ("password", stem)]),
        stranger.post("/dang-nhap", [("login", NUMBER), ("password", stem), (stem, stem)]),
        stranger.send(
            "POST", "/dang-nhap", f"login={at}&password=x&csrfmiddlewaretoken={CSRF}".encode(),
            **{name: spoken(word) for name, word in heard.items()},
        ),
    ]  # fmt: skip
    return {answer.status for answer in tries}


def said_on_the_line(browser: Browser, stem: str) -> None:
    """Her words as the address of a socket, and said on one: whatever they are, it must live."""
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.session}"}
    at = browser.address.replace("http", "ws")
    for path in (f"/ws/{quote(stem)}", f"/{quote(stem)}"):
        with pytest.raises(InvalidStatus) as refused:
            connect(at + path, additional_headers=cookie, origin=Origin(browser.address))
        assert refused.value.response.status_code == 403
    with connect(
        f"{at}/ws/live?x={quote(stem)}", additional_headers=cookie, origin=Origin(browser.address)
    ) as line:
        for said in (
            stem,
            stem.encode(),
            json.dumps(stem),
            json.dumps({"type": stem}),
            "[" * 9_999,
        ):
            line.send(said)
        line.ping().wait(PATIENCE)


def said_around(browser: Browser, stem: str) -> set[int]:
    """Her words where a browser speaks and no person: cookies, kinds of a body; the statuses."""
    word = spoken(stem)
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
    kinds = (
        f"{FORM}; charset={word}", f"text/{word}", f"multipart/form-data; boundary={word}",
        f"multipart/{word}; boundary=x", "multipart/form-data", f"application/json; {word}={word}",
    )  # fmt: skip
    tries = [
        *(browser.send("GET", "/", Cookie=f"{name}={word}") for name in names),
        browser.send("POST", "/dang-nhap", b"login=x", Cookie=f"{names[1]}={word}"),
        browser.send("GET", "/", Cookie=f"{word}={word}; {quote(stem)}"),
        *(browser.send("POST", "/bao-tin", stem.encode(), kind=kind) for kind in kinds),
        *(browser.send("POST", "/bao-tin", b"\xff" + stem.encode(), kind=kind) for kind in kinds),
    ]  # fmt: skip
    return {answer.status for answer in tries}


def said_brokenly(browser: Browser, stem: str) -> None:
    """Her words in what is no request at all: the server hangs up, or says that it is none."""
    address = urlsplit(browser.address)
    for said in (
        stem, f"GET /{stem} HTTP/1.1", f"{stem} / HTTP/1.1", f"GET / HTTP/{stem}",
        f"GET / HTTP/1.1\r\n{stem}", f"GET / HTTP/1.1\r\n{stem}: x",
        f"POST / HTTP/1.1\r\nContent-Length: {stem}",
        f"POST / HTTP/1.1\r\nTransfer-Encoding: {stem}",
        f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{stem}",
    ):  # fmt: skip
        with socket.create_connection((address.hostname, address.port), PATIENCE) as line:
            line.sendall(f"{said}\r\n\r\n".encode())
            line.shutdown(socket.SHUT_WR)
            while line.recv(4_096):
                pass


FORM_DATA = "multipart/form-data; boundary=x"
HEADERS = (
    "User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "X-Real-IP", "Origin",
    "Authorization", "Idempotency-Key", "HX-Current-URL", "HX-Prompt", "X-Request-ID",
    "If-None-Match", "Host", "X-Forwarded-Host",
)  # fmt: skip


def spoken(word: str) -> str:
    """As a header carries it."""
    return word.encode().decode("latin-1")


def form_data(form: Form, stem: str) -> bytes:
    """The same form as a browser sends it with a file, whose name is a word too."""
    part = '--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
    return "".join(part % (name, stem, stem) for name in form.fields).encode() + b"--x--\r\n"


def sat_at(server: str, profile: Path, user: Any, stem: str) -> None:
    """A real browser, whose profile stays: she is reported on, looked at, and the tab is closed."""
    cookie = sessions.cookie_for(user, server)  # in there it would leave a session of the database
    with sync_playwright() as play:
        options: Any = browsers.find().launch_options()
        context = play.chromium.launch_persistent_context(profile, base_url=server, **options)
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto("/bao-tin")
        for box in page.locator("main input[type=text], main textarea").all():
            if box.is_visible():
                box.fill(stem)
        page.get_by_role("button").last.click()
        page.wait_for_load_state()
        page.goto("/")
        context.close()


def sealed_backup(stolen: bytes) -> bytes:
    target = io.BytesIO()
    archives.seal(io.BytesIO(gzip.compress(stolen)), target, facts={"server": 1}, ring=keys.ring())
    return target.getvalue()


@pytest.mark.usefixtures("assigned")
def test_nothing_that_lies_about_knows_her(
    stem: str, server: str, tmp_path: Path, drill: Drill, cast: Any, actor: Any, report: Any,
    on_duty: Any, dump: Any, texts: list[str], caplog: Any, capfd: Any,
) -> None:  # fmt: skip
    began, many = time.time() - 1, drill.size(short=1, length=100)
    on_duty(cast["worker"], number="0912000111")
    user = User.objects.get(pk=cast["worker"].user_id)
    User.objects.filter(pk=user.pk).update(joined_at=NOW)
    with caplog.at_level(logging.INFO):
        walked(stem, many, cast, actor, report)
        browser = Browser(server, sessions.session_for(user))
        statuses = typed(browser, stem) | said_around(browser, stem)
        refused = signed_in_wrongly(Browser(server, session=""), stem)
        said_on_the_line(browser, stem)
        said_brokenly(browser, stem)
    sat_at(server, tmp_path / "profile", user, stem)
    said = capfd.readouterr()

    stolen = dump()
    places: dict[str, Any] = {
        "dump": scan.hits(stolen, [stem, NUMBER]),
        "backup": scan.hits(sealed_backup(stolen), [stem]),
        "sessions": scan.hits(kept(), [stem]),
        "texts": scan.hits("\n".join(texts).encode(), [stem]),
        "our words": scan.hits((caplog.text + said.out + said.err).encode(), [stem]),
        "server's words": scan.hits_below(tmp_path / "said", [stem]),
        "passing files": scan.hits_below(tmp_path / "passing", [stem]),
        "browser's profile": scan.hits_below(tmp_path / "profile", [stem]),
        "database's files": on_disk(began, stem),
    }
    found = {place: words for place, words in places.items() if words}
    drill.figure("R3", f"{3 * many + 1} people, {len(places)} places searched, {len(found)} hits")
    assert texts
    assert statuses.isdisjoint({500})
    assert refused == {200}  # the form again: it was asked, and not only shown
    assert found == {}


def test_a_word_planted_in_the_database_is_found_in_dump_and_files(dump: Any) -> None:
    began, planted = time.time() - 1, new_word()

    Agency.objects.filter(code="truc").update(name_en=planted)

    assert scan.hits(dump(), [planted]) == {planted}
    kinds = {"pg_wal" if "pg_wal" in path else "base" for path in on_disk(began, planted)}
    assert kinds == {"pg_wal", "base"}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_word_planted_in_a_file_is_found_in_every_disguise(tmp_path: Path, disguise: str) -> None:
    planted = new_word()
    noise = bytes(range(256)) * 20

    (tmp_path / "left.bin").write_bytes(noise + DISGUISES[disguise](planted) + noise)

    assert set(scan.hits_below(tmp_path, [planted, new_word()])) == {str(tmp_path / "left.bin")}
