"""Reading access.txt: one line is a verb, an address with {things} in it, and what each kind of account meets."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.world import KINDS

FILE = Path(__file__).with_name("access.txt")
OFFICE = FILE.with_name("admin.txt")
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Row:
    verb: str
    address: str
    marks: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.address.startswith("/api/")

    @property
    def is_admin(self) -> bool:
        return self.address.startswith("/admin/")

    def written(self, marks: tuple[str, ...] | None = None) -> str:
        return f"{self.verb:<6} {self.address:<64}" + "".join(f" {mark:>3}" for mark in marks or self.marks)


@cache
def rows() -> list[Row]:
    found = []
    for line in FILE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            verb, address, *marks = line.split()
            assert verb in VERBS, line
            assert not marks or len(marks) == len(KINDS), line
            found.append(Row(verb, address, tuple(marks)))
    return found


def office() -> dict[str, tuple[str, ...]]:
    """The tables of the back office, and what its staff meet at each of eight doors."""
    lines = OFFICE.read_text().splitlines()
    found = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {name: tuple(marks) for name, *marks in found}


def patterns() -> list[str]:
    """Every route of the project, as one text."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(entries: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    found = []
    for entry in entries:
        # Regular expressions of Django's admin stand for what is there when nothing else is.
        if isinstance(entry, URLResolver):
            found += _walk(entry.url_patterns, prefix + str(entry.pattern))
        elif not re.search(r"[\^$]", str(entry.pattern)):
            found.append(prefix + str(entry.pattern))
    return found
