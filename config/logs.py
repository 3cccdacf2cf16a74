"""What other people's loggers may say: where and what kind, never with which values."""

import logging


class NoPersonalWords(logging.Filter):
    """Keeps a library's message template, drops its arguments, its traceback and its request.

    A template is written by a programmer; only what is put into it can name a person.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.msg} [{record.exc_info[0].__name__}]"
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True
