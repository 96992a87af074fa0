"""Mutants that mutmut does not make: of tables and constants of a module and of its classes, and of properties.

A number becomes one more and one less, a word another word, True False; an element or an entry goes; a comparison
turns round. Each mutant is tried in a process of its own, forked from one that has the libraries and nothing of ours.
"""

from __future__ import annotations

import ast
import importlib.machinery
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

GONE = "gone"
TOLD = "told.txt"
"""Where in the copy the last tests told how it went."""

LIMIT_S = 120
"""Far more than the tests need: what runs so long is noticed."""

TURNED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """`where`: the name in its module, with keys and positions; what stood there, and what stands there instead."""

    path: str
    where: str
    before: str
    after: str
    tree: ast.Module


Change = tuple[str, str, Callable[[Any], None]]
"""Before, after, and how a node of the same place is changed."""


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module (`path` within the repository), one change each."""
    for where, steps in _places(ast.parse(source)):
        for before, after, change in _changes(_at(ast.parse(source), steps)):
            tree = ast.parse(source)
            change(_at(tree, steps))
            yield Mutant(path, where, before, after, ast.fix_missing_locations(tree))


Steps = tuple[tuple[str, int | None], ...]


def _at(node: Any, steps: Steps) -> Any:
    for field, number in steps:
        node = getattr(node, field) if number is None else getattr(node, field)[number]
    return node


def _places(tree: ast.Module | ast.ClassDef, name: str = "", steps: Steps = ()) -> Iterator[tuple[str, Steps]]:
    """Names and nodes that are changed: values of constants, and bodies of properties; types are none."""
    for number, node in enumerate(tree.body):
        here: Steps = (*steps, ("body", number))
        if isinstance(node, ast.ClassDef):
            yield from _places(node, f"{name}{node.name}.", here)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Subscript | None):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield from _below(node.value, name + ast.unparse(target), (*here, ("value", None)))
        elif isinstance(node, ast.FunctionDef) and "property" in map(ast.unparse, node.decorator_list):
            for line, inner in enumerate(node.body):
                if isinstance(inner, ast.Return):
                    yield from _below(inner, name + node.name, (*here, ("body", line)))


def _below(node: Any, where: str, steps: Steps) -> Iterator[tuple[str, Steps]]:
    yield where, steps
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.Dict) and field == "keys":
            continue  # another key is an entry that is gone
        for number, inner in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(inner, ast.expr):
                key = node.keys[number] if isinstance(node, ast.Dict) and number is not None else None
                yield from _below(inner, f"{where}[{ast.unparse(key)}]" if key else where, (*steps, (field, number)))


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant):
        for value in _others(node.value):
            yield repr(node.value), repr(value), lambda each, value=value: setattr(each, "value", value)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for number, inner in enumerate(node.elts):
            yield ast.unparse(inner), GONE, lambda each, number=number: each.elts.pop(number)
    elif isinstance(node, ast.Dict):
        for number, key in enumerate(node.keys):
            yield ast.unparse(key or node.values[number]), GONE, lambda each, number=number: _drop(each, number)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        turned = TURNED[type(node.ops[0])]()
        after = ast.Compare(node.left, [turned, *node.ops[1:]], node.comparators)
        yield ast.unparse(node), ast.unparse(after), lambda each: setattr(each, "ops", [turned, *each.ops[1:]])


def _others(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1]
    return [f"X{value}X"] if isinstance(value, str) else []


def _drop(node: ast.Dict, number: int) -> None:
    del node.keys[number], node.values[number]


def survivors(root: Path, made: list[Mutant], tests: list[str], processes: int) -> list[Mutant]:
    """Those that no test notices. `root`: a copy of the repository."""
    import geopandas  # noqa: F401
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401
    import sqlalchemy  # noqa: F401

    path = made[0].path
    same = Mutant(path, "", "", "", ast.parse((root / path).read_text("utf-8")))
    if not _unnoticed(root, [same], tests, 1):
        sys.exit(f"The tests fail where nothing is changed:\n{(root / TOLD).read_text('utf-8')[-4000:]}")
    return _unnoticed(root, made, tests, processes)


def _unnoticed(root: Path, made: list[Mutant], tests: list[str], processes: int) -> list[Mutant]:
    running: dict[int, Mutant] = {}
    waiting, left = list(made), []
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop(0)
            child = os.fork()
            if child == 0:
                os._exit(1 if _fails(root, mutant, tests) else 0)
            running[child] = mutant
        child, status = os.wait()
        mutant = running.pop(child)
        if status == 0:
            left.append(mutant)
    return left


def _fails(root: Path, mutant: Mutant, tests: list[str]) -> bool:
    """In the fork: whether a test fails, the module not loading among it."""
    import pytest

    signal.alarm(LIMIT_S)
    with (root / TOLD).open("w") as told:
        os.dup2(told.fileno(), 1)
        os.dup2(told.fileno(), 2)
    os.chdir(root)
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, _Finder(root, mutant))
    with tempfile.TemporaryDirectory() as folder:
        how = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", f"--basetemp={folder}/t"]
        return pytest.main([*how, *tests]) != 0


class _Finder:
    """Gives the changed module in place of the one on disk."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        self.name = mutant.path.removesuffix(".py").replace("/", ".")
        self.loader = _Loader(self.name, str(root / mutant.path))
        self.loader.tree = mutant.tree

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """What the import system asks."""
        if name != self.name:
            return None
        return importlib.machinery.ModuleSpec(name, self.loader, origin=self.loader.path)


class _Loader(importlib.machinery.SourceFileLoader):
    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")
