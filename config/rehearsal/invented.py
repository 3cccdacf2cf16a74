"""People who do not exist: names, roads and numbers drawn from the world's lists."""

import random
from typing import Any

from casework.groups import Contact, Identity, Number, Perpetrator

World = dict[str, Any]
QUIET = {"threat_to_kill": "no", "weapon": "no", "strangled": "no", "he_is_here": "no"}
# The law's acts, and the type of the field's own list that fits first.
ACTS = (
    (["a"], "physical_assault"),
    (["a", "b"], "physical_assault"),
    (["b"], "psychological_abuse"),
    (["n", "o"], "denial_of_resources"),
    (["e", "b"], "psychological_abuse"),
    (["i"], "rape"),
    (["q", "a"], "physical_assault"),
)


def name(dice: random.Random, world: World, sex: str) -> str:
    """A name as the province gives them, for that sex."""
    parts = (world["family"], world[f"middle_{sex}"], world[f"given_{sex}"])
    return " ".join(dice.choice(names) for names in parts)


def identity(dice: random.Random, world: World, sex: str) -> Identity:
    """Who somebody is."""
    return Identity(full_name=name(dice, world, sex), address=dice.choice(world["roads"]))


def contact(dice: random.Random) -> Contact:
    """One number that may be rung in the morning."""
    safe = Number(
        number=f"0900 000 {dice.randint(200, 899)}", whose="của người ấy", safe_to_call=True,
        safe_to_text=False, hours="09:00–11:00",
    )  # fmt: skip
    return Contact(numbers=(safe,), code_phrase="Hỏi mua trứng gà")


def incident(dice: random.Random, world: World) -> dict[str, Any]:
    """What was done, and by whom."""
    acts, kind = dice.choice(ACTS)
    return {
        "acts": acts,
        "gbvims_type": kind,
        "accused_sex": "male",
        "perpetrator": Perpetrator(name=name(dice, world, "male")),
    }
