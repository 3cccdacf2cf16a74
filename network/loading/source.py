"""Files of a province, row by row; every mistake becomes a sentence that names file and row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

# The same safe loader, ten times as fast where libyaml is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadData(Exception):
    """The folder cannot be loaded; `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """One row of a file, and where to report what is wrong with it."""

    place: str
    data: dict[str, Any]
    problems: list[str] = field(repr=False)

    def wrong(self, sentence: str) -> None:
        """Report something about this row."""
        self.problems.append(f"{self.place}: {sentence}")

    def text(self, key: str, default: str | None = None, longest: int = 200) -> str:
        """A text; required unless a default is given."""
        value = self.data.get(key)
        if value in (None, ""):
            if default is None:
                self.wrong(f"“{key}” is missing.")
            return default or ""
        if not isinstance(value, str | int) or isinstance(value, bool):
            self.wrong(f"“{key}” should be a text; put it in quotation marks.")
            return ""
        if len(str(value)) > longest:
            self.wrong(f"“{key}” is longer than {longest} characters.")
        return str(value)

    def day(self, key: str, default: date | None = None, required: bool = True) -> date | None:
        """A day written as 2025-07-01."""
        value = self.data.get(key)
        if value in (None, ""):
            if required and default is None:
                self.wrong(f"“{key}” is missing; write a day as 2025-07-01.")
            return default
        found = _as_day(value)
        if found is None:
            self.wrong(f"“{key}” is {value!r}; write a day as 2025-07-01.")
        return found

    def since(self, default: date | None = None) -> date:
        """The first day on which the row holds; a fallback after a mistake was reported."""
        return self.day("from", default) or date.min

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number, 0 or more."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.wrong(f"“{key}” should be a whole number.")
            return 0
        return value

    def one_of(self, key: str, known: Any, default: str | None = None) -> str:
        """A word from a closed list."""
        value = self.text(key, default)
        if value and value not in known:
            self.wrong(f"“{key}” is “{value}”; known are {', '.join(sorted(known))}.")
        return value

    def many(self, key: str) -> list[Any]:
        """A list; empty if it is not there."""
        value = self.data.get(key) or []
        if not isinstance(value, list):
            self.wrong(f"“{key}” should be a list in square brackets.")
            return []
        return value

    def only(self, *known: str) -> None:
        """Report every word that nobody reads: a misspelt one would be lost silently."""
        for key in self.data:
            if key not in known:
                self.wrong(f"“{key}” is not known here; known are {', '.join(known)}.")

    def inner(self, key: str) -> Iterator["Row"]:
        """Rows within this row."""
        for number, data in enumerate(self.many(key), 1):
            if isinstance(data, dict):
                yield Row(f"{self.place}, {key} {number}", data, self.problems)
            else:
                self.wrong(f"{key} {number} should be written in braces.")


class Source:
    """A province's folder with those that it names in `with`; collects problems."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[str] = []
        self.folder = folder
        self.province = self._yaml(folder / "province.yaml")
        others = self.province.get("with") or []
        self.folders = [*(folder / other for other in others), folder]

    def head(self) -> Row:
        """The province itself."""
        return Row("province.yaml", self.province, self.problems)

    def files(self, pattern: str) -> list[Path]:
        """Files of this name, the shared ones first."""
        found = [path for folder in self.folders for path in sorted(folder.glob(pattern))]
        if not found:
            self.problems.append(f"{pattern}: there is no such file.")
        return found

    def table(self, pattern: str) -> Iterator[Row]:
        """Rows of a CSV file; numbered as an editor numbers its lines."""
        for path in self.files(pattern):
            with path.open(encoding="utf-8", newline="") as lines:
                for number, data in enumerate(csv.DictReader(lines), 2):
                    yield Row(f"{path.name}, line {number}", dict(data), self.problems)

    def rows(self, pattern: str, key: str, mark: str = "code") -> Iterator[Row]:
        """Rows of a list in YAML files; a file's own `from`, `source`, `certainty` hold for all."""
        for path in self.files(pattern):
            whole = self._yaml(path)
            shared = ("from", "source", "certainty")
            common: dict[str, Any] = {key: whole[key] for key in shared if key in whole}
            for number, data in enumerate(whole.get(key) or [], 1):
                place = f"{path.name}, {key} {number}"
                if not isinstance(data, dict):
                    self.problems.append(f"{place}: should be written in braces.")
                    continue
                called = f" ({data[mark]})" if mark in data else ""
                yield Row(place + called, {**common, **data}, self.problems)

    def whole(self, pattern: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each file of this name as it stands."""
        for path in self.files(pattern):
            yield path.name, self._yaml(path)

    def refuse_problems(self) -> None:
        """Raise BadData if anything was wrong."""
        if self.problems:
            raise BadData(self.problems)

    def _yaml(self, path: Path) -> dict[str, Any]:
        try:
            found = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
        except FileNotFoundError:
            self.problems.append(f"{path.name}: there is no such file in {path.parent.name}.")
            return {}
        except (yaml.YAMLError, UnicodeDecodeError) as fault:
            mark = getattr(fault, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            self.problems.append(f"{path.name}{line}: this is not well-formed YAML in UTF-8.")
            return {}
        if not isinstance(found, dict):
            self.problems.append(f"{path.name}: should begin with words and colons.")
            return {}
        return found


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
