# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python interpreters of this machine that run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROBE = """
import importlib.util, sys
has_venv = all(importlib.util.find_spec(name) for name in ("ensurepip", "venv"))
print(sys.version_info[0], sys.version_info[1], sys.prefix == sys.base_prefix, has_venv)
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs; ``has_venv`` if it can create an environment with pip by itself."""

    path: Path
    version: tuple[int, int]
    has_venv: bool

    @property
    def name(self) -> str:
        """Return the version in the usual form: ``3.12``."""
        return f"{self.version[0]}.{self.version[1]}"


def find_interpreters() -> dict[tuple[int, int], Interpreter]:
    """Find one interpreter for each minor version, preferably one that can create environments.

    A file named python3.X is not enough (a version manager's shim may only print an error), so each
    candidate is run.
    """
    found: dict[tuple[int, int], Interpreter] = {}
    for path in _candidates():
        interpreter = _probe(path)
        if interpreter is None:
            continue
        known = found.get(interpreter.version)
        if known is None or (interpreter.has_venv and not known.has_venv):
            found[interpreter.version] = interpreter
    return found


def _candidates() -> list[Path]:
    """List possible interpreters: beside the running one, below pyenv, and on PATH."""
    name = re.compile(r"python3\.\d+")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [Path(sys.base_prefix) / "bin", *sorted(pyenv.glob("versions/*/bin"))]
    folders += [
        Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry
    ]
    found: dict[Path, None] = {}
    for folder in folders:
        try:
            names = sorted(entry.name for entry in folder.iterdir() if name.fullmatch(entry.name))
        except OSError:
            continue
        found.update((folder / entry, None) for entry in names)
    return list(found)


def _probe(path: Path) -> Interpreter | None:
    """Return what an interpreter can do, or None if it does not run or belongs to an
    environment."""
    try:
        result = subprocess.run(
            [path, "-I", "-c", PROBE],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
        major, minor, is_base, has_venv = result.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if is_base != "True":
        return None
    return Interpreter(path, (int(major), int(minor)), has_venv == "True")
