"""A telephone operator of our own, over HTTP: it takes texts as Twilio does and keeps them."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qsl


@dataclass
class Operator:
    """What came in, and what the next answers are; without any left, texts are accepted."""

    url: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    # Called with a text and what it will be answered, before it is: a receipt may overtake that.
    on_text: Callable[[dict[str, str]], None] = lambda text: None
    numbers: Iterator[int] = field(default_factory=count)

    def refuse(self, status: int, code: int) -> None:
        """The next text is refused in this way."""
        self.answers.append((status, {"code": code, "message": "refused", "status": status}))

    def answer(self) -> tuple[int, dict[str, object]]:
        if self.answers:
            return self.answers.pop(0)
        return 201, {"sid": f"SM{next(self.numbers):032d}", "status": "queued"}


@contextmanager
def operator() -> Iterator[Operator]:
    """Run one on a free port until the block ends."""
    desk = Operator()

    class Line(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            desk.before_answer()
            status, answer = desk.answer()
            if status < 400:
                text = dict(parse_qsl(body)) | {"path": self.path, "sid": str(answer["sid"])}
                desk.texts.append(text)
                desk.on_text(text)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
