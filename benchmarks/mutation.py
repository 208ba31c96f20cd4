"""Mutants of a module: small changes to the bodies of its functions, and how to put one into the running function.

Changed are comparisons, arithmetic, numbers and booleans, `and` and `or`, `not`, conditions, filters, statements (left
out) and keyword arguments (left out), and row locks (left out). Not changed, because no test of behaviour could tell:
logging, annotations, docstrings, what only makes a query quicker or its lock narrower, and how many rows a batch holds.
"""

import ast
import copy
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
ONLY_SPEED = {"strict", "update_fields", "no_key", "of", "retry", "slots", "frozen", "robust"}
SPOKEN = {"log", "logging", "cast"}
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Mutant:
    """One change: the place of its node in the walk of the file, and what is done to it."""

    path: Path
    place: int
    number: int
    what: str
    lines: tuple[int, ...]


def of_module(path: Path) -> list[Mutant]:
    return [Mutant(path, place, n, what, lines) for place, n, what, lines, _ in _changes(ast.parse(path.read_text()))]


def _changes(tree: ast.Module) -> Iterator[tuple[int, int, str, tuple[int, ...], tuple[ast.AST, Change]]]:
    """Every change that can be made, in a fixed order: (place, its number there, words, lines, (node, change))."""
    place = 0
    for function in _functions(tree.body):
        for statement in _statements(function.body):
            lines = tuple(range(statement.lineno, _head_end(statement) + 1))
            for node in _nodes(statement):
                place += 1
                for number, (what, change) in enumerate(_of_node(node, inside=statement is not function.body[-1])):
                    yield place, number, what, lines, (node, change)


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        yield statement
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, name, []))
        for caught in getattr(statement, "handlers", []):
            yield from _statements(caught.body)


def _head_end(statement: ast.stmt) -> int:
    """The last line of a statement without those it holds."""
    inner = [one for name in ("body", "orelse") for one in getattr(statement, name, []) if isinstance(one, ast.stmt)]
    return max(statement.lineno, inner[0].lineno - 1) if inner else statement.end_lineno or statement.lineno


def _nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and its own expressions; not annotations, log lines, or the statements it holds."""
    yield statement
    waiting = [child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)]
    if isinstance(statement, ast.AnnAssign):
        waiting = [child for child in (statement.value,) if child]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.ExceptHandler | ast.arguments) or _spoken(node):
            continue
        yield node
        inner = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt | ast.JoinedStr)]
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            inner = [node.value]
        if isinstance(node, ast.Call):
            inner = [one for one in inner if not (isinstance(one, ast.keyword) and one.arg in ONLY_SPEED)]
        waiting += inner


def _spoken(node: ast.AST) -> bool:
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in SPOKEN


def _of_node(node: ast.AST, *, inside: bool) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        other = COMPARED[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} becomes {other.__name__}", _set("ops", [other(), *node.ops[1:]])
    elif isinstance(node, ast.BoolOp):
        other_ = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} becomes {other_.__name__}", _set("op", other_())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in REACHED:
        yield (
            f"{type(node.op).__name__} becomes {REACHED[type(node.op)].__name__}",
            _set("op", REACHED[type(node.op)]()),
        )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"without {type(node.op).__name__}", lambda node: node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield f"{node.value} becomes {not node.value}", _set("value", not node.value)
        elif isinstance(node.value, int):
            yield f"{node.value} becomes {node.value + 1}", _set("value", node.value + 1)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    yield from _of_statement(node, inside=inside)


def _of_call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "select_for_update":
        yield "without the lock", lambda node: node.func.value
        return
    if name in {"filter", "exclude"}:
        other = "exclude" if name == "filter" else "filter"
        yield f"{name} becomes {other}", lambda node: _set("func", _set("attr", other)(node.func))(node)
    for place, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg not in ONLY_SPEED:
            left = [one for number, one in enumerate(node.keywords) if number != place]
            yield f"without the argument {keyword.arg}", _set("keywords", left)


def _of_statement(node: ast.AST, *, inside: bool) -> Iterator[tuple[str, Change]]:
    def nothing(node: Any) -> ast.stmt:
        return ast.Pass()

    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _spoken(node.value):
        yield f"without {ast.unparse(node.value.func)}()", nothing
    elif isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript | ast.Tuple)
    ):
        yield f"without {ast.unparse(node)[:50]}", nothing
    elif isinstance(node, ast.Return) and inside:
        yield "without the return", nothing
    elif isinstance(node, ast.Raise | ast.Continue | ast.Break):
        yield f"without the {type(node).__name__.lower()}", nothing
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield "the condition turned round", _set("test", ast.UnaryOp(ast.Not(), node.test))


def _set(name: str, value: Any) -> Change:
    def change(node: Any) -> Any:
        changed = copy.copy(node)
        setattr(changed, name, value)
        return changed

    return change


# ---- Into the running program ----------------------------------------------------------------------------------------
class _Replacing(ast.NodeTransformer):
    def __init__(self, node: ast.AST, new: ast.AST) -> None:
        self.node, self.new = node, new

    def visit(self, node: ast.AST) -> Any:
        return ast.copy_location(self.new, node) if node is self.node else self.generic_visit(node)


def put_in(mutant: Mutant) -> None:
    """Give the functions of the running program the mutant's code; whoever holds them holds the mutant."""
    source = mutant.path.read_text()
    tree = ast.parse(source)
    node, change = next(found[4] for found in _changes(tree) if found[0] == mutant.place and found[1] == mutant.number)
    mutated = ast.fix_missing_locations(_Replacing(node, change(node)).visit(tree))
    before = _codes(compile(source, str(mutant.path), "exec"))
    after = _codes(compile(mutated, str(mutant.path), "exec"))
    # An inner function may be gone altogether; then the one around it has changed.
    changed = {name for name, code in before.items() if after.get(name, code) != code}
    if not changed:
        raise ValueError(f"The mutant is the same as the original: {mutant}.")
    living = [
        thing
        for thing in gc.get_objects()
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == str(mutant.path)
    ]
    hit = [
        function for function in living if (function.__code__.co_qualname, function.__code__.co_firstlineno) in changed
    ]
    for function in hit:
        function.__code__ = after[function.__code__.co_qualname, function.__code__.co_firstlineno]
    if not hit:
        raise LookupError(f"Nothing in the program has the code of {mutant}.")


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    found = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found[inner.co_qualname, inner.co_firstlineno] = inner
            found |= _codes(inner)
    return found
