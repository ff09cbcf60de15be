# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The most common mistake with modules for APIs: one task, several hosts, and no run_once."""

from __future__ import annotations

import threading
from itertools import product
from typing import Any

import pytest
import yaml
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    SEVALLA_SHOP_ID,
)

HOSTS = ("one", "two", "three")
QUEUE = {
    "display_name": "queue",
    "type": "worker",
    "entrypoint": "node worker.js",
    "resource_type": "s1",
}
HORIZON = {"type": "custom", "command": "php artisan horizon"}
SHOP = {"application": "shop-x1y2z"}
WORKERS = {"application": "shop", "environment": "production", "instance": "Workers"}
TASKS = {
    "sevalla_process": {**SHOP, **QUEUE},
    "sevalla_processes": {**SHOP, "processes": [QUEUE]},
    "laravel_cloud_background_process": {**WORKERS, **HORIZON},
    "laravel_cloud_background_processes": {**WORKERS, "processes": [HORIZON]},
}
DEPLOYMENTS = {
    "sevalla_deployment": SHOP,
    "laravel_cloud_deployment": {"application": "shop", "environment": "production"},
}
WAYS: dict[str, Any] = {
    "worker": True,
    "module": False,
    "both": "{{ inventory_hostname != 'two' }}",
}
"""Whether a host's task runs in Ansible's worker."""


class AllAtOnce(Hooks):
    """Delays every read of a list until all hosts read it: none has created anything yet.

    ``ends`` are the ends of the list's path. ``together`` is how many read it at the same time. The
    delay ends at some point, so that a host that never reads fails the test instead of blocking it.
    """

    def __init__(self, *ends: str) -> None:
        self.together = 0
        self._ends = ends
        self._met = threading.Barrier(len(HOSTS), timeout=60)

    def after(self, response: Response) -> Response:
        is_list = request.method == "GET" and request.path.endswith(self._ends)
        if is_list and not self.together:
            self._met.wait()
            self.together = len(HOSTS)
        return response


def created(emulator: Any) -> list[str]:
    """Return the ids of all processes in both places, without the web process."""
    with emulator.world.lock:
        shop = emulator.world.sevalla.applications[SEVALLA_SHOP_ID].processes
        cloud = emulator.world.laravel_cloud.processes
        return [
            *(each["id"] for each in shop.values() if each["type"] != "web"),
            *(
                each.id
                for each in cloud.values()
                if each.parent == LARAVEL_CLOUD_PRODUCTION_WORKERS_ID
            ),
        ]


def race(
    playbooks: Any, module: str, options: dict[str, Any], way: str, *ends: str
) -> tuple[Any, Any]:
    """Run a task twice on all hosts. In the first run, all of them read the list whose path has one
    of these ends before any of them writes."""
    task = {"name": "One of each", f"evenkeel.paas.{module}": options, "delegate_to": "localhost"}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": {"evenkeel_paas_in_worker": WAYS[way]},
        "tasks": [task],
    }
    playbook = playbooks.folder / "play.yml"
    playbook.write_text(yaml.safe_dump([play], sort_keys=False))
    arguments = ("-i", ",".join(HOSTS) + ",", "--forks", "5", "-vvv")
    hooks = playbooks.emulator.hooks = AllAtOnce(*ends)
    run = playbooks.run(playbook, *arguments)
    assert hooks.together == len(HOSTS), "there was no race"
    assert run.status == 0, run.output
    ways = {"worker": (3, 0), "module": (0, 3), "both": (2, 1)}[way]
    assert run.output.count("runs in Ansible's worker") == ways[0]
    assert run.output.count("runs as a module") == ways[1]
    return run, playbooks.run(playbook, *arguments)


@pytest.mark.parametrize(
    ("module", "way"),
    [
        pytest.param(*each, marks=pytest.mark.daily if each == ("sevalla_process", "both") else ())
        for each in product(TASKS, WAYS)
    ],
)
def test_three_hosts_with_one_task_create_one_process(
    playbooks: Any, module: str, way: str
) -> None:
    # For a named instance, Laravel Cloud lists the processes together with its instances.
    run, again = race(playbooks, module, TASKS[module], way, "processes", "instances")
    assert [each["kind"] for each in run.results] == ["ok"] * 3
    assert sorted(each["result"]["changed"] for each in run.results) == [False, False, True]
    (process,) = created(playbooks.emulator)
    for each in run.results:
        found = each["result"].get("processes") or [each["result"]["process"]]
        assert [one["id"] for one in found] == [process]
    assert [write.split()[0] for write in run.writes] == ["POST"]
    assert (again.status, again.changed, again.writes) == (0, [], [])
    assert created(playbooks.emulator) == [process]


@pytest.mark.parametrize("pace", ["polls", "at_once"])
@pytest.mark.parametrize(("module", "way"), list(product(DEPLOYMENTS, WAYS)))
def test_three_hosts_with_one_task_start_one_deployment(
    playbooks: Any, module: str, way: str, pace: str
) -> None:
    service = module.rpartition("_")[0]
    playbooks.emulator.world.switches.update({f"{service}_deployment_pace": pace})
    options = {**DEPLOYMENTS[module], "trigger": "pending", "poll_interval": 1}
    run, again = race(playbooks, module, options, way, "deployments")
    assert [each["kind"] for each in run.results] == ["ok"] * 3
    assert sorted(each["result"]["changed"] for each in run.results) == [False, False, True]
    deployments = [each["result"]["deployment"] for each in run.results]
    assert len({each["id"] for each in deployments}) == 1
    assert {each["status"] for each in deployments} <= {"success", "deployment.succeeded"}
    assert [write.split()[0] for write in run.writes] == ["POST"]
    assert (again.status, again.changed, again.writes) == (0, [], [])
