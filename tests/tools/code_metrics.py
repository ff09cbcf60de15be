# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the code of the plugins: its size and its imports.

``make metrics`` prints the numbers of the checkout; ``make metrics BASE=<commit>`` also prints
those of an older commit. A line of code is a line with code on it: docstrings, comments, blank
lines, and the documentation of modules and plugins are not counted.
"""

from __future__ import annotations

import argparse
import ast
import io
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from places import ROOT

HERE = "ansible_collections.evenkeel.paas.plugins."
DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN", "ATTRIBUTES")
NOT_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER),
}


class Lines(NamedTuple):
    """The lines of a file: code, docstrings and documentation, and the total."""

    code: int
    documentation: int
    total: int

    def __add__(self, other: object) -> Lines:
        if not isinstance(other, Lines):
            return NotImplemented
        return Lines(*(one + another for one, another in zip(self, other)))


@dataclass(frozen=True)
class Function:
    """A function with its file, name, and lines of code, including nested functions."""

    file: str
    name: str
    code: int


class Source:
    """A Python file of the plugins; ``name`` is its path below ``plugins``."""

    def __init__(self, plugins: Path, name: str) -> None:
        self.name = name
        self._text = (plugins / name).read_text(encoding="utf-8")
        self._tree = ast.parse(self._text)
        self._documented = set(self._documentation())
        self._code = {
            line
            for token in tokenize.generate_tokens(io.StringIO(self._text).readline)
            if token.type not in NOT_CODE
            for line in range(token.start[0], token.end[0] + 1)
        } - self._documented

    @property
    def lines(self) -> Lines:
        """Count the lines."""
        return Lines(len(self._code), len(self._documented), len(self._text.splitlines()))

    def functions(self) -> Iterator[Function]:
        """Yield every function."""
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                yield Function(self.name, node.name, len(self._code.intersection(lines)))

    def imported(self) -> Iterator[str]:
        """Yield the dotted names below ``plugins`` that this file imports, anywhere in it."""
        folder = self.name.split("/")[:-1]
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    above = folder[: len(folder) - node.level + 1]
                    base = HERE + ".".join([*above, *filter(None, [base])])
                names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
            else:
                continue
            yield from (name[len(HERE) :] for name in names if name.startswith(HERE))

    def _documentation(self) -> Iterator[int]:
        """Yield the numbers of the lines with docstrings and with documentation for Ansible."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                is_documentation = isinstance(node.value.value, str)
            elif isinstance(node, ast.Assign):
                names = [each.id for each in node.targets if isinstance(each, ast.Name)]
                is_documentation = any(name in DOCUMENTATION for name in names)
            else:
                continue
            if is_documentation:
                yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


Graph = dict[str, set[str]]
"""The imports of files or folders, by their paths below ``plugins``."""


class Code:
    """All Python files below a folder ``plugins``, except for empty ``__init__.py`` files."""

    def __init__(self, plugins: Path) -> None:
        names = sorted(path.relative_to(plugins).as_posix() for path in plugins.rglob("*.py"))
        self.sources = {
            name: Source(plugins, name) for name in names if not name.endswith("/__init__.py")
        }
        dotted = {name[:-3].replace("/", "."): name for name in self.sources}
        self.imports: Graph = {
            name: {dotted[other] for other in source.imported() if other in dotted}
            for name, source in self.sources.items()
        }

    def lines(self, under: str) -> Lines:
        """Add up the lines of the files whose paths start with a text."""
        found = [each.lines for name, each in self.sources.items() if name.startswith(under)]
        return sum(found, Lines(0, 0, 0))

    def longest(self, under: str) -> Function:
        """Return the longest function of the files whose paths start with a text."""
        return max(
            (
                function
                for name, source in self.sources.items()
                if name.startswith(under)
                for function in source.functions()
            ),
            key=lambda function: function.code,
        )

    def folders(self) -> Graph:
        """Return the folders that each folder imports."""
        graph: Graph = {folder(name): set() for name in self.sources}
        for name, others in self.imports.items():
            graph[folder(name)] |= {folder(other) for other in others} - {folder(name)}
        return graph

    def circles(self) -> list[list[str]]:
        """Return the groups of files that import each other in a cycle."""
        return circles(self.imports)

    def upward(self) -> list[tuple[str, str]]:
        """Return the imports that make folders import each other in a cycle, as pairs of files.

        Without any, the folders are floors, and every import goes downwards.
        """
        together = [set(each) for each in circles(self.folders())]
        return sorted(
            (name, other)
            for name, others in self.imports.items()
            for other in others
            if folder(name) != folder(other)
            and any({folder(name), folder(other)} <= each for each in together)
        )


def folder(name: str) -> str:
    """Return the folder of a file: ``action``, or ``_engine`` for ``module_utils/_engine``."""
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else parts[0]


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of more than one member in which every member reaches every other."""
    reached = {start: _reachable(graph, start) for start in graph}
    groups = {
        frozenset({start, *(other for other in reached[start] if start in reached[other])})
        for start in graph
    }
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return found


def floors(graph: Graph) -> list[list[str]]:
    """Return the members by floor, the lowest first: each imports only from lower ones.

    Raise a ValueError for a graph with a cycle.
    """
    left, levels = dict(graph), list[list[str]]()
    while left:
        level = sorted(each for each, others in left.items() if not others & left.keys())
        if not level:
            raise ValueError(f"a circle is among {', '.join(sorted(left))}")
        levels.append(level)
        left = {each: others for each, others in left.items() if each not in level}
    return levels


class Measured(NamedTuple):
    """One measurement: the number, and the item that it belongs to, if any."""

    number: str
    about: tuple[str, ...] = ()


def measurements(code: Code) -> dict[str, Measured]:
    """Return what ``make metrics`` prints, by name."""
    files = [name for name in code.sources if name.startswith("module_utils/")]
    inside = [each for each in code.folders() if each.startswith("_")]
    arrows = sum(len(code.imports[name].intersection(files)) for name in files)
    longest = {under: code.longest(under) for under in ("module_utils/", "")}
    in_circles, upward = code.circles(), code.upward()
    return {
        "lines of code in module_utils": _lines(code, "module_utils/"),
        **{f"lines of code in {each}": _lines(code, f"module_utils/{each}/") for each in inside},
        "lines of code in all plugins": _lines(code, ""),
        "files in module_utils": Measured(str(len(files))),
        "files in all plugins": Measured(str(len(code.sources))),
        "folders in module_utils": Measured(str(len(inside))),
        "imports among files of module_utils": Measured(str(arrows)),
        **{
            f"lines of the longest function in {under.rstrip('/') or 'all plugins'}": Measured(
                str(found.code), (f"{found.name} in {found.file}",)
            )
            for under, found in longest.items()
        },
        "circles of imports": Measured(
            str(len(in_circles)), tuple(" and ".join(each) for each in in_circles)
        ),
        "imports upward": Measured(
            str(len(upward)) if inside else "-",
            tuple(f"{one} imports {other}" for one, other in upward)
            or (() if inside else ("there are no floors: all files are in one folder",)),
        ),
    }


def _lines(code: Code, under: str) -> Measured:
    return Measured(f"{code.lines(under).code:,}")


def table(columns: dict[str, dict[str, Measured]]) -> Iterator[str]:
    """Yield the lines of a table with a column for each commit, and the items below it.

    The last column determines the order of the rows; rows that only others have come last.
    """
    names = list(dict.fromkeys(name for column in reversed(columns.values()) for name in column))
    widths = {head: max(10, len(head)) for head in columns}
    yield " " * 52 + "  ".join(f"{head:>{width}}" for head, width in widths.items())
    for name in names:
        cells = (
            f"{column[name].number if name in column else '':>{widths[head]}}"
            for head, column in columns.items()
        )
        yield f"{name:<52}{'  '.join(cells)}".rstrip()
    for head, column in columns.items():
        for name, measured in column.items():
            yield from (f"{head}, {name}: {each}" for each in measured.about)


def at_commit(commit: str, folder: Path) -> Path:
    """Write the plugins of a commit to a folder, and return its path."""
    done = subprocess.run(
        ["git", "archive", commit, "plugins"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "plugins"


def main() -> int:
    """Print the measurements of the checkout, and of a commit if one is given."""
    parser = argparse.ArgumentParser(prog="make metrics", description=__doc__)
    parser.add_argument("--base", default="", help="an older commit to print beside the checkout")
    base = parser.parse_args().base
    columns = {"now": measurements(Code(ROOT / "plugins"))}
    if base:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                before = measurements(Code(at_commit(base, Path(scratch))))
            except subprocess.CalledProcessError as error:
                print(f"no commit {base}: {error.stderr.decode().strip()}", file=sys.stderr)
                return 2
        columns = {base: before, **columns}
    print("\n".join(table(columns)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
