"""Questions about danger, and which level their answers give.

Pure tables and functions. An answer is yes, no, unknown or unanswered; not answered is not no.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.models import Level

LEVELS = (Level.STANDARD, Level.RAISED, Level.HIGH, Level.EXTREME)
ANSWERS = ("yes", "no", "unknown", "unanswered")


@dataclass(frozen=True)
class Question:
    """level: what a yes says. clocks: those that a yes starts. source: law, or our choice."""

    code: str
    label: object
    level: Level
    clocks: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Instrument:
    """What is asked together. only_raises: too few questions to lower a level by."""

    code: str
    edition: str
    questions: tuple[Question, ...]
    only_raises: bool = False

    def clean(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Every question with its answer; what is missing or foreign counts as unanswered."""
        given = {q.code: answers.get(q.code, "unanswered") for q in self.questions}
        return {code: word if word in ANSWERS else "unanswered" for code, word in given.items()}

    def is_finished(self, answers: Mapping[str, str]) -> bool:
        """Every question got an answer; "unknown" is one."""
        return all(word != "unanswered" for word in self.clean(answers).values())

    def score(self, answers: Mapping[str, str]) -> int:
        """How many were answered with yes."""
        return sum(word == "yes" for word in self.clean(answers).values())

    def level(self, answers: Mapping[str, str]) -> Level:
        """The highest level that a yes gives; high if nothing at all is known.

        Source: our choice, silence is a danger sign first.
        """
        given = self.clean(answers)
        if {"yes", "no"}.isdisjoint(given.values()):
            return Level.HIGH
        return highest(*(q.level for q in self.questions if given[q.code] == "yes"))

    def clocks(self, answers: Mapping[str, str]) -> list[str]:
        """Clocks of law or medicine that these answers start."""
        given = self.clean(answers)
        return [name for q in self.questions if given[q.code] == "yes" for name in q.clocks]


def highest(*levels: str) -> Level:
    """The highest of some levels; standard of none."""
    return max((Level(level) for level in levels), key=LEVELS.index, default=Level.STANDARD)


def is_high(level: str) -> bool:
    """High or extreme."""
    return level in (Level.HIGH, Level.EXTREME)


def level_after(instrument: Instrument, *, before: str, found: str, judged: str) -> Level:
    """The level after an assessment.

    Judgement may raise what the answers found. They alone never lower what stood before: lower
    than before needs a person's judgement, and not below what the answers found.
    """
    if instrument.only_raises or not judged:
        return highest(before, found, judged or found)
    return highest(found, judged)


REPORT_DANGER = Instrument(
    "report_danger",
    "1",
    (
        Question("danger_to_life", _("Danger to life now"), Level.EXTREME),
        Question("weapon", _("A weapon, knife, petrol or acid"), Level.EXTREME),
        Question("strangled", _("Strangled or choked"), Level.EXTREME),
        Question("threat_to_kill", _("Threat to kill"), Level.HIGH),
        Question("he_is_here", _("The person who did it is there now"), Level.HIGH),
    ),
)
LEGAL_TRIAGE = Instrument(
    "legal_triage",
    "1",
    (
        Question(
            "life_threatened", _("An act threatens life"), Level.EXTREME,
            source="Law 13/2022/QH15 Art. 20(4), 25",
        ),
        Question(
            "health_harmed", _("An act harms or threatens health"), Level.HIGH,
            source="Law 13/2022/QH15 Art. 24, 25",
        ),
        Question(
            "vulnerable",
            _("A child, a pregnant, an elderly, a disabled person or one who cares for an infant"),
            Level.RAISED, ("police_vulnerable",), "Law 13/2022/QH15 Art. 20(4)",
        ),
        Question(
            "crime_signs", pgettext_lazy("triage", "Signs of a crime"), Level.RAISED,
            ("crime_report",), "Law 13/2022/QH15 Art. 20(3)",
        ),
        Question(
            "sexual_violence", _("Sexual violence in the last five days"), Level.HIGH,
            ("health_72h", "health_120h"), "WHO, clinical guidance on sexual violence",
        ),
        Question(
            "repeated", _("Violence again within twelve months"), Level.RAISED,
            source="Law 13/2022/QH15 Art. 32",
        ),
    ),
)  # fmt: skip
CONTACT_DANGER = Instrument(
    "contact_danger",
    "1",
    (
        Question("worse", _("Has it become worse or more frequent"), Level.HIGH),
        Question("afraid", _("Does the person fear being killed"), Level.EXTREME),
        Question("separating", _("Is a separation or a move coming"), Level.RAISED),
    ),
    only_raises=True,
)
INSTRUMENTS = {one.code: one for one in (REPORT_DANGER, LEGAL_TRIAGE, CONTACT_DANGER)}
