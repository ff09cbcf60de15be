# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner is pure: its files import nothing that does I/O.

This is checked twice: by reading the imports, and by running the files where such modules are
missing.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core import planner

BLOCKED = (
    "ansible",
    "requests",
    "urllib3",
    "jsonschema",
    "time",
    "datetime",
    "random",
    "secrets",
    "uuid",
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "logging",
)
IMPURE = (*BLOCKED, "ansible_collections", "contextlib")
"""What the files must not import. contextlib imports os since Python 3.14."""

FOLDER = Path(str(planner.__file__)).parent
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
ROOT = FOLDER.parents[5]


@pytest.mark.parametrize("name", FILES)
def test_imports_are_pure(name: str) -> None:
    """Only pure modules and the other pure files, wherever in the file the import is."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                assert alias.name.partition(".")[0] not in IMPURE
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert (node.level, node.module in FILES) == (1, True), ast.dump(node)
        elif isinstance(node, ast.ImportFrom):
            assert str(node.module).partition(".")[0] not in IMPURE
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "print", "input", "eval", "exec", "__import__")


SCRIPT = """
import dataclasses, importlib, typing, urllib.parse, sys
blocked = {blocked!r}
for name in list(sys.modules):
    if name.split(".")[0] in blocked:
        del sys.modules[name]
for name in blocked:
    sys.modules[name] = None
base = "ansible_collections.evenkeel.paas.plugins.module_utils._core."
fields = importlib.import_module(base + "fields")
planner = importlib.import_module(base + "planner")
resource = importlib.import_module(base + "resource")
class Sizes(resource.Resource):
    vendor = "any"
    collection = "/{{scope}}"
    item = "/{{scope}}/{{id}}"
    fields = (fields.Field("size", {{"type": "int"}}),)
    def address(self, options):
        return resource.Address("it", (("it",),))
    def answers_to(self, live):
        yield ("it",)
    def predict(self, scope, before, body):
        return {{**before, **body}}
made = planner.make_plan(Sizes(), "a", resource.Entry({{"size": 2}}), [{{"id": "1", "size": 1}}])
print([step.as_result() for step in made.steps], made.process)
"""


def test_planning_works_without_ansible_requests_and_clock() -> None:
    """A whole plan is made without Ansible, requests, the clock and the system."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(blocked=BLOCKED)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "'PATCH'" in done.stdout
    assert "{'id': '1', 'size': 2}" in done.stdout
