# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugins' options are fully documented, and those of the connection are the modules'
own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleParserError

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.options import connection_spec
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import (
    Reader,
    documented,
    text_of,
)

BACKENDS = {"sevalla": SEVALLA, "laravel_cloud": LARAVEL_CLOUD}
CONNECTION = {
    *("api_token", "api_url", "api_timeout", "api_retries", "api_max_wait"),
    *("validate_certs", "ca_path"),
}
# As documented for the modules, the first one first.
VARIABLES = {
    "sevalla": {
        "api_token": ["SEVALLA_API_KEY", "SEVALLA_API_TOKEN"],
        "api_url": ["SEVALLA_API_URL"],
    },
    "laravel_cloud": {
        "api_token": ["LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN"],
        "api_url": ["LARAVEL_CLOUD_BASE_URL"],
    },
}


def examples(plugin: str) -> list[dict[str, Any]]:
    """Return the documented configurations of a plugin."""
    return list(yaml.safe_load_all(text_of(plugin, "EXAMPLES")))


@pytest.mark.parametrize("plugin", BACKENDS)
def test_the_connection_options_are_the_modules_own(plugin: str) -> None:
    spec = connection_spec(BACKENDS[plugin].service)
    options = documented(plugin)["options"]
    assert spec.keys() == CONNECTION
    for name, about in spec.items():
        said = options[name]
        for key in ("type", "default", "aliases"):
            assert said.get(key) == about.get(key), f"{name}: {key}"
        # Ansible uses the last variable that is set, a module the first one.
        variables = [each["name"] for each in reversed(said.get("env", []))]
        assert variables == VARIABLES[plugin].get(name, []), name
        assert not said.get("required")
        for variable in variables:
            assert f"E({variable})" in " ".join(said["description"])


@pytest.mark.parametrize("plugin", BACKENDS)
@pytest.mark.parametrize("name", ["api_token", "api_url"])
def test_environment_variables_take_precedence_in_order(
    read: Reader, plugin: str, name: str
) -> None:
    """The first one that is not empty, as in the modules; an option takes precedence over all of
    them."""
    variables = VARIABLES[plugin][name]
    right = {"api_token": read.emulator.token, "api_url": f"{read.emulator.url}"}[name]
    if name == "api_url":
        right += {"sevalla": "/sevalla/v3", "laravel_cloud": "/laravel/api"}[plugin]
    wrong = {"api_token": "wrong", "api_url": "http://127.0.0.1:1"}[name]
    for position in range(len(variables)):
        for variable in variables[:position]:
            read.monkeypatch.setenv(variable, "")
        read.monkeypatch.setenv(variables[position], right)
        for variable in variables[position + 1 :]:
            read.monkeypatch.setenv(variable, wrong)
        assert read(plugin).hosts
    for variable in variables:
        read.monkeypatch.setenv(variable, wrong)
    assert read(plugin, **{name: right}).hosts
    assert read(plugin, **{name: "{{ '" + right + "' }}"}).hosts, "a template"


def test_the_alias_of_the_token(read: Reader) -> None:
    read.monkeypatch.delenv("SEVALLA_API_KEY")
    assert read("sevalla", api_key=read.emulator.token).hosts


@pytest.fixture
def settings_of(read: Reader) -> Callable[..., Any]:
    """Return a function that returns the connection settings of a configuration; nothing is
    sent."""
    from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http

    class Taken(Exception):
        """Raised instead of a request to the real service."""

    def connect(_self: Any, _service: Any, settings: Any, *_more: Any) -> None:
        raise Taken(settings)

    def taken(plugin: str, **options: Any) -> Any:
        with pytest.raises(Taken) as raised:
            read(plugin, **options)
        return raised.value.args[0]

    read.monkeypatch.setattr(_http.Client, "__init__", connect)
    return taken


@pytest.mark.parametrize("plugin", BACKENDS)
def test_an_empty_url_in_the_environment_counts_as_not_set(
    read: Reader, plugin: str, settings_of: Callable[..., Any]
) -> None:
    """The service's own URL is used, as in a module."""
    read.monkeypatch.setenv(VARIABLES[plugin]["api_url"][0], "")
    for empty in ("", EMPTY_TEMPLATE, None):
        assert settings_of(plugin, api_url=empty).url == BACKENDS[plugin].service.url


EMPTY_TEMPLATE = "{{ not_set_anywhere | default('') }}"


@pytest.mark.parametrize("plugin", BACKENDS)
@pytest.mark.parametrize("name", sorted(CONNECTION | {"api_key"}))
@pytest.mark.parametrize("empty", ["", EMPTY_TEMPLATE, None])
def test_an_empty_connection_option_counts_as_not_set(
    plugin: str, name: str, empty: str | None, settings_of: Callable[..., Any]
) -> None:
    """Above all validate_certs, whose empty value Ansible would treat as false."""
    assert settings_of(plugin, **{name: empty}) == settings_of(plugin)


def test_connection_options_are_templates(
    read: Reader, settings_of: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").touch()
    read.monkeypatch.setenv("CA_FOLDER", str(tmp_path))
    settings = settings_of(
        "sevalla",
        api_timeout="{{ 5 + 2 }}",
        api_retries="{{ '1' }}",
        api_max_wait="{{ 10 }}",
        validate_certs="{{ 1 == 1 }}",
        ca_path="{{ lookup('env', 'CA_FOLDER') }}/ca.pem",
    )
    assert settings[2:] == (7, 1, 10, str(tmp_path / "ca.pem"))
    assert settings_of("sevalla", validate_certs="{{ 'no' }}").verify is False


@pytest.mark.parametrize("value", ["truee", "{{ 'perhaps' }}"])
def test_an_invalid_boolean_does_not_disable_certificate_checks(read: Reader, value: str) -> None:
    with pytest.raises(AnsibleParserError, match=r"validate_certs: .*is not a valid boolean"):
        read("sevalla", validate_certs=value)


@pytest.mark.parametrize("plugin", BACKENDS)
def test_every_variable_is_documented(read: Reader, plugin: str) -> None:
    about = documented(plugin)
    text = " ".join([*about["notes"], str(about["options"]["processes"]["description"])])
    for host in read(plugin, processes=True).hosts.values():
        for name in host.keys() - {"ansible_connection", "ansible_python_interpreter"}:
            assert f"C({name})" in text


@pytest.mark.parametrize("plugin", BACKENDS)
def test_every_example_works(read: Reader, plugin: str, tmp_path: Any) -> None:
    shown = examples(plugin)
    assert len(shown) >= 3
    for example in shown:
        assert example.pop("plugin") == f"evenkeel.paas.{plugin}"
        assert not example.keys() & {"api_token", "api_key"}, "a token does not belong there"
        if "cache_connection" in example:
            example["cache_connection"] = str(tmp_path / "cache")
        found = read(plugin, **{**example, "strict": True})
        assert found.hosts
        assert found.warnings == []
