"""What stands in deploy/ names what the program reads, and no more."""

import re
from pathlib import Path

import yaml

from config.embedded import BASE_DIR
from config.run import children

DEPLOY = BASE_DIR / "deploy"
READERS = ("settings.py", "embedded.py", "run.py")
# The supervisor's own words to its children, and the tests'.
INSIDE = {"MAI_AM_SUPERVISED", "MAI_AM_UNDER_MAKE", "DJANGO_SETTINGS_MODULE"}
OF_GUNICORN = {"BIND", "WEB_CONCURRENCY"}


def names_read() -> set[str]:
    source = "\n".join((BASE_DIR / "config" / name).read_text() for name in READERS)
    pattern = r"(?:env\.\w+|environ\.get|environ\.setdefault|secret)\(\s*\"([A-Z][A-Z0-9_]+)\""
    urls = re.findall(r'"(DATABASE_[A-Z_]*URL)"', source)
    return (set(re.findall(pattern, source)) | set(urls)) - INSIDE


def names_explained() -> set[str]:
    text = (DEPLOY / "environment").read_text()
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_every_name_the_program_reads_is_explained_and_no_other() -> None:
    assert names_explained() == names_read()


def test_units_start_what_make_run_starts() -> None:
    units = " ".join(unit.read_text() for unit in (DEPLOY / "systemd").glob("*.service"))

    assert "config.asgi:application" in units
    assert all(
        " ".join(map(str, child.command[1:])) in units
        for child in children("", 0)
        if child.name not in ("web", "figures")  # figures: by a timer, not by watching
    )


def test_units_pool_connections_where_make_run_does() -> None:
    pooled = {child.name for child in children("", 0) if child.extra.get("MAI_AM_POOL")}

    units = (DEPLOY / "systemd").glob("*.service")
    theirs = {
        unit.stem.removeprefix("mai-am-") for unit in units if "MAI_AM_POOL=1" in unit.read_text()
    }
    assert theirs == pooled | {"sockets"}
    assert "worker" in pooled


def test_compose_starts_the_same_processes() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]

    processes = {"web", "sockets", "worker", "sweep", "figures"}
    assert set(services) == processes | {"db", "setup", "proxy"}


def test_no_serving_process_of_compose_gets_the_owners_login() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]

    with_owner = {
        name for name, service in services.items() if "DATABASE_OWNER_URL" in service["environment"]
    }

    assert with_owner == {"setup"}


def test_lock_files_name_no_download_host() -> None:
    locks = [*(BASE_DIR / "requirements").glob("*.txt"), BASE_DIR / "package-lock.json"]

    named = [lock.name for lock in locks if has_host(lock)]

    assert not named


def has_host(lock: Path) -> bool:
    text = lock.read_text()
    return "index-url" in text or '"resolved"' in text
