# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run playbooks as a user does: with ansible-playbook in its own process, against the emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[2]
COLLECTIONS = COLLECTION.parents[2]
sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.evenkeel.paas.tests.emulator.server import Emulator  # noqa: E402


class Run(NamedTuple):
    """The output of a run of ansible-playbook. ``results`` are the tasks' results in order, each
    ``{task, kind, result}``; ``requests`` are those that the emulator received."""

    status: int
    output: str
    results: list[dict[str, Any]]
    requests: list[dict[str, Any]]

    @property
    def changed(self) -> list[str]:
        """Return the names of the tasks that changed something."""
        return [each["task"] for each in self.results if each["result"].get("changed")]

    @property
    def writes(self) -> list[str]:
        """Return the requests other than GET."""
        return [
            f"{request['method']} {request['path']}"
            for request in self.requests
            if request["method"] != "GET"
        ]


class Playbooks:
    """Runs playbooks from their own folder, with the emulator's token in the environment."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self._settings = folder / "ansible.cfg"
        self._settings.touch()

    def environment(self) -> dict[str, str]:
        """Return the variables of a run, without the machine's own Ansible settings."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "EVENKEEL_", "SEVALLA_", "LARAVEL_CLOUD_"))
        }
        return {
            **kept,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CONFIG": str(self._settings),
            "ANSIBLE_HOME": str(self.folder / "ansible-home"),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "result_lines",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            # The lock files are only for the test.
            "TMPDIR": str(self.folder),
            "SEVALLA_API_URL": self.emulator.sevalla_url,
            "SEVALLA_API_KEY": self.emulator.token,
            "LARAVEL_CLOUD_BASE_URL": self.emulator.laravel_cloud_url,
            "LARAVEL_CLOUD_API_TOKEN": self.emulator.token,
        }

    def run(self, playbook: Path, *arguments: str, **variables: str) -> Run:
        """Run a playbook; ``variables`` are added to the environment."""
        lines = self.folder / "results"
        lines.write_text("")
        first = len(self.emulator.requests)
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", str(playbook), *arguments],
            env={**self.environment(), "RESULT_LINES": str(lines), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        results = [json.loads(line) for line in lines.read_text().splitlines()]
        return Run(done.returncode, done.stdout, results, list(self.emulator.requests[first:]))

    def run_tasks(self, tasks: list[dict[str, Any]], *arguments: str, **variables: str) -> Run:
        """Run tasks as a play on localhost."""
        playbook = self.folder / "play.yml"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
        playbook.write_text(yaml.safe_dump([play], sort_keys=False))
        return self.run(playbook, *arguments, **variables)


@pytest.hookimpl(tryfirst=True)  # before those with the mark are deselected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow each test that runs a playbook, unless it is marked as one of every day."""
    for item in items:
        runs_playbook = "playbooks" in getattr(item, "fixturenames", ())
        if runs_playbook and not item.get_closest_marker("daily"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Yield a fresh emulator. A deleted Sevalla process is hidden immediately, so that a second run
    of an example finds it deleted without a deployment. Deployments and commands take no time."""
    switches = {
        "sevalla_deleted_process": "hidden",
        "sevalla_deployment_pace": "at_once",
        "laravel_cloud_deployment_pace": "at_once",
        "laravel_cloud_command_pace": "at_once",
    }
    with Emulator(switches=switches) as running:
        yield running


@pytest.fixture
def playbooks(emulator: Emulator, tmp_path: Path) -> Playbooks:
    """Return a runner of playbooks against the emulator."""
    return Playbooks(emulator, tmp_path)
