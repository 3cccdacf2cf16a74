"""Whom it happens to: a child, a man, an old person, somebody without papers."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import closed, known, served, taken_on, through


def child_at_school(s: Scene) -> Story:
    """A teacher tells of a child: children's law, police at once."""
    s.born = s.stage.now.year - 12
    yield from taken_on(
        s, by=s.team["school"] or s.team["officer"], tracks=(s.world["child_track"],),
        circumstances=frozenset({"child"}), relation="parent",
    )  # fmt: skip
    s.could_not_ask()
    yield from known(s, "talk", level="raised")
    yield from through(s, "safe")


def man(s: Scene) -> Story:
    """A man is hurt by his brother, and ashamed of saying so."""
    s.sex = "male"
    yield from taken_on(s, relation="sibling")
    s.could_not_ask("unwell")
    yield s.soon("plan")
    yield from known(s, "doctor", "talk")
    yield from served(s, "health")
    yield from through(s, "own_decision")


def without_papers(s: Scene) -> Story:
    """Her papers are kept from her, and she speaks another language at home."""
    yield from taken_on(s, language="hmong", interpreter=True)
    s.describe(identification="withheld", nationality_kind="unknown", ethnicity_group="other_vn")
    s.could_not_ask("no_language")
    yield s.soon("plan")
    s.ask("talk")
    s.assess("raised")
    yield s.soon("plan")
    yield from through(s, "safe")


def old(s: Scene) -> Story:
    """An old mother, beaten by her son: the police are told at once."""
    s.born = s.stage.now.year - 74
    yield from taken_on(s, circumstances=frozenset({"elderly"}), relation="child")
    yield from known(s, "doctor", "police", level="raised")
    yield from served(s, "health", "urgent")
    yield from through(s, "safe")


def hurt_at_work(s: Scene) -> Story:
    """Not at home: the duty desk leads, the commune is not told."""
    desk = s.world["desk"][0]
    s.worker, s.team = desk, {**s.team, "supervisor": s.world["desk"][1], "second": desk}
    yield from taken_on(s, by=s.team["officer"], tracks=(s.world["work_track"],),
                        relation="colleague", place_kind="workplace")  # fmt: skip
    s.describe()
    s.ask("talk")
    s.assess()
    yield s.soon("work")
    yield from closed(s, "not_in_scope")
