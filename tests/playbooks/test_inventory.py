# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugins as a user runs them: with ansible-inventory in its own process."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import SECRET_CANARIES, SEVALLA_SHOP_ID

PLUGINS = ["sevalla", "laravel_cloud"]
EVIL = "{{ 6 * 7 }}"


class Inventory:
    """Runs ansible-inventory on configurations in a folder."""

    def __init__(self, playbooks: Any, folder: Path) -> None:
        self.playbooks = playbooks
        self.folder = folder
        for plugin in PLUGINS:
            (folder / f"{plugin}.yml").write_text(f"plugin: evenkeel.paas.{plugin}\n")

    def __call__(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run it; ``variables`` are added to the environment."""
        return subprocess.run(
            [sys.executable, "-m", "ansible", "inventory", *arguments],
            cwd=self.folder,
            env={**self.playbooks.environment(), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def inventory(playbooks: Any, tmp_path: Path) -> Inventory:
    """Return a runner of ansible-inventory, with a configuration for each plugin."""
    folder = tmp_path / "inventory"
    folder.mkdir()
    return Inventory(playbooks, folder)


GRAPH = """\
@all:
  |--@ungrouped:
  |--@sevalla:
  |  |--draft-d3e4f
  |  |--twin-s9t0u
  |  |--twin-p7q8r
  |  |--blog-a1b2c
  |  |--shop-x1y2z
  |--@laravel_cloud:
  |  |--test-app-2.main.App
  |  |--shop.production.App
  |  |--shop.production.Workers
  |  |--shop.staging-3.App
  |  |--shop.staging-3.Workers
"""


@pytest.mark.daily
def test_the_graph_of_both_services(inventory: Inventory) -> None:
    done = inventory("-i", "sevalla.yml", "-i", "laravel_cloud.yml", "--graph")
    assert done.returncode == 0, done.stderr
    assert done.stdout == GRAPH
    assert done.stderr == ""


@pytest.mark.daily
def test_the_list_of_both_services(inventory: Inventory, emulator: Any) -> None:
    """As other programs read it, such as AWX, and without secrets."""
    done = inventory("-i", "sevalla.yml", "-i", "laravel_cloud.yml", "--list", "-vvvv")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout[done.stdout.index("{\n") :])
    for group in PLUGINS:
        assert all(f"  |  |--{host}\n" in GRAPH for host in listed[group]["hosts"])
    assert len(listed["_meta"]["hostvars"]) == GRAPH.count("  |  |--") == 10
    shop = listed["_meta"]["hostvars"]["shop-x1y2z"]
    assert shop["sevalla_application_id"] == SEVALLA_SHOP_ID
    for secret in (emulator.token, *SECRET_CANARIES, *SECRET_CANARIES.values()):
        assert secret not in done.stdout + done.stderr


def test_an_export_marks_only_possible_templates_as_untrusted(
    inventory: Inventory, emulator: Any
) -> None:
    """For programs that do not know Ansible's marks."""
    for plugin in PLUGINS:
        with (inventory.folder / f"{plugin}.yml").open("a") as file:
            file.write(f"processes: true\ncompose:\n  shown: {plugin}_application_name ~ '!'\n")
    arguments = ("-i", "sevalla.yml", "-i", "laravel_cloud.yml", "--list", "--export")
    done = inventory(*arguments)
    assert done.returncode == 0, done.stderr
    assert "__ansible_unsafe" not in done.stdout
    assert json.loads(done.stdout)["_meta"]["hostvars"]["shop-x1y2z"]["shown"] == "shop-x1y2z!"
    name = emulator.world.sevalla.add_application(EVIL).fields["name"]
    exported = json.loads(inventory(*arguments).stdout)
    variables = exported["_meta"]["hostvars"][name]
    assert variables["sevalla_application_display_name"] == {"__ansible_unsafe": EVIL}
    assert variables["sevalla_application_name"] == name


def test_an_application_being_deleted_does_not_affect_the_others(
    inventory: Inventory, emulator: Any
) -> None:
    """Also with the setting that makes an unreadable inventory fatal."""

    class Deleting(Hooks):
        def before(self) -> Response | None:
            gone = request.path.endswith(f"/applications/{SEVALLA_SHOP_ID}/processes")
            body = '{"message": "Application not found", "status": 404}'
            return Response(body, 404, content_type="application/json") if gone else None

    emulator.hooks = Deleting()
    with (inventory.folder / "sevalla.yml").open("a") as file:
        file.write("processes: true\n")
    done = inventory(
        *("-i", "sevalla.yml", "--list"),
        ANSIBLE_INVENTORY_ENABLED="evenkeel.paas.sevalla",
        ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true",
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["sevalla"]["hosts"]) == 4
    text = " ".join(done.stderr.split())
    assert text.count("[WARNING]: ") == 1
    assert "Host shop-x1y2z is omitted from the inventory: GET /applications/" in text


@pytest.mark.daily
@pytest.mark.parametrize("again", [False, True])
def test_a_play_uses_the_hosts(
    inventory: Inventory, emulator: Any, again: bool, tmp_path: Path
) -> None:
    """A task uses the host's id unchanged, and a hostile name stays a string. Also with the output
    of ansible-inventory, as AWX uses it."""
    emulator.world.sevalla.add_application(EVIL)
    source = inventory.folder / "sevalla.yml"
    if again:
        printed = inventory("-i", "sevalla.yml", "--list").stdout
        source = tmp_path / "hosts"
        source.write_text(f"#!{sys.executable}\nprint({printed!r})\n")
        source.chmod(source.stat().st_mode | stat.S_IXUSR)
    module = "evenkeel.paas.sevalla_process"
    play = [
        {
            "hosts": "sevalla",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "process",
                    module: {"application": "{{ sevalla_application_id }}", "type": "web"},
                },
                {
                    "name": "name",
                    "ansible.builtin.debug": {"msg": "{{ sevalla_application_display_name }}"},
                },
                {
                    "name": "python",
                    "ansible.builtin.debug": {"msg": "{{ ansible_python_interpreter }}"},
                },
            ],
        }
    ]
    playbook = tmp_path / "over.yml"
    playbook.write_text(json.dumps(play))
    run = inventory.playbooks.run(playbook, "-i", str(source))
    assert run.status == 0, run.output
    messages: dict[str, list[Any]] = {"process": [], "name": [], "python": []}
    for each in run.results:
        messages[each["task"]].append(each["result"].get("msg", each["result"]))
    assert len(messages["process"]) == 6
    assert {process["process"]["type"] for process in messages["process"]} == {"web"}
    assert sorted(messages["name"]) == sorted([EVIL, "Shop", "Blog", "Twin", "Twin", "Draft"])
    assert set(messages["python"]) == {sys.executable}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SEVALLA_API_KEY": "svl_wrong"}, "HTTP 401: "),
        ({"SEVALLA_API_KEY": ""}, "No API token for Sevalla"),
        (
            {"SEVALLA_API_URL": "http://127.0.0.1:1/v3"},
            "did not send a usable response from http://127.0.0.1",
        ),
    ],
)
def test_an_error_is_one_line(inventory: Inventory, variables: dict[str, str], said: str) -> None:
    """With the settings that the guide recommends: our line, and Ansible's line that it stops."""
    with (inventory.folder / "sevalla.yml").open("a") as file:
        file.write("api_retries: 0\n")
    done = inventory(
        *("-i", "sevalla.yml", "--graph"),
        ANSIBLE_INVENTORY_ENABLED="evenkeel.paas.sevalla",
        ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true",
        **variables,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert variables.get("SEVALLA_API_KEY") != "svl_wrong" or "svl_wrong" not in done.stderr
    # Older versions of Ansible wrap lines, newer ones repeat the cause of a warning.
    text = " ".join(done.stderr.split())
    assert 1 <= text.count(said) <= 2
    assert text.count("[WARNING]: ") == 1


@pytest.mark.daily
def test_the_options_can_be_read_in_ansible_doc(inventory: Inventory) -> None:
    names = [f"evenkeel.paas.{plugin}" for plugin in PLUGINS]
    for kind, wanted in (("inventory", names), ("callback", ["evenkeel.paas.drift"])):
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "doc", "-t", kind, "--json", *wanted],
            env=inventory.playbooks.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        exported = json.loads(done.stdout)
        assert sorted(exported) == sorted(wanted)
        for about in exported.values():
            assert all(option["description"] for option in about["doc"]["options"].values())
