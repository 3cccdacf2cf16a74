"""What other people's loggers may say: where and what kind, never with which values."""

import logging


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
