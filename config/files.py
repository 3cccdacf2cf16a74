"""Files made from committed ones at set-up: compiled translations, assets, hashed static files."""

import hashlib
from pathlib import Path

import polib
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from config import assets
from config.embedded import BASE_DIR


def prepare() -> None:
    """Make all that is missing or old; quick when nothing changed."""
    compile_translations()
    assets.build()
    if not settings.TEST:  # there the finders serve
        collect_static()


def compile_translations() -> int:
    """Write each app's .mo beside its .po where the .po is newer; returns how many."""
    made = 0
    for source in sorted(BASE_DIR.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            polib.pofile(str(source)).save_as_mofile(str(target))
            made += 1
    return made


def collect_static() -> bool:
    """Collect static files under hashed names if any changed; returns whether it did."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.parent / f"{root.name}.stamp"
    wanted = _hash_of_sources()
    if stamp.exists() and stamp.read_text() == wanted and root.exists():
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)
    return True


def _hash_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(["*.map", "viewflow"]):
            source = Path(storage.path(name))
            digest.update(f"{name}\0{source.stat().st_size}\0".encode())
            digest.update(f"{source.stat().st_mtime_ns}\0".encode())
    return digest.hexdigest()
