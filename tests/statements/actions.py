"""Which functions are public actions: what is asked by keyword, of whoever acts or at a moment."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

APPS = ("network", "casework", "referral", "shelters", "hotline")
# Called by handlers with the case in hand, as a part of what another action does.
PARTS = frozenset({"hotline.open_alerts", "hotline.settle", "hotline.settle_clocks"})
# For the operator's shell before there is anybody.
ONCE = frozenset({"network.appoint_first_admin", "network.void_codes"})


def public_actions() -> Iterator[str]:
    """`app.verb` of every action of every app."""
    for app in APPS:
        for module in _modules(importlib.import_module(f"{app}.actions")):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                found = f"{app}.{name}"
                if _is_action(module, name, function) and found not in PARTS | ONCE:
                    yield found


def _modules(package: ModuleType) -> list[ModuleType]:
    inner = pkgutil.iter_modules(getattr(package, "__path__", []))
    return [package, *(importlib.import_module(f"{package.__name__}.{m.name}") for m in inner)]


def _is_action(module: ModuleType, name: str, function: Callable[..., Any]) -> bool:
    own = inspect.unwrap(function)
    given = inspect.signature(own).parameters.values()
    by_keyword = all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in given)
    is_public = own.__module__ == module.__name__ and not name.startswith("_")
    return is_public and by_keyword and "now" in {one.name for one in given}
