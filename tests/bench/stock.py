"""viewflow as it comes, on its own tables: what a flow costs without anything of ours.

viewflow finds a flow by an installed app and a module's name; so it is lent one of its own.
"""

import sys
from types import ModuleType
from typing import Any

from django.db import transaction
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Task

LENT = "viewflow.workflow.stock"


def flow_of(steps: int) -> Any:
    """A flow of so many steps, one after another, each done by code."""

    def begin(self: Any, activation: Any, **given: Any) -> Any:
        return activation.process

    def nothing(self: Any, activation: Any, **given: Any) -> None:
        return None

    space: dict[str, Any] = {
        "__module__": LENT, "begin": begin, "nothing": nothing,
        "start": flow.StartHandle(this.begin).Next(this.step_1), "end": flow.End(),
    }  # fmt: skip
    for number in range(1, steps + 1):
        following = this.end if number == steps else getattr(this, f"step_{number + 1}")
        space[f"step_{number}"] = flow.Handle(this.nothing).Next(following)
    made = type(f"Stock{steps}", (flow.Flow,), space)
    setattr(sys.modules.setdefault(LENT, ModuleType(LENT)), made.__name__, made)
    return made


def begin(made: Any) -> Any:
    """Start a process: it stands before its first step."""
    return made.start.run()


def walk(made: Any, steps: int) -> Any:
    """Start a process and do each step in a transaction of its own, as each act of life is."""
    with transaction.atomic():
        process = begin(made)
    for number in range(1, steps + 1):
        node = made.instance.node(f"step_{number}")
        with transaction.atomic():
            task = Task.objects.get(process=process, flow_task=node, finished=None)
            getattr(made, f"step_{number}").run(task=task)
    return process
