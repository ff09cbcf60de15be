# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what users get: the tarball, and the collection that is installed from it.

Runs in an environment of its own, which has the hub's importer and the tools around AWX.
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
    """Runs commands as somebody who has the installed collection and no settings.

    ``environment`` is what they have in their surroundings, ``unset`` what they have not.
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
        """Run a command, expect its exit status, and give all that it printed."""
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
    """The folder that collections are installed in."""
    return Path(tmp_path_factory.mktemp("collections"))


@pytest.fixture(scope="session")
def shell(tmp_path_factory: Any, collections: Path) -> Shell:
    """Runs commands."""
    return Shell(tmp_path_factory.mktemp("home"), collections)


@pytest.fixture(scope="session")
def tarball(shell: Shell, tmp_path_factory: Any) -> Path:
    """The collection's tarball."""
    folder = tmp_path_factory.mktemp("tarball")
    told = shell.run(
        "ansible-galaxy", "collection", "build", "--output-path", str(folder), folder=COLLECTION
    )
    assert "WARNING" not in told
    (path,) = folder.glob("*.tar.gz")
    return Path(path)


@pytest.fixture(scope="session")
def installed(shell: Shell, tarball: Path, collections: Path) -> Path:
    """The collection as it is installed from the tarball."""
    install = ("ansible-galaxy", "collection", "install", "--offline", "--no-deps")
    told = shell.run(*install, "-p", str(collections), str(tarball), folder=tarball.parent)
    assert "WARNING" not in told
    return collections / "ansible_collections" / "evenkeel" / "paas"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A fresh emulator of both services."""
    with Emulator() as running:
        yield running
