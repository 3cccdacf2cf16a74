"""Who may open what and know of what, in words; written from the design and not from the code.

Whatever no line allows is denied: there are no lines for the stranger, the other agency, the
blocked, the analyst or the auditor. "Works on cases": caseworker, supervisor, responder,
coordinator. Sources: domain §0–3, safekeeping §3.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.drills.access.marks import SCENES, Mark
from tests.drills.access.people import NOBODY, PERSONS, place_of
from tests.drills.access.world import CONFIRMED, CONSENTS, HANDED_OVER, JUST_NOW, SLEEPS

WORKS = ("caseworker", "supervisor", "responder", "coordinator")
RUNG = (*WORKS, "keeper", "operator")
CONSENTED = (
    "person", "contact", "whereabouts", "children", "needs", "account", "accused", "risk", "health",
    "legal", "wishes",
)  # fmt: skip
OWNERS = ("notes", "minutes", "evidence", "followup", "reasons", "holds")
HER_WAY = ("contact", "whereabouts")
OF_SHARED = ("codedperson", "codedaccount", "codedneeds", "codedrisk", "codedwishes", "codedhealth")
CODED = (*OF_SHARED, "codednotes", "codedvisit", "codedasked")
# The case as a thing: that it exists, and the rows that it consists of.
CASE = ("case", "report", "incident", "plan", "item", "visit", "note", "deadline", "hold")
REVIEWED = ("glass", "override")
ASKED_OF_US = ("ended", "owner", "asked", "accepted", "blocked", "revoked", "told by law")
RUNG_BEFORE_THE_DESK = (*ASKED_OF_US, "former owner", "house", "other house", "others")

ALL = SCENES
TAIL = tuple(one for one in ALL if HANDED_OVER[one] == JUST_NOW)
AGREED = tuple(one for one in ALL if one in CONSENTS)
STANDS = tuple(one for one in ALL if one != "withdrawn")  # nothing was taken back as a whole
ASLEEP = tuple(one for one in ALL if SLEEPS[one])
LOOKED_FOR = tuple(one for one in ALL if not SLEEPS[one])
TOLD = tuple(one for one in ALL if CONFIRMED[one])


@dataclass(frozen=True)
class Line:
    """who: an office's standing, or a person. roles: which of its people. scenes: in which."""

    says: str
    who: str
    roles: tuple[str, ...] = WORKS
    opens: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ALL


LINES = (
    Line("The owner's people know the case and its coded columns, and open the card for the night",
         "owner", opens=("card", *CODED),
         knows=(*CASE, *REVIEWED, "card", "stay", *(f"request to {one}" for one in ASKED_OF_US))),
    Line("Its worker opens everything but who told us; what was written to others and came back",
         "the worker", opens=(*CONSENTED, *OWNERS, "message", "feedback", "answerer")),
    Line("The owner's supervisor opens who told us too",
         "owner", ("supervisor",),
         opens=(*CONSENTED, *OWNERS, "message", "feedback", "answerer", "informant")),
    Line("The owner's caseworkers and supervisors write and read the arrival card",
         "owner", ("caseworker", "supervisor"), opens=("arrival",)),
    Line("A former owner keeps for a fortnight all but where she is and how she is reached",
         "former owner", opens=(*(one for one in CONSENTED if one not in HER_WAY),
                                *OF_SHARED),
         knows=("case", "incident", "plan", "item", "deadline"), scenes=TAIL),
    Line("A former owner knows of the requests that it sent, and opens nothing of them",
         "former owner", knows=("request to owner", "request to ended")),
    Line("A former owner's supervisor looks at what its office did past a guard",
         "former owner", ("supervisor", "coordinator"), knows=("override",)),
    Line("Who passed a guard knows that it was written down",
         "worked on it before", knows=("override",)),
    Line("Who is asked knows the request, its coded card alone",
         "asked", knows=("request to asked",)),
    Line("Who accepted knows the case and opens exactly what was agreed, and the words sent along",
         "accepted", opens=("person", "contact", "whereabouts", "needs", "health", "codedperson",
                            "codedneeds", "codedhealth", "message"),
         knows=("case", "plan", "item"), scenes=STANDS),
    Line("Who accepted knows the request, also once it was taken back: stop, do not contact",
         "accepted", knows=("request to accepted",)),
    Line("Whose work has ended knows its request, and what it wrote back",
         "ended", knows=("request to ended",), opens=("feedback",)),
    Line("From whom consent was taken back knows its request alone",
         "revoked", knows=("request to revoked",), scenes=AGREED),
    Line("Who is told by law knows the notice",
         "told by law", knows=("request to told by law",)),
    Line("Who confirmed the notice opens the card for the night",
         "told by law", knows=("card",), opens=("card",), scenes=TOLD),
    Line("The keeper of the house knows the stay and opens the arrival card while she is there",
         "house", ("keeper",), knows=("stay",), opens=("arrival",), scenes=ASLEEP),
    Line("Whoever acts for the house sees that a bed is kept",
         "house", ("coordinator",), knows=("stay",), scenes=ASLEEP),
    *(Line("A bed that is looked for is known to the keepers who may give one, and the duty desk",
           office, ("keeper", "coordinator"), knows=("stay",), scenes=LOOKED_FOR)
      for office in ("house", "other house", "desk", "owner")),
    Line("The duty desk is rung where nobody of an office answers",
         "desk", RUNG, knows=tuple(f"alert to {one}" for one in RUNG_BEFORE_THE_DESK)),
    Line("The duty desk opens the card for the night and knows nothing else of the case",
         "desk", knows=("card",), opens=("card",)),
    Line("Who broke the glass opens for an hour everything but who told us",
         "broke the glass now", knows=(*CASE, *REVIEWED), opens=(*CONSENTED, *OWNERS, *CODED)),
    Line("Who broke it before still knows that it happened",
         "broke the glass before", knows=("glass",)),
    *(Line("The reporter knows the report",
           who, ("reporter", "caseworker"), knows=("report",))
      for who in ("the reporter",)),
    *(Line("Who is rung about something knows that alert",
           office, RUNG, knows=(f"alert to {office}",))
      for office in ("owner", "former owner", "asked", "accepted", "ended", "revoked",
                     "told by law", "house", "other house", "desk")),
)  # fmt: skip


def lines_for(who: str) -> Iterator[Line]:
    """Lines that speak of a person; none of whom a block names."""
    if who == NOBODY or who.startswith("a blocked"):
        return
    office, role = place_of(who)
    for line in LINES:
        if line.who == who or (line.who == office and role in line.roles):
            yield line


def opens(who: str) -> frozenset[Mark]:
    """Every mark that may ever stand on a page of this person; the own other case's too."""
    return frozenset((scene, kind) for one in lines_for(who) for scene in one.scenes
                     for kind in one.opens)  # fmt: skip


def knows(who: str, scene: str) -> frozenset[str]:
    """The things of a scene whose existence is no secret to this person."""
    return frozenset(thing for one in lines_for(who) if scene in one.scenes for thing in one.knows)


assert {line.who for line in LINES} <= {*PERSONS, *(place_of(p)[0] for p in PERSONS)} | {
    "owner", "former owner", "asked", "accepted", "ended", "revoked", "told by law", "house",
    "other house", "desk",
}  # fmt: skip


def knows_as_office(who: str, scene: str) -> frozenset[str]:
    """The same for the database, which knows offices and persons, but no roles."""
    if who == NOBODY or who.startswith("a blocked"):
        return frozenset()
    office, _ = place_of(who)
    here = {office, *(person for person in PERSONS if place_of(person)[0] == office)}
    of_office = [one for one in LINES if one.who in here and scene in one.scenes]
    return frozenset(thing for one in of_office for thing in one.knows)


def may_hear(office: str) -> frozenset[str]:
    """Things of which an open page of an office may be told that they changed.

    A former owner was told of what it sent while it owned the case, a blocked office until it was.
    The duty desk is rung where nobody of the office rung answers, or nobody is on duty; where the
    desk is empty too, who has the case. What rang at a former owner passes on with the case.
    """
    known = {thing for one in LINES if one.who == office for thing in one.knows}
    known |= {f"request to {office}", f"alert to {office}"}
    if office == "former owner":
        known |= {"request to told by law", "alert to owner"}
    if office in ("desk", "owner"):
        known |= {f"alert to {one}" for one in RUNG_BEFORE_THE_DESK}
    return frozenset(known)
