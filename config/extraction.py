"""Finds every message of ours in Python and templates, without the system's gettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("accounts", "common", "config", "marketplace", "payments")
# How many of a function's first arguments are what kind of text.
SHAPES = {
    "gettext": ("one",),
    "gettext_lazy": ("one",),
    "gettext_noop": ("one",),
    "ngettext": ("one", "many"),
    "ngettext_lazy": ("one", "many"),
    "pgettext": ("context", "one"),
    "pgettext_lazy": ("context", "one"),
    "npgettext": ("context", "one", "many"),
    "npgettext_lazy": ("context", "one", "many"),
}
MODULE = "django.utils.translation"
CALL = re.compile(r"(?<![\w.])(npgettext|pgettext|ngettext|gettext|_)\(")
LITERAL = re.compile(r"\s*,?\s*(u?(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))")
PERCENT = re.compile(r"%(?:\(\w+\))?[sd]")
BRACE = re.compile(r"{\w*}")


@dataclass(frozen=True)
class Message:
    one: str
    many: str = ""
    context: str = ""

    @property
    def format(self) -> str:
        """The name gettext has for its kind of placeholders."""
        if PERCENT.search(self.one + self.many):
            return "python-format"
        return "python-brace-format" if BRACE.search(self.one + self.many) else ""


@dataclass
class Found:
    """Messages with the files that speak them."""

    places: dict[Message, set[str]] = field(default_factory=dict)

    def add(self, message: Message, place: str) -> None:
        self.places.setdefault(message, set()).add(place)


def everything(root: Path = ROOT) -> dict[Message, set[str]]:
    found = Found()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            place = path.relative_to(root).as_posix()
            if "/migrations/" in place:
                continue
            if path.suffix == ".py":
                messages = in_python(path.read_text())
            elif "/templates/" in place and path.suffix in {".html", ".txt", ".xml"}:
                messages = in_template(path.read_text(), place)
            else:
                continue
            for message in messages:
                found.add(message, place)
    return found.places


def in_python(source: str) -> Iterator[Message]:
    if "translation" not in source:
        return
    tree = ast.parse(source)
    names = _names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (shape := SHAPES.get(_called(node.func, names))):
            texts = [_constant(argument) for argument in node.args[: len(shape)]]
            if len(texts) == len(shape) and all(text is not None for text in texts):
                yield _message(shape, [text or "" for text in texts])


def in_template(source: str, origin: str = "") -> Iterator[Message]:
    """Django turns its tags into calls; those are read here instead of by xgettext."""
    code = templatize(source, origin=origin)
    for call in CALL.finditer(code):
        shape = SHAPES["gettext" if call[1] == "_" else call[1]]
        texts: list[str] = []
        at = call.end()
        while len(texts) < len(shape) and (literal := LITERAL.match(code, at)):
            texts.append(str(ast.literal_eval(literal[1])))
            at = literal.end()
        if len(texts) == len(shape):
            yield _message(shape, texts)


def _names(tree: ast.Module) -> dict[str, str]:
    """What a module calls the functions it imports: {"_": "gettext_lazy"}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == MODULE:
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _called(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    # translation.gettext("…")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "translation":
        return node.attr
    return ""


def _constant(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _message(shape: tuple[str, ...], texts: list[str]) -> Message:
    return Message(**dict(zip(shape, texts, strict=True)))
