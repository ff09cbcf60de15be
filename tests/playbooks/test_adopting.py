# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One command writes what exists to a file, and another one keeps it that way."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.emulator.server import Emulator

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = DOCS / "examples"
GUIDE = DOCS / "docsite" / "rst" / "guide_adopting.rst"

HARD = [
    "node w.js",
    "{{ lookup('env', 'HOME') }}",
    "{%- raw %} {# no #} }} %}",
    "{{{ x }}}",
    "{{ '{{' }}",
    "{\\{ \\1 {{ \\1 }}",
    "yes",
    "0123",
    "- a: b # c",
    'it\'s "so"',
    "two\nlines\n",
    "Ünï ☂",
    "!unsafe x",
    "a" * 90 + " " + "b" * 90,
]
"""Strings that a playbook or YAML could interpret."""


@pytest.fixture
def shop(emulator: Emulator) -> Emulator:
    """Create processes with difficult strings in every text field, and two with the same name."""
    with emulator.world.lock:
        sevalla, cloud = emulator.world.sevalla, emulator.world.laravel_cloud
        application = sevalla.applications[world.SEVALLA_SHOP_ID]
        web = application.processes[world.SEVALLA_SHOP_WEB_ID]
        web["readiness_probe"] = {"exec": {"command": HARD}}
        web["liveness_probe"] = {
            "httpGet": {"port": 80, "httpHeaders": [{"name": "X-A", "value": HARD[1]}]}
        }
        instance = cloud.instances[world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
        for text in [*HARD, "twin", "twin"]:
            body: dict[str, Any] = {
                "display_name": text,
                "type": "worker",
                "entrypoint": text,
                "resource_type_id": world.SEVALLA_SIZE_IDS["s1"],
            }
            sevalla.create(application, body)
            cloud.create(instance, {"type": "custom", "processes": 2, "command": f"run {text}"})
        config = {"connection": "redis", "queue": "{{ q }},default", "tries": 3}
        cloud.create(instance, {"type": "worker", "processes": 1, "config": config})
    return emulator


def test_adopted_processes_are_written_and_unchanged(
    playbooks: Any, shop: Emulator, tmp_path: Path
) -> None:
    folder = f"folder={tmp_path}"
    before = shop.world.snapshot()
    adopted = playbooks.run(EXAMPLES / "adopt.yml", "-e", folder)
    assert adopted.status == 0, adopted.output
    assert adopted.writes == []
    written = yaml.safe_load((tmp_path / "shop.yml").read_text())
    assert written.keys() == {"shop_processes", "shop_background_processes"}
    assert [entry["display_name"] for entry in written["shop_processes"]][1] == HARD[0]
    assert sum("key" in entry for entry in written["shop_processes"]) == 2
    assert not any("id" in entry for entry in written["shop_processes"])
    assert sum("id" in entry for entry in written["shop_background_processes"]) == 2

    for prune in ("prune=false", "prune=true"):
        kept = playbooks.run(EXAMPLES / "keep.yml", "-e", folder, "-e", prune)
        assert kept.status == 0, kept.output
        assert kept.changed == []
        assert kept.writes == []
        assert [len(each["result"]["processes"]) for each in kept.results] == [
            len(HARD) + 3,
            len(HARD) + 3,
        ]
    assert shop.world.snapshot() == before

    # Someone changes a process and adds another one.
    with shop.world.lock:
        application = shop.world.sevalla.applications[world.SEVALLA_SHOP_ID]
        changed = next(
            each for each in application.processes.values() if "{{{" in each["entrypoint"]
        )
        changed["entrypoint"] = "something else"
        shop.world.sevalla.create(
            application,
            {
                "display_name": "stranger",
                "type": "worker",
                "resource_type_id": world.SEVALLA_SIZE_IDS["s1"],
            },
        )
    shown = playbooks.run(
        EXAMPLES / "keep.yml", "--check", "--diff", "-e", folder, "-e", "prune=true"
    )
    assert shown.status == 0, shown.output
    assert "prune would delete 1 of" in shown.output
    assert "'stranger'" in shown.output
    assert '-    "entrypoint": "something else"' in shown.output
    assert shown.writes == []
    kept = playbooks.run(EXAMPLES / "keep.yml", "-e", folder)
    assert [write.partition(" ")[0] for write in kept.writes] == ["PATCH"]
    assert changed["entrypoint"] == "{{{ x }}}"
    kept = playbooks.run(EXAMPLES / "keep.yml", "-e", folder, "-e", "prune=true")
    assert [write.partition(" ")[0] for write in kept.writes] == ["DELETE"]


@pytest.mark.daily
def test_the_guide_shows_the_written_file(
    playbooks: Any, emulator: Emulator, tmp_path: Path
) -> None:
    with emulator.world.lock:
        sevalla, cloud = emulator.world.sevalla, emulator.world.laravel_cloud
        sevalla.create(
            sevalla.applications[world.SEVALLA_SHOP_ID],
            {
                "display_name": "queue",
                "type": "worker",
                "entrypoint": "node worker.js",
                "resource_type_id": world.SEVALLA_SIZE_IDS["s1"],
            },
        )
        instance = cloud.instances[world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID]
        config = {"connection": "redis", "queue": "emails,default", "force": False}
        cloud.create(instance, {"type": "worker", "processes": 2, "config": config})
        custom = {"type": "custom", "processes": 1, "command": "php artisan horizon"}
        cloud.create(instance, custom)
    assert playbooks.run(EXAMPLES / "adopt.yml", "-e", f"folder={tmp_path}").status == 0
    written = (tmp_path / "shop.yml").read_text()
    shown = GUIDE.read_text().partition("code-block:: yaml+jinja\n\n")[2].partition("\n\n")[0]
    lines = [line for line in written.splitlines() if line[:1] not in ("#", "") and line != "---"]
    assert textwrap.dedent(shown).splitlines() == lines


def test_adopting_an_empty_application_writes_an_empty_list(playbooks: Any, tmp_path: Path) -> None:
    """An empty list is written and applied; it never prunes."""
    folder = f"folder={tmp_path}"
    assert playbooks.run(EXAMPLES / "adopt.yml", "-e", folder).status == 0
    kept = playbooks.run(EXAMPLES / "keep.yml", "-e", folder)
    assert kept.status == 0, kept.output
    assert kept.changed == []
    refused = playbooks.run(EXAMPLES / "keep.yml", "-e", folder, "-e", "prune=true")
    assert refused.status == 2
    assert "prune: is refused with an empty list" in refused.output
    assert refused.writes == []
