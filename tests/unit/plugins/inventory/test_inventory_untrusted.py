# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value of a service is never a template: a name may contain anything."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Reader

EVIL = "{{ 6 * 7 }}"
# A template without braces, on every ansible-core.
HEADER = "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ 6 * 7 ]]"
# The results of from_yaml for the two.
ESCAPED = [r'"\x7b\x7b 6 * 7 \x7d\x7d"', r'"\u007B\U0000007b 6 * 7 }}"', '"#jin\\\nja2:x:1"']
PLAIN = ["Shop", "50%", "#1", "a}}", r"App\Jobs\Unpack", "php artisan queue:work # jinja2", ""]
# ansible-core 2.19 and later mark templates as trusted.
DECLARED = find_spec("ansible._internal") is not None
STATEMENT = "{% for x in [1] %}42{% endfor %}"


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def evil(read: Reader, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Return a plugin, a host whose name is a template, and the variable that contains it."""
    if request.param == "sevalla":
        name = read.emulator.world.sevalla.add_application(EVIL).fields["name"]
        return "sevalla", name, "sevalla_application_display_name"
    cloud = read.emulator.world.laravel_cloud
    cloud.add_instance(cloud.environments[LARAVEL_CLOUD_MAIN_ID], EVIL)
    return "laravel_cloud", "test-app-2.main.6-7", "laravel_cloud_instance_name"


@pytest.mark.parametrize("cached", [False, True])
def test_a_template_in_a_variable_is_not_evaluated(
    read: Reader, evil: tuple[str, str, str], cached: bool, tmp_path: Any
) -> None:
    """Also from the cache, which does not store the origin of its strings."""
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


def test_a_template_in_a_composed_variable_is_not_evaluated(
    read: Reader, evil: tuple[str, str, str]
) -> None:
    plugin, host, variable = evil
    found = read(plugin, strict=True, compose={"shown": f"{variable} ~ '!'", "own": "6 * 7"})
    assert found.hosts[host]["shown"] == f"{EVIL}!"
    assert found.template(host, "{{ shown }}") == f"{EVIL}!"
    assert str(found.hosts[host]["own"]) == "42"


def test_filters_and_groups_with_a_template_in_a_variable(
    read: Reader, evil: tuple[str, str, str]
) -> None:
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


def test_a_template_in_a_nested_value_is_not_evaluated(read: Reader) -> None:
    world = read.emulator.world
    (web,) = world.sevalla.application(SEVALLA_SHOP_ID).processes.values()
    web["entrypoint"] = STATEMENT
    web["liveness_probe"] = {"exec": {"command": ["sh", "-c", EVIL]}}
    found = read("sevalla", processes=True)
    text = "{{ sevalla_processes[0].%s }}"
    assert found.template("shop-x1y2z", text % "entrypoint") == STATEMENT
    assert found.template("shop-x1y2z", text % "liveness_probe.exec.command[2]") == EVIL


def test_a_template_with_its_own_delimiters_is_not_evaluated(read: Reader) -> None:
    name = read.emulator.world.sevalla.add_application(HEADER).fields["name"]
    found = read("sevalla", compose={"shown": "sevalla_application_display_name"})
    for variable in ("sevalla_application_display_name", "shown"):
        assert found.hosts[name][variable] == HEADER
        assert found.template(name, "{{ " + variable + " }}") == HEADER


@pytest.mark.skipif(not DECLARED, reason="before ansible-core 2.19 from_yaml takes off every mark")
@pytest.mark.parametrize("text", ESCAPED)
def test_a_decoded_string_is_not_a_trusted_template(read: Reader, text: str) -> None:
    """from_yaml copies the trust in a string to its result."""
    from ansible.template import is_trusted_as_template

    name = read.emulator.world.sevalla.add_application(text).fields["name"]
    decoded = read("sevalla").template(name, "{{ sevalla_application_display_name | from_yaml }}")
    assert not is_trusted_as_template(decoded)


def shown(found: Any, host: str) -> Any:
    """Return a host's variables as ansible-inventory --list prints them."""
    variables = found.hosts[host]
    if DECLARED:
        from ansible._internal._json._profiles._inventory_legacy import Encoder

        text = json.dumps({"_meta": {"hostvars": {host: variables}}}, cls=Encoder)
    else:
        from ansible.parsing.ajson import AnsibleJSONEncoder

        text = json.dumps(
            {"_meta": {"hostvars": {host: variables}}},
            cls=AnsibleJSONEncoder,
            preprocess_unsafe=True,
        )
    return json.loads(text)["_meta"]["hostvars"][host]


@pytest.mark.parametrize("text", [*PLAIN, EVIL, STATEMENT, "{", HEADER, f"x {HEADER}"])
def test_only_possible_templates_are_exported_as_untrusted(read: Reader, text: str) -> None:
    world = read.emulator.world
    (web,) = world.sevalla.application(SEVALLA_SHOP_ID).processes.values()
    web["entrypoint"] = text
    web["liveness_probe"] = {"exec": {"command": ["sh", text]}}
    found = read("sevalla", processes=True)
    (process,) = shown(found, "shop-x1y2z")["sevalla_processes"]
    wanted = text if text in PLAIN else {"__ansible_unsafe": text}
    assert process["entrypoint"] == wanted
    assert process["liveness_probe"]["exec"]["command"] == ["sh", wanted]
    assert process["display_name"] == "Web process"


@pytest.mark.parametrize("plugin", ["sevalla", "laravel_cloud"])
@pytest.mark.parametrize("cached", [False, True])
def test_an_inventory_without_templates_is_exported_as_plain_text(
    read: Reader, plugin: str, cached: bool, tmp_path: Any
) -> None:
    """With the results of compose, from variables and from strings in the configuration."""
    processes = {"sevalla": "sevalla_processes"}.get(plugin, "laravel_cloud_background_processes")
    options = {
        "processes": True,
        "compose": {
            "names": f"{processes} | map(attribute='id') | list",
            "both": f"{{'first': {plugin}_application_name, 'own': ['text', 1, none]}}",
            "ansible_user": "'deploy'",
        },
        "strict": True,
    }
    if cached:
        kept = {"cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path)}
        options.update(cache=True, **kept)
        read(plugin, **options)
    found = read(plugin, **options)
    for host in found.hosts:
        text = json.dumps(shown(found, host))
        assert "__ansible_unsafe" not in text
        assert "deploy" in text


def test_a_composed_template_is_kept(read: Reader) -> None:
    """Its result is not evaluated again from 2.19 on; before, it was."""
    found = read("sevalla", strict=True, compose={"made": "'{' ~ '{ 6 * 7 }' ~ '}'"})
    text = found.template("shop-x1y2z", "{{ made }}")
    assert str(text) == (EVIL if DECLARED else "42")
