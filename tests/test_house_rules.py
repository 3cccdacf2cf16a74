"""What the house style promises, read from the code itself."""

import ast
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TypeGuard

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "safekeeping", "network", "casework", "referral", "shelters", "hotline", "figures", "config",
)  # fmt: skip
LONGEST_FILE = 400

# Where a case may be taken in hand, or a context be put: actions and what runs without a person.
TAKERS = {"actions", "handlers", "flows", "sweeps", "jobs"}
TAKERS_TOO = {
    "config/middleware.py",  # the unit of work
    "casework/access.py",  # open_groups and open_card are actions
    "safekeeping/chain.py",  # seals and verifies events, sees nothing else
    "safekeeping/erasure.py",  # a sweep: erases anew what a restored database has forgotten
    "safekeeping/events.py",  # repairs, and the context of jobs
    "network/loading/people.py",  # set-up
    "network/loading/province.py",
    "figures/mart.py",  # counts as its own system
    "casework/management/commands/rebuild_flows.py",  # a repair by hand
    "casework/flow_listeners.py",  # handlers: the flow's
    "hotline/sending.py",  # what the sweep and the jobs send
}
# Functions that hand a context to a `with` of their caller.
HANDED_ON = {("safekeeping/events.py", "acting_for")}
TAKING = {"on_case", "on_case_of", "on_new_case", "acting", "acting_for"}
CASE_SETTING = {"safekeeping/rls.py", "safekeeping/policies.py"}

# Where sealed values open, and what is written down of it.
OPENERS = {
    "casework/access.py": "case.seen, card.seen with the groups",
    "casework/actions/corrections.py": "<kind>.corrected; makes the indexes anew",
    "casework/actions/death.py": "death.recorded; her numbers are never used again",
    "casework/actions/links.py": "case.linked; carries values over to the case that stays",
    "casework/actions/oversight.py": "case.seen with the group `reasons`",
    "casework/actions/search.py": "search.made with the words' mark; compares, shows nothing",
    "casework/handlers.py": "case.possibly_known; compares, shows nothing",
    "hotline/sending.py": "the attempt itself; a duty phone's number",
    "network/sweeps.py": "agency.ended; a duty phone goes along to the successor, shown to nobody",
    "network/actions/roster.py": "roster.opened; the duty phones of one's own office",
    "referral/actions/reading.py": "referral.seen with the group",
    "shelters/actions/card.py": "stay.seen with the group",
    "shelters/actions/leaving.py": "stay.transfer_asked; the card goes along",
}
OPENING = {"open_fields", "open_readable", "open_kept"}

# Where the clock is read: at the edges. Everything inside is told what time it is.
CLOCKS = {
    "network/backends.py", "network/middleware.py", "safekeeping/events.py", "hotline/consumers.py",
}  # fmt: skip
CLOCKED_TOO = ("management", "config")
READING_THE_CLOCK = {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"}

PUBLIC = {
    # name of the address: why a stranger may come in
    "account_login": "signing in",
    "account_logout": "leaving",
    "account_inactive": "saying that an account is closed",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in by a key of the device",
    "forgotten": "saying whom to ask when one cannot sign in",
    "new_password": "setting a password by a code told over the phone",
    "twilio-receipt": "the telephone operator, who signs instead",
    "exit": "leaving in a hurry, signed in or not",
    "neutral": "the harmless page one leaves to",
    "set_language": "choosing a language before signing in",
    "help": "help for whoever finds the door; nothing of any case",
    "help_drawings": "the drawings of the machines",
}


def our_files(root: Path = ROOT) -> list[Path]:
    return sorted(
        path for app in (*APPS, "tests") for path in (root / app).rglob("*.py")
        if "migrations" not in path.parts
    )  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.Call) -> str:
    """The last word of what is called: `rls.on_case(…)` is `on_case`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def with_items(tree: ast.AST) -> set[int]:
    """Identities of the expressions that stand as items of a `with`."""
    blocks = (n for n in ast.walk(tree) if isinstance(n, (ast.With, ast.AsyncWith)))
    return {id(item.context_expr) for block in blocks for item in block.items}


def handed_on(place: str, tree: ast.AST) -> set[int]:
    """Identities of contexts that a named function returns to its caller's `with`."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    named = (f for f in functions if (place, f.name) in HANDED_ON)
    return {
        id(n.value) for f in named for n in ast.walk(f) if isinstance(n, ast.Return) and n.value
    }


def may_take(place: str, what: str) -> bool:
    words = set(Path(place).with_suffix("").parts)
    if "consumers" in words:
        return what == "acting"
    is_rehearsal = place.startswith("config/rehearsal/")  # everybody's part in one process
    return place in TAKERS_TOO or is_rehearsal or bool(words & TAKERS)


def wrong_takings(place: str, tree: ast.AST) -> list[str]:
    """Lines that put a context or take a case in hand where or how they may not."""
    good = with_items(tree) | handed_on(place, tree)
    takings = [node for node in calls_in(tree) if called(node) in TAKING]
    return [
        f"{place}:{node.lineno}"
        for node in takings
        if id(node) not in good or not may_take(place, called(node))
    ]


def state_updates(place: str, tree: ast.AST) -> list[str]:
    """Lines that write a state past its transitions."""
    updates = [node for node in calls_in(tree) if called(node) in {"update", "bulk_update"}]
    return [
        f"{place}:{node.lineno}"
        for node in updates
        if any(keyword.arg == "state" for keyword in node.keywords)
        or "state" in {n.value for a in node.args[1:] for n in ast.walk(a) if is_text(n)}
    ]


def wrong_openings(place: str, tree: ast.AST) -> list[str]:
    """Lines that open sealed values where nobody writes it down."""
    openings = [node for node in calls_in(tree) if called(node) in OPENING]
    allowed = place in OPENERS or place == "safekeeping/sealed.py"
    return [] if allowed else [f"{place}:{node.lineno}" for node in openings]


def clock_readings(place: str, tree: ast.AST) -> list[str]:
    """Lines that fetch the time instead of being given it."""
    if place in CLOCKS or set(Path(place).parts) & set(CLOCKED_TOO):
        return []
    readings = [n for n in calls_in(tree) if ast.unparse(n.func) in READING_THE_CLOCK]
    return [f"{place}:{node.lineno}" for node in readings]


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def found_in_apps(look: object) -> list[str]:
    of_apps = [path for path in our_files() if path.relative_to(ROOT).parts[0] in APPS]
    return [hit for path in of_apps for hit in look(name(path), code_of(path))]


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns)
        else:
            yield each


def public_routes() -> set[str]:
    every = routes(get_resolver().url_patterns)
    return {
        str(each.name or each.pattern)
        for each in every
        if not getattr(each.callback, "login_required", True)
    }


def test_no_file_is_longer_than_the_limit():
    lengths = {name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in our_files()}

    assert {p: n for p, n in lengths.items() if n > LONGEST_FILE} == {}


def test_each_app_opens_with_what_it_owns():
    silent = [app for app in APPS if not ast.get_docstring(code_of(ROOT / app / "__init__.py"))]

    assert silent == []


def test_no_state_is_written_past_its_transitions():
    assert found_in_apps(state_updates) == []


@pytest.mark.parametrize(
    "planted",
    [
        "Case.objects.filter(pk=1).update(state='OPEN')",
        "Case.objects.bulk_update(rows, ['title', 'state'])",
    ],
)
def test_a_planted_state_update_is_found(planted):
    assert state_updates("casework/actions.py", ast.parse(planted)) == ["casework/actions.py:1"]


def test_a_case_is_taken_in_hand_only_by_with_and_only_where_writers_live():
    assert found_in_apps(wrong_takings) == []


@pytest.mark.parametrize(
    ("place", "planted", "is_wrong"),
    [
        ("casework/views.py", "with rls.on_case(1):\n    pass", True),
        ("casework/admin.py", "with acting(actor=a, now=n):\n    pass", True),
        ("casework/actions/report.py", "rls.on_case(1).__enter__()", True),
        ("casework/actions.py", "hand = on_case(1)\nwith hand:\n    pass", True),
        ("casework/actions.py", "stack.enter_context(rls.on_new_case())", True),
        ("safekeeping/events.py", "def other():\n    return rls.acting(actor=None)", True),
        ("hotline/consumers.py", "with rls.on_case(1):\n    pass", True),
        ("hotline/consumers.py", "with rls.acting(actor=a):\n    pass", False),
        ("casework/actions/report.py", "with x, rls.on_case(1):\n    pass", False),
        (
            "hotline/handlers.py",
            "async def f():\n    async with rls.acting():\n        pass",
            False,
        ),
        ("safekeeping/events.py", "def acting_for():\n    return rls.acting(actor=None)", False),
    ],
)
def test_a_planted_taking_is_judged(place, planted, is_wrong):
    assert bool(wrong_takings(place, ast.parse(planted))) is is_wrong


def test_sealed_values_open_only_where_it_is_written_down():
    assert found_in_apps(wrong_openings) == []
    assert wrong_openings("casework/views.py", ast.parse("open_fields([a], ['b'])")) != []


def test_time_is_told_and_not_fetched():
    assert found_in_apps(clock_readings) == []
    assert clock_readings("casework/actions.py", ast.parse("timezone.now()")) != []


def fetches_time(field: models.Field) -> bool:
    auto = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return auto or field.default is timezone.now


def test_no_column_defaults_to_the_clock():
    ours = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    fields = [field for model in ours for field in model._meta.concrete_fields]
    fetching = {f"{f.model._meta.label}.{f.name}" for f in fields if fetches_time(f)}

    # viewflow's own; `casework.flow_nodes` sets them before they are saved
    assert fetching <= {"casework.Run.created", "casework.AgencyTask.created"}


def test_the_case_in_hand_is_set_by_rls_alone():
    hits = {
        name(path)
        for path in our_files()
        if "app.case" in path.read_text(encoding="utf-8") and "tests" not in path.parts
    }

    assert hits - CASE_SETTING == set()


def test_a_stranger_finds_only_the_listed_addresses():
    assert public_routes() - PUBLIC.keys() == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out, verbosity=1)

    assert "No changes detected" in out.getvalue()
