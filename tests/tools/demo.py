# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Demonstrate the collection: build it, install it, run the examples against the emulator.

The same playbook runs twice: the second run changes nothing and sends only GET requests. Then a
playbook with changes runs in check mode, and its diff shows what it would do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import requests

import mirror
from places import CACHE, ROOT
from start_emulator import EmulatorError, running_emulator
from surroundings import clean_environment

FOLDER = CACHE / "demo"
COLLECTIONS = FOLDER / "collections"
EXAMPLES = COLLECTIONS / "ansible_collections/evenkeel/paas/docs/examples"


class DemoError(Exception):
    """The demonstration did not have the expected result."""


class Demo:
    """Runs playbooks against one emulator, and reads the requests that they sent."""

    def __init__(self, settings: dict[str, str]) -> None:
        """Store the settings that the emulator printed."""
        self._log = f"{settings['EMULATOR_URL']}/_emulator/requests"
        self._environment = {**_environment(), **settings}

    def play(self, name: str, *options: str) -> int:
        """Run an example playbook, show its output, and return how many tasks changed something."""
        requests.delete(self._log, timeout=30).raise_for_status()
        command = ["ansible-playbook", *options, str(EXAMPLES / name)]
        output = _run(command, self._environment, show=True)
        changed = [int(number) for number in re.findall(r"ok=\d+ +changed=(\d+)", output)]
        if not changed:
            raise DemoError(f"{name} ran no task")
        return sum(changed)

    def writes(self) -> list[str]:
        """Return the requests of the last playbook that were not GET."""
        answer = requests.get(self._log, timeout=30)
        answer.raise_for_status()
        sent = answer.json()["requests"]
        if not sent:
            raise DemoError("the playbook asked the emulator nothing at all")
        return [f"{one['method']} {one['path']}" for one in sent if one["method"] != "GET"]


def main() -> int:
    """Run the demonstration and print its result in one line."""
    try:
        _install()
        _say("Starting the emulator of both services")
        with running_emulator() as settings:
            summary = _demonstrate(Demo(settings))
    except (DemoError, EmulatorError, mirror.EmptyMirrorError) as error:
        print(f"\ndemo: FAILED: {error}")
        return 1
    print(f"\ndemo: everything went as promised: {summary}")
    return 0


def _install() -> None:
    """Build the collection and install it as users do, but without Galaxy."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    _say("Building the collection")
    build = ["ansible-galaxy", "collection", "build", "--output-path", str(FOLDER)]
    _run(build, _environment(), folder=mirror.update())
    (tarball,) = FOLDER.glob("evenkeel-paas-*.tar.gz")
    _say(f"Installing {tarball.name}")
    install = ["ansible-galaxy", "collection", "install", "--offline", "--no-deps"]
    _run([*install, "--collections-path", str(COLLECTIONS), str(tarball)], _environment())


def _demonstrate(demo: Demo) -> str:
    """Run the playbooks, check their results, and return a summary."""
    _say("First run of docs/examples/site.yml: nothing is there yet")
    first = demo.play("site.yml")
    writes = demo.writes()
    if not first or not writes:
        raise DemoError("the first run changed nothing, so a second one shows nothing")
    _say("Second run of docs/examples/site.yml: everything is there")
    second = demo.play("site.yml")
    unwanted = demo.writes()
    if second or unwanted:
        raise DemoError(f"the second run changed {second} tasks and sent {unwanted}")
    print("The second run changed nothing, and sent nothing but GET requests.")
    _say("docs/examples/change.yml in check mode: what would change")
    planned = demo.play("change.yml", "--check", "--diff")
    unwanted = demo.writes()
    if not planned or unwanted:
        raise DemoError(f"check mode planned {planned} changes and sent {unwanted}")
    return (
        f"{first} changes with {len(writes)} writes, then 0 changes with 0 writes,"
        f" then {planned} changes shown in check mode with 0 writes"
    )


def _environment() -> dict[str, str]:
    """Return the environment variables of a user who has only the installed collection."""
    env = {
        **clean_environment(),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        # The examples run on localhost, which needs no inventory.
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    del env["PYTHONPATH"]
    return env


def _run(command: list[str], env: dict[str, str], folder: Path = ROOT, show: bool = False) -> str:
    """Run a command and return its output; show the output on request, and when the command
    fails."""
    lines = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if show:
                print(line, end="", flush=True)
    output = "".join(lines)
    if process.returncode:
        if not show:
            print(output)
        raise DemoError(f"{command[0]} ended with status {process.returncode}")
    return output


def _say(text: str) -> None:
    """Print the next step."""
    print(f"\n=== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
