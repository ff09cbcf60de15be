# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what users get: the tarball, and the collection that is installed from it.

Runs in its own environment, which has the hub's importer and AWX's tools.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COLLECTION = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(COLLECTION.parents[2]))

from ansible_collections.evenkeel.paas.tests.emulator.server import Emulator  # noqa: E402

SETTINGS = ("ANSIBLE_", "CONTROLLER_", "SEVALLA_", "LARAVEL_CLOUD_", "TOWER_", "PYTHON")


class Shell:
    """Runs commands as a user who has only the installed collection and no settings.

    ``environment`` adds variables, ``unset`` removes some.
    """

    def __init__(self, home: Path, collections: Path) -> None:
        self.unset = [name for name in os.environ if name.startswith(SETTINGS)]
        self.environment = {
            **{name: text for name, text in os.environ.items() if name not in self.unset},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def run(self, *command: str, folder: Path, status: int = 0, **variables: str) -> str:
        """Run a command, expect its exit status, and return its output."""
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout


@pytest.fixture(scope="session")
def collections(tmp_path_factory: Any) -> Path:
    """Return the folder into which collections are installed."""
    return Path(tmp_path_factory.mktemp("collections"))


@pytest.fixture(scope="session")
def shell(tmp_path_factory: Any, collections: Path) -> Shell:
    """Return a runner of commands."""
    return Shell(tmp_path_factory.mktemp("home"), collections)


@pytest.fixture(scope="session")
def tarball(shell: Shell, tmp_path_factory: Any) -> Path:
    """Build the collection's tarball and return its path."""
    folder = tmp_path_factory.mktemp("tarball")
    output = shell.run(
        "ansible-galaxy", "collection", "build", "--output-path", str(folder), folder=COLLECTION
    )
    assert "WARNING" not in output
    (path,) = folder.glob("*.tar.gz")
    return Path(path)


@pytest.fixture(scope="session")
def installed(shell: Shell, tarball: Path, collections: Path) -> Path:
    """Install the collection from the tarball and return its path."""
    install = ("ansible-galaxy", "collection", "install", "--offline", "--no-deps")
    output = shell.run(*install, "-p", str(collections), str(tarball), folder=tarball.parent)
    assert "WARNING" not in output
    return collections / "ansible_collections" / "evenkeel" / "paas"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Yield a fresh emulator of both services."""
    with Emulator() as running:
        yield running
