"""Where a case stands in its flow, for the drawing with "you are here"."""

from dataclasses import dataclass

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


def steps_for(case: Case) -> list[Step]:
    """Every step in the order of the drawing; two may be "here" at a time. One statement."""
    tasks = list(
        AgencyTask.objects.filter(case=case, process__flow_class=CaseResponse)
        .exclude(status=CANCELED)
        .order_by("pk")
    )
    reached = {task.flow_task.name: task for task in tasks}
    return [Step(name, label_of(name), _state(name, reached)) for name in WAY]


def label_of(name: str) -> str:
    """A step in the reader's words."""
    return str(CaseResponse.instance.node(name).task_title)


def _state(name: str, reached: dict[str, AgencyTask]) -> str:
    if name in reached:
        return HERE if reached[name].finished is None else DONE
    is_left_out = name == "find_bed" and "agree_plan" in reached
    return LEFT_OUT if is_left_out else WAITING
