"""People who do not exist: names, roads and numbers drawn from the world's lists."""

import random
from typing import Any

from casework.groups import Contact, Identity, Number

World = dict[str, Any]


def name(dice: random.Random, world: World, sex: str) -> str:
    """A Vietnamese name for that sex."""
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
