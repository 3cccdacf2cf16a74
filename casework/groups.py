"""The sealed groups of a case: what each holds, and which name of consent opens which columns.

A group is the unit of secrecy, of consent and of access. The list of consent's names is closed.
"""

from dataclasses import dataclass
from datetime import date

from safekeeping.sealed import group


@group("identity")
@dataclass(frozen=True)
class Identity:
    full_name: str = ""
    born_on: date | None = None
    id_number: str = ""
    address: str = ""


@dataclass(frozen=True)
class Number:
    """One way to reach her. An empty `hours` means none was agreed: ask before calling."""

    number: str
    whose: str = ""
    safe_to_call: bool | None = None
    safe_to_text: bool | None = None
    hours: str = ""


@group("contact")
@dataclass(frozen=True)
class Contact:
    numbers: tuple[Number, ...] = ()
    code_phrase: str = ""
    danger_phrase: str = ""
    never: tuple[str, ...] = ()
    rules: str = ""


@group("whereabouts")
@dataclass(frozen=True)
class Whereabouts:
    place: str = ""
    since: str = ""
    with_whom: str = ""


@dataclass(frozen=True)
class Child:
    name: str = ""
    birth_year: int | None = None
    sex: str = ""
    where: str = ""


@group("children")
@dataclass(frozen=True)
class Children:
    children: tuple[Child, ...] = ()
    words: str = ""


@group("support_needs")
@dataclass(frozen=True)
class SupportNeeds:
    words: str = ""
    health: str = ""
    decision_support_by: str = ""


@group("words")
@dataclass(frozen=True)
class Words:
    """Free text of one kind: summary, wishes, account, reasoning, plan, note, minutes, reason."""

    text: str = ""


def words_of(text: str) -> Words | None:
    """What was written; None for nothing, so that an empty column stays empty."""
    return Words(text) if text else None


@dataclass(frozen=True)
class Worried:
    """One more person who told us; a duplicate brings them along."""

    name: str = ""
    number: str = ""
    relation: str = ""
    words: str = ""


@group("hold_paper")
@dataclass(frozen=True)
class HoldPaper:
    """Who asked that a file be kept, and by which paper: number, date."""

    holder: str = ""
    paper: str = ""


@group("informant")
@dataclass(frozen=True)
class Informant:
    """Who told us. Never shared, exported or printed (Law 13/2022/QH15 Art. 12, 34)."""

    name: str = ""
    number: str = ""
    relation: str = ""
    words: str = ""
    others: tuple[Worried, ...] = ()


@group("perpetrator")
@dataclass(frozen=True)
class Perpetrator:
    name: str = ""
    number: str = ""
    address: str = ""
    work: str = ""
    words: str = ""


@group("card")
@dataclass(frozen=True)
class Card:
    """What those who go to her need tonight; no name, account or informant."""

    exact_place: str = ""
    ring_back: str = ""
    ring_back_rules: str = ""


@dataclass(frozen=True)
class Column:
    """One sealed column; `kind` narrows notes and plans to those of one kind.

    by: where the kind stands, for an item that of its plan.
    """

    model: str
    field: str
    kind: str = ""
    by: str = "kind"


# Consent's name → every sealed column that it opens.
OPENS: dict[str, tuple[Column, ...]] = {
    "person": (Column("survivor", "identity"),),
    "contact": (Column("survivor", "contact"),),
    "whereabouts": (Column("survivor", "whereabouts"),),
    "children": (Column("survivor", "children"),),
    "needs": (
        Column("survivor", "support_needs"),
        Column("plan", "content", "support"),
        Column("planitem", "content", "support", by="plan__kind"),
    ),
    "account": (Column("incident", "account"), Column("case", "summary")),
    "accused": (Column("incident", "perpetrator"),),
    "risk": (
        Column("assessment", "reasoning"),
        Column("plan", "content", "safety"),
        Column("planitem", "content", "safety", by="plan__kind"),
    ),
    "health": (Column("note", "text", "health"),),
    "legal": (Column("note", "text", "legal"),),
    "wishes": (Column("case", "wishes"),),
}
CONSENTED = frozenset(OPENS)
# The owner's people only; no consent names these and nothing shares them.
OWNED: dict[str, tuple[Column, ...]] = {
    "notes": (Column("note", "text"),),
    "minutes": (Column("conference", "minutes"),),
    "evidence": (Column("consent", "evidence"),),
    "follow_up": (Column("followup", "text"),),
    "holds": (Column("legalhold", "paper"), Column("legalhold", "lifted_why")),
    "reasons": (
        Column("override", "why"),
        Column("breakglass", "words"),
        Column("closure", "words"),
        Column("correction", "why"),
        Column("deadline", "waive_words"),
        Column("death", "words"),
    ),
}
OWNERS = frozenset(OWNED)
# Who told us: the supervisor alone.
INFORMANT = "informant"
EVERY = CONSENTED | OWNERS | {INFORMANT}
COLUMNS: dict[str, tuple[Column, ...]] = {
    **OPENS,
    **OWNED,
    INFORMANT: (Column("case", "informant"),),
}
