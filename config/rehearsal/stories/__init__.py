"""What happens in a case, told as generators: act, then yield how long it takes until the next.

Whatever lies beyond the last day is left untold, so that the living cases stand in every state.
A new story: write it beside those of its kind; here every public one is found by its name.
"""

from collections.abc import Callable
from types import ModuleType

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories import (
    beds,
    common,
    consent,
    endings,
    helpers,
    people,
    reports,
    safety,
    tonight,
)

Tale = Callable[[Scene], Story]


def _told_in(module: ModuleType) -> dict[str, Tale]:
    own = {n: f for n, f in vars(module).items() if getattr(f, "__module__", "") == module.__name__}
    return {name: tale for name, tale in own.items() if callable(tale) and not name.startswith("_")}


STORIES: dict[str, Tale] = {
    name: tale
    for module in (common, people, reports, helpers, beds, consent, safety, endings, tonight)
    for name, tale in _told_in(module).items()
}
