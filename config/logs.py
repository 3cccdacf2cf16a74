"""What is said of faults, by us and by other people's loggers: where and what kind, no value."""

import logging
import secrets
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

OURS = Path(__file__).resolve().parent.parent
log = structlog.get_logger(__name__)


def note_fault(request: Any) -> str:
    """Write down that a page broke, while its exception is handled; returns the mark to name it by.

    Nothing of what the exception says: it may quote a form, or a row of the database.
    """
    kind, _fault, trace = sys.exc_info()
    match, mark = request.resolver_match, secrets.token_hex(3)
    log.error(
        "page.failed", incident=mark, method=request.method,
        route=match.view_name if match else "",
        fault=kind.__name__ if kind else "", where=_where(trace),
    )  # fmt: skip
    return mark


def _where(trace: TracebackType | None) -> str:
    """The innermost line of our own code: file and number."""
    own = ""
    for frame, number in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(OURS) and "site-packages" not in path.parts:
            own = f"{path.relative_to(OURS)}:{number}"
    return own


class NoPersonalWords(logging.Filter):
    """Keeps a library's message template, drops its arguments, its traceback and its request.

    A template is written by a programmer; only what is put into it can name a person. Some
    libraries put in what an exception says before they log it: such a message is no template.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            kind, fault, _ = record.exc_info
            told = "" if _is_told(fault, str(record.msg)) else f"{record.msg} "
            record.msg = f"{told}[{kind.__name__}]"
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


def _is_told(fault: BaseException | None, text: str) -> bool:
    """Whether the exception's own words, which may be a stranger's, stand in the text."""
    return bool(str(fault)) and (str(fault) in text or repr(fault) in text)
