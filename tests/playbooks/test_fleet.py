# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet example: every application from the inventory, twice, and its drift report.

It is slow with all 200 applications, and in slices: ``make matrix CELLS=slow``.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

COLLECTION = Path(__file__).resolve().parents[2]
FLEET = COLLECTION / "docs" / "examples" / "fleet"
SEEDED = 5
WORKERS = 2
"""The initial hosts of the emulator: Sevalla's applications and Laravel Cloud's worker clusters."""


class Fleet:
    """Runs the unchanged example with its own settings."""

    def __init__(self, playbooks: Any, folder: Path) -> None:
        self.playbooks = playbooks
        self.report = folder / "report"

    def __call__(
        self, *arguments: str, playbook: Path = FLEET / "fleet.yml", **variables: str
    ) -> Any:
        """Run the playbook; the report is written to its own folder."""
        return self.playbooks.run(
            playbook,
            *arguments,
            ANSIBLE_CONFIG=str(FLEET / "ansible.cfg"),
            ANSIBLE_CALLBACKS_ENABLED="result_lines,evenkeel.paas.drift",
            EVENKEEL_PAAS_DRIFT_DIRECTORY=str(self.report),
            **variables,
        )

    def drift(self) -> dict[str, Any]:
        """Return the report of the last run in check mode."""
        return dict(json.loads((self.report / "drift.json").read_text()))


@pytest.fixture
def fleet(playbooks: Any, tmp_path: Path) -> Fleet:
    """Return a runner of the fleet example."""
    return Fleet(playbooks, tmp_path)


def test_a_fleet_is_idempotent_and_reports_later_drift(fleet: Fleet, emulator: Any) -> None:
    first = fleet()
    assert first.status == 0, first.output
    assert len(first.changed) == SEEDED + WORKERS
    assert "DRIFT" not in first.output, "nothing was in check mode"
    assert not fleet.report.exists()
    second = fleet()
    assert second.status == 0, second.output
    assert second.changed == []
    assert second.writes == []
    # Group and host variables were applied.
    snapshot = emulator.world.snapshot()
    applications = {each["name"]: each for each in snapshot["sevalla"]["applications"]}
    counts = {
        name: {
            process["display_name"]: process["scaling_strategy"]["config"]["instanceCount"]
            for process in application["processes"]
        }
        for name, application in applications.items()
    }
    assert counts.pop("shop-x1y2z") == {"Web process": 2, "queue": 4, "nightly report": 1}
    assert list(counts.values()) == [{"Web process": 1, "queue": 1}] * (SEEDED - 1)
    tries = [
        process["config"]["tries"]
        for application in snapshot["laravel_cloud"]["applications"]
        for environment in application["environments"]
        for instance in environment["instances"]
        for process in instance["background_processes"]
    ]
    assert sorted(tries) == [1, 3]
    # Someone changes something outside Ansible.
    (queue,) = (
        each for each in applications["blog-a1b2c"]["processes"] if each["type"] == "worker"
    )
    blog = emulator.world.sevalla.application(applications["blog-a1b2c"]["id"])
    blog.processes[queue["id"]]["entrypoint"] = "node other.js"
    checked = fleet("--check", "--diff")
    assert checked.status == 0, checked.output
    assert checked.writes == []
    line = 'blog-a1b2c   Sevalla  queue    entrypoint: "node other.js" -> "node worker.js"'
    assert line in checked.output
    assert f"The other {SEEDED + WORKERS - 1} applications are as wanted." in checked.output
    assert f"{SEEDED + WORKERS} applications: {SEEDED + WORKERS - 1} as wanted, 1 differ" in (
        checked.output
    )
    report = fleet.drift()
    assert report.pop("playbooks") == ["fleet.yml"]
    assert datetime.fromisoformat(report.pop("time")).tzinfo
    rest = {(each["service"], each["application"]) for each in report.pop("as_wanted")}
    assert len(rest) == SEEDED + WORKERS - 1
    assert {service for service, _name in rest} == {"Sevalla", "Laravel Cloud"}
    assert report == {
        "summary": {"applications": 7, "as_wanted": 6, "differ": 1, "unknown": 0},
        "rows": [
            {
                "application": "blog-a1b2c",
                "service": "Sevalla",
                "process": "queue",
                "resource": "process",
                "state": "differs",
                "fields": [
                    {
                        "option": "entrypoint",
                        "live": "node other.js",
                        "wanted": "node worker.js",
                    }
                ],
                "message": None,
            }
        ],
    }
    text = (fleet.report / "drift.txt").read_text()
    assert text in checked.output
    assert "node other.js" in (fleet.report / "drift.html").read_text()


def test_the_report_lists_applications_that_could_not_be_compared(fleet: Fleet) -> None:
    """One application that the service does not show, and an unwritable folder."""
    fleet.report.write_text("a file, not a folder")
    gone = "sevalla_application_id=11111111-1111-4111-8111-111111111111"
    run = fleet("--check", "--limit", "blog-a1b2c", "-e", gone)
    assert run.status == 2, run.output
    assert "1 application: 0 as wanted, 0 differ, 1 could not be compared" in run.output
    line = r"^blog-a1b2c +Sevalla +could not be compared: There is no"
    assert re.search(line, run.output, re.MULTILINE)
    assert "The drift report was not written" in run.output


@pytest.mark.parametrize("loop", ["", "[1, 2]"])
def test_the_report_lists_unreachable_hosts(fleet: Fleet, tmp_path: Path, loop: str) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nexit 255\n")
    ssh.chmod(0o700)
    playbook = tmp_path / "fleet.yml"
    text = (FLEET / "fleet.yml").read_text()
    looped = f"    - name: Keep the processes\n      loop: {loop}\n"
    playbook.write_text(text.replace("    - name: Keep the processes\n", looped) if loop else text)
    for folder in ("group_vars", "host_vars"):
        (tmp_path / folder).symlink_to(FLEET / folder)
    elsewhere = f"ansible_connection=ssh ansible_ssh_executable={ssh}"
    run = fleet("--check", "--limit", "blog-a1b2c", "-e", elsewhere, playbook=playbook)
    assert run.status == 4, run.output
    assert {each["kind"] for each in run.results} == {"unreachable"}
    summary = {"applications": 1, "as_wanted": 0, "differ": 0, "unknown": 1}
    assert fleet.drift()["summary"] == summary
    rows = [(row["application"], row["state"]) for row in fleet.drift()["rows"]]
    assert set(rows) == {("blog-a1b2c", "unknown")}
    line = r"^blog-a1b2c +Sevalla +could not be compared: .*ssh"
    assert re.search(line, run.output, re.MULTILINE)


def test_an_inventory_that_cannot_be_read_stops_the_run(fleet: Fleet) -> None:
    """A run without hosts would look like success."""
    run = fleet(SEVALLA_API_KEY="svl_wrong")
    assert run.status != 0
    assert "HTTP 401" in run.output
    assert run.results == []
    assert "svl_wrong" not in run.output


def test_the_guide_shows_the_files_of_the_example() -> None:
    """The guides contain the files of the example, without the comments at the top."""
    guides = COLLECTION / "docs" / "docsite" / "rst"
    guide = (guides / "guide_fleets.rst").read_text()
    guide += (guides / "guide_check_mode.rst").read_text().partition("The drift report")[2]
    shown = re.findall(r"code-block:: (?:yaml\+jinja|ini)\n((?:\n|    .*\n)+)", guide)
    assert len(shown) == 7
    files = [
        [line.strip() for line in file.read_text().splitlines()]
        for file in FLEET.rglob("*")
        if file.suffix in (".yml", ".cfg")
    ]
    for block in shown:
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        first = {"[inventory]", "[defaults]"} & {lines[0]}
        assert any(
            set(lines) <= set(file) if first else "\n".join(lines) in "\n".join(file)
            for file in files
        ), block


# The real size


APPLICATIONS = 200


@pytest.fixture
def large(emulator: Any) -> Any:
    """Return an emulator with 200 applications."""
    for number in range(APPLICATIONS - SEEDED):
        emulator.world.sevalla.add_application(f"Fleet {number}")
    return emulator


def test_a_fleet_of_200_applications_is_idempotent(fleet: Fleet, large: Any) -> None:
    first = fleet()
    assert first.status == 0, first.output
    assert len(first.changed) == APPLICATIONS + WORKERS
    second = fleet()
    assert second.status == 0, second.output
    assert second.changed == []
    asked = Counter(
        "list of applications" if request["path"].startswith("/applications?") else "other"
        for request in second.requests
        if request["service"] == "sevalla"
    )
    assert asked == {
        "list of applications": math.ceil(APPLICATIONS / 100),
        "other": APPLICATIONS,
    }
    assert {request["method"] for request in second.requests} == {"GET"}


def sliced(inventory: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    """Return the part of an inventory that AWX gives to a slice of a job: each count-th host in the
    order of names, with all groups (awx/main/models/inventory.py, get_script_data)."""
    hosts = sorted(inventory["_meta"]["hostvars"])[number - 1 :: count]
    groups = {
        name: {
            **about,
            **(
                {"hosts": [host for host in about["hosts"] if host in hosts]}
                if "hosts" in about
                else {}
            ),
        }
        for name, about in inventory.items()
        if name != "_meta"
    }
    known = inventory["_meta"]["hostvars"]
    return {**groups, "_meta": {"hostvars": {host: known[host] for host in hosts}}}


def test_a_fleet_of_200_applications_in_job_slices(
    playbooks: Any, large: Any, tmp_path: Path
) -> None:
    """As AWX runs a sliced job: it imports the inventory once, gives each slice a part of it as a
    script, and runs all of them in parallel with ansible-runner."""
    slices = 3
    environment = {
        name: value
        for name, value in playbooks.environment().items()
        if not name.startswith("ANSIBLE_CALLBACK")  # ansible-runner has its own
    }
    listed = subprocess.run(
        [sys.executable, "-m", "ansible", "inventory", "--list", "--export"],
        env={**environment, "ANSIBLE_CONFIG": str(FLEET / "ansible.cfg")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    inventory = json.loads(listed.stdout)
    asked = len(large.requests)
    running = []
    for number in range(1, slices + 1):
        folder = tmp_path / f"slice-{number}"
        (folder / "project").mkdir(parents=True)
        (folder / "inventory").mkdir()
        for name in ("fleet.yml", "group_vars", "host_vars"):
            (folder / "project" / name).symlink_to(FLEET / name)
        script = folder / "inventory" / "hosts"
        script.write_text(
            f"#!{sys.executable}\nprint({json.dumps(sliced(inventory, number, slices))!r})\n"
        )
        script.chmod(0o700)
        variables = {
            **environment,
            "ANSIBLE_CONFIG": str(folder / "none.cfg"),
            "ANSIBLE_FORKS": "7",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        command = ["run", str(folder), "--playbook", "fleet.yml", "--ident", "1"]
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "ansible_runner", *command],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    seen: list[str] = []
    for number, process in enumerate(running, 1):
        output = process.communicate(timeout=600)[0]
        assert process.returncode == 0, output
        events = tmp_path / f"slice-{number}" / "artifacts" / "1" / "job_events"
        for file in events.glob("*.json"):
            event = json.loads(file.read_text())
            if event["event"] == "runner_on_ok":
                assert event["event_data"]["res"]["changed"] is True
                seen.append(event["event_data"]["host"])
    assert sorted(seen) == sorted(inventory["_meta"]["hostvars"])
    assert len(seen) == APPLICATIONS + WORKERS
    made = [each for each in large.requests[asked:] if each["method"] == "POST"]
    again = playbooks.run(FLEET / "fleet.yml", ANSIBLE_CONFIG=str(FLEET / "ansible.cfg"))
    assert again.status == 0, again.output
    assert again.changed == [], "the slices together did all there was to do"
    assert len(made) == APPLICATIONS + 1 + WORKERS  # one queue for each, and the report of the shop
