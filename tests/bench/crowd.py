"""Several processes that do the same work at once, on a word from the bench."""

import multiprocessing
import os
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from django.db import connection

Once = Callable[[Any], Any]
Work = Callable[[int], Once]  # client's number → what it does once, with what it is given


class Crowd:
    """Forked once, so that what is measured is the work and not the start.

    Each client makes its own connections; `do` returns once all of them are done.
    """

    def __init__(self, clients: int, work: Mapping[str, Work]) -> None:
        connection.close()  # a child must not share ours
        connection.close_pool()
        self.ours: list[Connection] = []
        forking = multiprocessing.get_context("fork")
        self.processes = []
        for client in range(clients):
            mine, theirs = forking.Pipe()
            process = forking.Process(target=_serve, args=(client, theirs, work), daemon=True)
            process.start()
            self.ours.append(mine)
            self.processes.append(process)

    def do(self, name: str, *, times: int = 1, given: Any = None) -> list[Any]:
        """All of them do this so often; returns what each answered last. Raises what one met."""
        for pipe in self.ours:
            pipe.send((name, times, given))
        answers = [pipe.recv() for pipe in self.ours]
        for fault, _ in answers:
            if fault:
                raise RuntimeError(fault)
        return [answer for _, answer in answers]

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for pipe in self.ours:
            pipe.send(None)
        for process in self.processes:
            process.join()


def _serve(client: int, pipe: Connection, work: Mapping[str, Work]) -> None:
    ready: dict[str, Once] = {}
    while asked := pipe.recv():
        name, times, given = asked
        try:
            once = ready.get(name) or ready.setdefault(name, work[name](client))
            answer = None
            for _ in range(times):
                answer = once(given)
            pipe.send(("", answer))
        except BaseException:
            pipe.send((traceback.format_exc(), None))
    connection.close()
    os._exit(0)  # nothing of the parent's is to be torn down here
