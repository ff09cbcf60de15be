# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests that import a file, directly or indirectly, the nearest first."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

COLLECTION = ("ansible_collections", "evenkeel", "paas")
# The folders whose modules are imported by their plain names, and the folders that do so.
PLAIN = ("tests/tools", "tests/bench")
IMPORT_PLAIN = (*PLAIN, "tests/unit/tools")
# Tests read these files by path and do not import them.
READ_BY = {
    ".github/": "tests/unit/tools/",
    "README.md": "tests/unit/docs/",
    "docs/": "tests/unit/docs/",
    "meta/": "tests/unit/plugins/module_utils/parity/",
    "plugins/doc_fragments/": "tests/unit/plugins/module_utils/parity/",
    "plugins/modules/": "tests/unit/plugins/module_utils/parity/",
}


def reached_tests(root: Path, changed: Iterable[str]) -> list[str]:
    """Return the unit tests that a change can affect, as paths below ``root``, nearest first.

    A changed test affects itself. A test imports the ``conftest.py`` of each folder above it.
    """
    changed = list(changed)
    files = {
        path.relative_to(root).as_posix()
        for folder in ("plugins", "tests")
        for path in (root / folder).rglob("*.py")
    }
    importers: dict[str, set[str]] = {name: set() for name in files}
    for name in files:
        for imported in imports(root, name, files):
            importers[imported].add(name)
    distance = dict.fromkeys((name for name in changed if name in files), 0)
    for name in changed:
        for start, folder in READ_BY.items():
            if name.startswith(start):
                found = [each for each in files if each.startswith(folder)]
                distance.update({each: 1 for each in found if each not in distance})
    queue = sorted(distance, key=distance.__getitem__)
    for name in queue:
        for importer in sorted(importers[name] - distance.keys()):
            distance[importer] = distance[name] + 1
            queue.append(importer)
    return sorted(
        (name for name in distance if is_test(name) and (root / name).exists()),
        key=lambda name: (distance[name], name),
    )


def is_test(name: str) -> bool:
    """Return whether a file contains unit tests."""
    return name.startswith("tests/unit/") and name.rpartition("/")[2].startswith("test_")


def imports(root: Path, name: str, files: set[str]) -> Iterator[str]:
    """Yield the files of the collection that a file imports."""
    package = name.split("/")[:-1]
    if is_test(name):
        above = ("/".join([*package[:depth], "conftest.py"]) for depth in range(len(package) + 1))
        yield from (conftest for conftest in above if conftest in files)
    for node in ast.walk(ast.parse((root / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _file_of(alias.name.split("."), package, files)
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if node.level:
                module = [*COLLECTION, *package[: len(package) - node.level + 1], *module]
            for alias in node.names:
                # The imported name is a module itself, or a name in one.
                yield from _file_of([*module, alias.name], package, files) or _file_of(
                    module, package, files
                )
        elif isinstance(node, ast.Constant) and str(node.value).startswith(".".join(COLLECTION)):
            # A string for importlib.import_module, or with a name in the module for monkeypatch.
            module = str(node.value).split(".")
            yield from _file_of(module, package, files) or _file_of(module[:-1], package, files)


def _file_of(module: list[str], package: list[str], files: set[str]) -> list[str]:
    """Return the file of a module by its full name, or by its plain name."""
    if tuple(module[:3]) == COLLECTION:
        folders = [""]
        module = module[3:]
    else:
        folders = [f"{each}/" for each in PLAIN] if "/".join(package) in IMPORT_PLAIN else []
    path = "/".join(module)
    return [
        name
        for folder in folders
        for name in (f"{folder}{path}.py", f"{folder}{path}/__init__.py")
        if name in files
    ]
