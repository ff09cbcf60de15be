# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create an environment for checks, with the newest Python that it supports.

Without an argument, create the default environment, with the newest ansible-core or the one in
ANSIBLE_CORE; otherwise the named one: ``packaging``, ``docs``, ``mutants`` or ``oldest``. Uses only
the standard library, because nothing is installed yet when this runs. Does nothing if the
environment is up to date.
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

# The oldest and newest Python of each ansible-core. By default, tests/requirements/dev.txt gives
# each Python the newest ansible-core that it supports.
CORE_PYTHONS = {
    "2.16": ((3, 10), (3, 12)),
    "2.17": ((3, 10), (3, 12)),
    "2.18": ((3, 11), (3, 13)),
    "2.19": ((3, 11), (3, 13)),
    "2.20": ((3, 12), (3, 14)),
    "2.21": ((3, 12), (3, 14)),
}
# pip's pre-releases: alphas, betas and release candidates.
PRERELEASE = "pre"
CAN_BE_PRERELEASED = ((3, 13), (3, 15))


@dataclass(frozen=True)
class Environment:
    """An environment: its name, its requirements file, the oldest and the newest Python that it
    supports, and what pip installs in addition to the requirements."""

    name: str
    requirements: Path
    oldest: tuple[int, int]
    newest: tuple[int, int]
    more: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Return its folder. The Makefile builds the same name."""
        return CACHE / (f"venv-{self.name}" if self.name else "venv")

    @property
    def python(self) -> str:
        """Return its Python."""
        return str(self.path / "bin" / "python")


DEV = REQUIREMENTS / "dev.txt"
NAMED = {
    # With the hub's ansible-core, which does not support Python 3.13.
    "packaging": Environment("packaging", REQUIREMENTS / "packaging.txt", (3, 11), (3, 12)),
    # Ubuntu 22.04's Python; ansible-core 2.16, the oldest supported one, does not run on RHEL 9's.
    "oldest": Environment("oldest", REQUIREMENTS / "oldest.txt", (3, 10), (3, 10)),
    "docs": Environment("docs", REQUIREMENTS / "docs.txt", (3, 12), (3, 14)),
    # The default environment with its own mirror, in which other libraries can be installed.
    "libraries": Environment("libraries", DEV, (3, 10), (3, 14)),
    # Only a pre-release of ansible-core supports it.
    "python-3.15": Environment(
        "python-3.15", DEV, (3, 15), (3, 15), ("--pre", "--upgrade", "ansible-core")
    ),
    "mutants": Environment("mutants", REQUIREMENTS / "mutants.txt", (3, 12), (3, 14)),
}


class SetupError(Exception):
    """The environment cannot be created; the text says what is missing."""


def wanted(name: str, core: str) -> Environment:
    """Return the environment of a name, or by default the one for an ansible-core.

    Raise SetupError for an unknown name or version.
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
    """Create the environment unless it is up to date."""
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
    """Return whether the environment is complete for these requirements, and still runs."""
    stamp = environment.path / "stamp"
    if not stamp.exists() or stamp.read_text() != _stamp(environment):
        return False
    return _runs([environment.python, "-c", "import ansible, pytest"])


def _stamp(environment: Environment) -> str:
    """Return everything that the environment depends on, as one short string.

    This includes its path: the tools in an environment that was moved do not start.
    """
    parts = (
        environment.requirements.read_bytes(),
        " ".join(environment.more).encode(),
        str(environment.path).encode(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def usable(environment: Environment) -> list[Interpreter]:
    """Return the suitable interpreters: first those that can create environments, then the
    newest."""
    fitting = [
        found
        for version, found in find_interpreters().items()
        if environment.oldest <= version <= environment.newest
    ]
    return sorted(fitting, key=lambda found: (found.has_venv, found.version), reverse=True)


def _make(environment: Environment) -> Interpreter:
    """Create the environment with the first interpreter that can do it."""
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
    """Create an empty environment with pip in it, in the first way that works."""
    python, target = str(interpreter.path), str(folder)
    if interpreter.has_venv and _runs([python, "-m", "venv", target]):
        return True
    # Debian's Python does not have ensurepip; its pip, if installed, can fill an environment that
    # was created without pip.
    if _runs([python, "-m", "venv", "--without-pip", "--clear", target]) and _runs(
        [python, "-m", "pip", "--python", f"{target}/bin/python", "install", "--quiet", "pip"]
    ):
        return True
    virtualenv = shutil.which("virtualenv")
    return virtualenv is not None and _runs(
        [virtualenv, "--quiet", "--clear", "--python", python, target]
    )


def _install(environment: Environment) -> None:
    """Install the pinned requirements, and then the requested ansible-core over the pinned one."""
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
    """Return whether a command succeeds."""
    try:
        return not subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, check=False
        ).returncode
    except OSError:
        return False


def _output(command: list[str]) -> str:
    """Return the output of a command."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
