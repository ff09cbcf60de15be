# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service says is never a template, wherever it shows: a name may hold anything."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Reader

EVIL = "{{ 6 * 7 }}"
STATEMENT = "{% for x in [1] %}42{% endfor %}"


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def evil(read: Reader, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """A plugin, a host with a name that would be a template, and the variable that holds it."""
    if request.param == "sevalla":
        name = read.emulator.world.sevalla.add_application(EVIL).fields["name"]
        return "sevalla", name, "sevalla_application_display_name"
    cloud = read.emulator.world.laravel_cloud
    cloud.add_instance(cloud.environments[LARAVEL_CLOUD_MAIN_ID], EVIL)
    return "laravel_cloud", "test-app-2.main.6-7", "laravel_cloud_instance_name"


@pytest.mark.parametrize("cached", [False, True])
def test_a_variable(read: Reader, evil: tuple[str, str, str], cached: bool, tmp_path: Any) -> None:
    """Also when it comes from the cache, which does not know where its texts are from."""
    plugin, host, variable = evil
    options = {}
    if cached:
        kept = {"cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path)}
        options = {"cache": True, **kept}
        read(plugin, **options)
        read.asked()
    found = read(plugin, **options)
    assert bool(read.asked()) is not cached
    assert found.hosts[host][variable] == EVIL
    assert found.template(host, "{{ " + variable + " }}") == EVIL
    assert found.template(host, "{{ " + variable + " ~ '!' }}") == f"{EVIL}!"


def test_a_composed_variable(read: Reader, evil: tuple[str, str, str]) -> None:
    plugin, host, variable = evil
    found = read(plugin, strict=True, compose={"shown": f"{variable} ~ '!'", "own": "6 * 7"})
    assert found.hosts[host]["shown"] == f"{EVIL}!"
    assert found.template(host, "{{ shown }}") == f"{EVIL}!"
    assert str(found.hosts[host]["own"]) == "42"


def test_a_filter_and_a_group(read: Reader, evil: tuple[str, str, str]) -> None:
    plugin, host, variable = evil
    same = f'{variable}[2:-2] == " 6 * 7 "'
    found = read(
        plugin,
        strict=True,
        filters=[{"include": same}, {"exclude": True}],
        groups={"same": same},
        keyed_groups=[{"key": variable, "prefix": "named"}],
    )
    assert found.hosts.keys() == {host}
    assert found.groups["same"] == [host]
    assert sorted(found.groups) == sorted([plugin, "same", "named____6___7___"])


def test_what_is_deep_in_a_process(read: Reader) -> None:
    world = read.emulator.world
    (web,) = world.sevalla.application(SEVALLA_SHOP_ID).processes.values()
    web["entrypoint"] = STATEMENT
    web["liveness_probe"] = {"exec": {"command": ["sh", "-c", EVIL]}}
    found = read("sevalla", processes=True)
    text = "{{ sevalla_processes[0].%s }}"
    assert found.template("shop-x1y2z", text % "entrypoint") == STATEMENT
    assert found.template("shop-x1y2z", text % "liveness_probe.exec.command[2]") == EVIL
