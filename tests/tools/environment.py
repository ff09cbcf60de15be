# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the environment that all checks run in, with the newest Python ansible-core can use.

Uses the standard library alone: nothing is installed yet when this runs. Quick when there is
nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys

from places import CACHE, REQUIREMENTS
from pythons import Interpreter, find_interpreters

# The Pythons that each ansible-core can be installed on, oldest and newest. Without a wish,
# tests/requirements/dev.txt gives each Python the newest ansible-core that it can hold.
CORE_PYTHONS = {
    "2.16": ((3, 10), (3, 12)),
    "2.17": ((3, 10), (3, 12)),
    "2.18": ((3, 11), (3, 13)),
    "2.19": ((3, 11), (3, 13)),
    "2.20": ((3, 12), (3, 14)),
    "2.21": ((3, 12), (3, 14)),
}
OLDEST, NEWEST = (3, 10), (3, 14)

# The ansible-core asked for, like 2.18; empty for the newest. The Makefile builds the same name for
# the environment.
CORE = os.environ.get("ANSIBLE_CORE", "")
VENV = CACHE / (f"venv-{CORE}" if CORE else "venv")
PYTHON = str(VENV / "bin" / "python")


class SetupError(Exception):
    """The environment cannot be made; the text says what is missing."""


def main() -> int:
    """Make the environment unless it is there already."""
    try:
        if _is_ready():
            return 0
        interpreter = _make()
    except SetupError as error:
        print(f"environment: {error}", file=sys.stderr)
        return 1
    core = _output([PYTHON, "-c", "import ansible.release as r; print(r.__version__)"])
    print(f"environment: Python {interpreter.name} with ansible-core {core}")
    return 0


def _is_ready() -> bool:
    """Tell whether the environment is complete for these requirements, and still runs."""
    stamp = VENV / "stamp"
    if not stamp.exists() or stamp.read_text() != _stamp():
        return False
    return _runs([PYTHON, "-c", "import ansible, pytest"])


def _stamp() -> str:
    """Give what the environment depends on, as one short string.

    Its own path is part of it: the tools in an environment that was moved do not start.
    """
    parts = (REQUIREMENTS.read_bytes(), CORE.encode(), str(VENV).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make() -> Interpreter:
    """Make the environment with the first interpreter that manages it."""
    failures = []
    for interpreter in _usable(find_interpreters()):
        shutil.rmtree(VENV, ignore_errors=True)
        if not _create(interpreter):
            failures.append(f"{interpreter.path} has neither ensurepip nor pip nor virtualenv")
            continue
        print(
            f"environment: installing the development requirements with {interpreter.path}",
            flush=True,
        )
        _install()
        (VENV / "stamp").write_text(_stamp())
        return interpreter
    lowest, highest = _range()
    raise SetupError(
        f"no usable Python from {lowest} to {highest} was found. Install one with its venv module"
        f" (on Debian and Ubuntu: python3-venv). {'; '.join(failures)}"
    )


def _range() -> tuple[str, str]:
    """Give the oldest and the newest Python that will do, for people to read."""
    oldest, newest = _limits()
    return ".".join(map(str, oldest)), ".".join(map(str, newest))


def _limits() -> tuple[tuple[int, int], tuple[int, int]]:
    """Give the oldest and the newest Python that will do."""
    if not CORE:
        return OLDEST, NEWEST
    if CORE not in CORE_PYTHONS:
        raise SetupError(f"ANSIBLE_CORE must be one of {', '.join(CORE_PYTHONS)}, not {CORE!r}")
    return CORE_PYTHONS[CORE]


def _usable(interpreters: dict[tuple[int, int], Interpreter]) -> list[Interpreter]:
    """Sort the interpreters that will do: those that can make environments first, then newest."""
    oldest, newest = _limits()
    fitting = [found for version, found in interpreters.items() if oldest <= version <= newest]
    return sorted(fitting, key=lambda found: (found.has_venv, found.version), reverse=True)


def _create(interpreter: Interpreter) -> bool:
    """Make an empty environment with pip in it, in the first way that works."""
    python, target = str(interpreter.path), str(VENV)
    if interpreter.has_venv and _runs([python, "-m", "venv", target]):
        return True
    # Debian's Python comes without ensurepip; its pip, when there, can fill an environment made
    # without.
    if _runs([python, "-m", "venv", "--without-pip", "--clear", target]) and _runs(
        [python, "-m", "pip", "--python", f"{target}/bin/python", "install", "--quiet", "pip"]
    ):
        return True
    virtualenv = shutil.which("virtualenv")
    return virtualenv is not None and _runs(
        [virtualenv, "--quiet", "--clear", "--python", python, target]
    )


def _install() -> None:
    """Install the pinned requirements, and then the wanted ansible-core over the pinned one."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = [[*pip, "-r", str(REQUIREMENTS)]]
    if CORE:
        commands.append([*pip, f"ansible-core~={CORE}.0"])
    for command in commands:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode:
            raise SetupError(f"failed: {' '.join(command)}\n{result.stdout}")


def _runs(command: list[str]) -> bool:
    """Tell whether a command succeeds."""
    try:
        return not subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, check=False
        ).returncode
    except OSError:
        return False


def _output(command: list[str]) -> str:
    """Give what a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
