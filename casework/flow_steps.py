"""Where a case stands in its flow, for the drawing with "you are here"."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from casework.flow_nodes import CANCELED
from casework.flows import CaseResponse
from casework.models import AgencyTask, Case

WAY = (
    "take_note", "assign", "assess", "find_bed", "agree_plan", "carry_out", "follow_up",
    "review_closure",
)  # fmt: skip
DONE, HERE, WAITING, LEFT_OUT = "done", "here", "waiting", "left_out"


@dataclass(frozen=True)
class Step:
    """One step of the way; state: done, here (it is somebody's turn), waiting or left_out."""

    name: str
    label: str
    state: str


# To be read with a case: its turns so far, oldest first, each {"task": str, "is_done": bool}.
TURNS = ArraySubquery(
    AgencyTask.objects.filter(case=OuterRef("pk"), process__flow_class=CaseResponse)
    .exclude(status=CANCELED)
    .order_by("pk")
    .values(turn=JSONObject(task=Cast("flow_task", TextField()), is_done=Q(finished__isnull=False)))
)


def steps_for(case: Case) -> list[Step]:
    """Every step in the order of the drawing; two may be "here" at a time. One statement."""
    return steps_of(Case.objects.values_list(TURNS, flat=True).get(pk=case.pk))


def steps_of(turns: Iterable[dict[str, Any]]) -> list[Step]:
    """The same of turns that were read with the case."""
    is_done = {str(turn["task"]).rpartition(".")[2]: bool(turn["is_done"]) for turn in turns}
    return [Step(name, label_of(name), _state(name, is_done)) for name in WAY]


def label_of(name: str) -> str:
    """A step in the reader's words."""
    return str(CaseResponse.instance.node(name).task_title)


def _state(name: str, is_done: dict[str, bool]) -> str:
    if name in is_done:
        return DONE if is_done[name] else HERE
    is_left_out = name == "find_bed" and "agree_plan" in is_done
    return LEFT_OUT if is_left_out else WAITING
