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

# Where a story is told, if the world has such a commune: who has this part, or several workers.
LIVES: dict[str, tuple[str, int]] = {
    "child_at_school": ("school", 1),
    "union_listens": ("union", 1),
    "told_twice": ("union", 1),
    "told_late": ("host", 1),
    "glass": ("workers", 2),
    "kept_out": ("workers", 2),
}
# What a story cannot be told without: so many of a list of the world, an office for a service.
A_KEEPER = ("keepers", 1)
WANTS: dict[str, tuple[str, int]] = {
    "handed_over": ("centres", 1),
    "moves_on": ("keepers", 2),
    "shelter_night": A_KEEPER,
    "hold_lapses": A_KEEPER,
    "leaves_untold": A_KEEPER,
    "wrong_bed": A_KEEPER,
    "walk_in": A_KEEPER,
    "sleeps_after_doctor": A_KEEPER,
    "consent_withdrawn": A_KEEPER,
    "asleep": A_KEEPER,
    "on_the_way": A_KEEPER,
    "at_the_court": A_KEEPER,
}
ASKS: dict[str, tuple[str, ...]] = {
    "health": (
        "support", "man", "old", "from_the_clinic", "declined", "nobody_answers",
        "first_answer_wins", "pressed_by_mistake", "did_not_come", "consent_withdrawn",
        "sleeps_after_doctor", "just_assessed", "just_accepted", "being_helped", "taken_in_part",
    ),
    "psychosocial": ("from_the_clinic", "given_back"),
}  # fmt: skip
