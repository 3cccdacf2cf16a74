"""One case on the stage: an invented person, those who help, and what each of them does.

Every verb here calls one public action in the name of one person, and nothing else. What happened
is heard, not looked up: a scene knows its case from the events that its own acts recorded.
"""

from config.rehearsal.scene.beds import Beds
from config.rehearsal.scene.safety import Safety
from config.rehearsal.scene.sharing import Sharing
from config.rehearsal.scene.telling import Telling
from config.rehearsal.scene.work import Work


class Scene(Telling, Work, Sharing, Beds, Safety):
    """One case, from the first word told to the last signature."""


__all__ = ["Scene"]
