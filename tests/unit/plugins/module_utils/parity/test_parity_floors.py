# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folders of module_utils are floors: imports only go downwards, and have no cycles."""

from __future__ import annotations

import ast

import pytest

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.parity.documented import (
    PLUGINS,
)

MODULE_UTILS = PLUGINS / "module_utils"

BELOW = {
    "_core": set(),
    "_http": {"_core"},
    "_engine": {"_core", "_http"},
    "_sevalla": {"_core", "_http", "_engine"},
    "_laravel_cloud": {"_core", "_http", "_engine"},
}
"""The folders that each folder may import, besides itself."""


def files() -> list[str]:
    """Return every file of module_utils, like ``_core/fields``."""
    return sorted(
        path.relative_to(MODULE_UTILS).with_suffix("").as_posix()
        for path in MODULE_UTILS.rglob("*.py")
        if path.name != "__init__.py"
    )


def imports(file: str) -> set[str]:
    """Return the imports of a file: files of module_utils like ``_core/fields``, other modules by
    name."""
    found = set()
    for node in ast.walk(ast.parse((MODULE_UTILS / f"{file}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
        elif isinstance(node, ast.ImportFrom):
            here = file.split("/")[:1] if node.level == 1 else []
            base = [*here, *((node.module or "").split(".") if node.module else [])]
            if len(base) == 2:
                found.add("/".join(base))
            else:
                found |= {"/".join([*base, alias.name]) for alias in node.names}
    return found


def test_every_folder_is_a_floor():
    folders = {path.name for path in MODULE_UTILS.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == BELOW.keys()
    assert not list(MODULE_UTILS.glob("*.py")), "every file is on a floor"


@pytest.mark.parametrize("file", files())
def test_imports_go_downwards(file):
    folder = file.split("/")[0]
    for name in imports(file):
        if name.startswith("_") and "/" in name:
            assert name in files(), name
            assert name.split("/")[0] in BELOW[folder] | {folder}, f"{file} imports {name}"


def test_imports_have_no_cycles():
    waiting = {file: imports(file) & set(files()) for file in files()}
    while waiting:
        free = [file for file, needed in waiting.items() if not needed & waiting.keys()]
        assert free, f"a circle is among {sorted(waiting)}"
        for file in free:
            del waiting[file]
