# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make an environment for checks, with the newest Python that it can have.

Without a word the one of all usual checks, with the ansible-core that ANSIBLE_CORE names or the
newest; else the one that is named: ``packaging``, ``docs``, ``mutants`` or ``oldest``. Uses the
standard library alone: nothing is installed yet when this runs. Quick when there is nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
# What pip has besides releases: alphas, betas and release candidates.
PRERELEASE = "pre"
CAN_BE_PRERELEASED = ((3, 13), (3, 15))


@dataclass(frozen=True)
class Environment:
    """An environment: its name, its file of requirements, the oldest and the newest Python that
    it can have, and what pip is told to install over the requirements."""

    name: str
    requirements: Path
    oldest: tuple[int, int]
    newest: tuple[int, int]
    more: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Give its folder. The Makefile builds the same name."""
        return CACHE / (f"venv-{self.name}" if self.name else "venv")

    @property
    def python(self) -> str:
        """Give its Python."""
        return str(self.path / "bin" / "python")


DEV = REQUIREMENTS / "dev.txt"
NAMED = {
    # With the hub's ansible-core, which Python 3.13 cannot have.
    "packaging": Environment("packaging", REQUIREMENTS / "packaging.txt", (3, 11), (3, 12)),
    # Ubuntu 22.04's Python; ansible-core 2.16, the oldest that we support, cannot have RHEL 9's.
    "oldest": Environment("oldest", REQUIREMENTS / "oldest.txt", (3, 10), (3, 10)),
    "docs": Environment("docs", REQUIREMENTS / "docs.txt", (3, 12), (3, 14)),
    # The usual one once more, with a mirror of its own, in which other libraries can be installed.
    "libraries": Environment("libraries", DEV, (3, 10), (3, 14)),
    "python-3.14": Environment("python-3.14", DEV, (3, 14), (3, 14)),
    # Only a pre-release of ansible-core takes it.
    "python-3.15": Environment(
        "python-3.15", DEV, (3, 15), (3, 15), ("--pre", "--upgrade", "ansible-core")
    ),
    "mutants": Environment("mutants", REQUIREMENTS / "mutants.txt", (3, 12), (3, 14)),
}


class SetupError(Exception):
    """The environment cannot be made; the text says what is missing."""


def wanted(name: str, core: str) -> Environment:
    """Give the environment of a name, or without a name the one for an ansible-core.

    Raises SetupError for a name or a version that is not known.
    """
    if name:
        if name not in NAMED:
            raise SetupError(f"there are the environments {', '.join(NAMED)}, not {name!r}")
        return NAMED[name]
    if not core:
        return Environment("", DEV, (3, 10), (3, 14))
    if core == PRERELEASE:
        return Environment(core, DEV, *CAN_BE_PRERELEASED, ("--pre", "--upgrade", "ansible-core"))
    if core not in CORE_PYTHONS:
        known = ", ".join([*CORE_PYTHONS, PRERELEASE])
        raise SetupError(f"ANSIBLE_CORE must be one of {known}, not {core!r}")
    return Environment(core, DEV, *CORE_PYTHONS[core], (f"ansible-core~={core}.0",))


def main() -> int:
    """Make the environment unless it is there already."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        environment = wanted(name, os.environ.get("ANSIBLE_CORE", ""))
        if _is_ready(environment):
            return 0
        interpreter = _make(environment)
    except SetupError as error:
        print(f"environment: {error}", file=sys.stderr)
        return 1
    core = _output([environment.python, "-c", "import ansible.release as r; print(r.__version__)"])
    print(f"environment: Python {interpreter.name} with ansible-core {core}")
    return 0


def _is_ready(environment: Environment) -> bool:
    """Tell whether the environment is complete for these requirements, and still runs."""
    stamp = environment.path / "stamp"
    if not stamp.exists() or stamp.read_text() != _stamp(environment):
        return False
    return _runs([environment.python, "-c", "import ansible, pytest"])


def _stamp(environment: Environment) -> str:
    """Give what the environment depends on, as one short string.

    Its own path is part of it: the tools in an environment that was moved do not start.
    """
    parts = (
        environment.requirements.read_bytes(),
        " ".join(environment.more).encode(),
        str(environment.path).encode(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def usable(environment: Environment) -> list[Interpreter]:
    """Sort the interpreters that will do: those that can make environments first, then newest."""
    fitting = [
        found
        for version, found in find_interpreters().items()
        if environment.oldest <= version <= environment.newest
    ]
    return sorted(fitting, key=lambda found: (found.has_venv, found.version), reverse=True)


def _make(environment: Environment) -> Interpreter:
    """Make the environment with the first interpreter that manages it."""
    failures = []
    for interpreter in usable(environment):
        shutil.rmtree(environment.path, ignore_errors=True)
        if not _create(interpreter, environment.path):
            failures.append(f"{interpreter.path} has neither ensurepip nor pip nor virtualenv")
            continue
        print(
            f"environment: installing {environment.requirements.name} with {interpreter.path}",
            flush=True,
        )
        _install(environment)
        (environment.path / "stamp").write_text(_stamp(environment))
        return interpreter
    lowest, highest = (".".join(map(str, end)) for end in (environment.oldest, environment.newest))
    raise SetupError(
        f"no usable Python from {lowest} to {highest} was found. Install one with its venv module"
        f" (on Debian and Ubuntu: python3-venv). {'; '.join(failures)}"
    )


def _create(interpreter: Interpreter, folder: Path) -> bool:
    """Make an empty environment with pip in it, in the first way that works."""
    python, target = str(interpreter.path), str(folder)
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


def _install(environment: Environment) -> None:
    """Install the pinned requirements, and then the wanted ansible-core over the pinned one."""
    pip = [environment.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = [[*pip, "-r", str(environment.requirements)]]
    if environment.more:
        commands.append([*pip, *environment.more])
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
