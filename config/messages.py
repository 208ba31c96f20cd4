"""Compiles translations without the system's gettext."""

from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent / "locale"


def compile_stale(folder: Path = LOCALES) -> list[Path]:
    """Write each .mo file that is missing or older than its .po file; tells which."""
    made = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(".new")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        # Another process may be reading it just now.
        draft.replace(target)
        made.append(target)
    return made
