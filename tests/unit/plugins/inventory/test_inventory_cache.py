# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugins' cache: what is read again, and what is cached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.plugins import inventory

from ansible_collections.evenkeel.paas.tests.emulator.world import SECRET_CANARIES
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Reader

PLUGINS = ["sevalla", "laravel_cloud"]


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, Any]:
    """Return the options of a cache in files."""
    return {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
    }


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_cached_inventory_sends_no_requests(
    read: Reader, plugin: str, cache: dict[str, Any], tmp_path: Path
) -> None:
    first = read(plugin, processes=True, **cache)
    assert read.asked()
    second = read(plugin, processes=True, **cache)
    assert read.asked() == []
    assert second.hosts == first.hosts
    assert second.groups == first.groups


@pytest.mark.parametrize("plugin", PLUGINS)
def test_without_the_cache_option_nothing_is_cached(
    read: Reader, plugin: str, tmp_path: Path
) -> None:
    for _time in range(2):
        read(plugin, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(tmp_path / "c"))
        assert read.asked()
    assert not (tmp_path / "c").exists()


def test_a_refresh_reads_the_services_again(read: Reader, cache: dict[str, Any]) -> None:
    read("sevalla", **cache)
    read.emulator.world.sevalla.add_application("Newcomer")
    assert len(read("sevalla", **cache).hosts) == 5
    assert len(read("sevalla", refresh=True, **cache).hosts) == 6
    assert len(read("sevalla", **cache).hosts) == 6


@pytest.mark.parametrize(
    "change",
    [
        {"filters": [{"exclude": True}]},
        {"processes": True},
        {"api_token": "another"},
        {"api_url": "{{ 'http://127.0.0.1:1' }}", "api_retries": 0},
    ],
)
def test_another_configuration_has_its_own_cache(
    read: Reader, cache: dict[str, Any], change: dict[str, Any]
) -> None:
    """Above all another token, which means another company."""
    read("sevalla", **cache)
    read.asked()
    if "api_token" in change or "api_url" in change:
        with pytest.raises(Exception, match=r"HTTP 401|not send a usable response"):
            read("sevalla", **cache, **change)
    else:
        read("sevalla", **cache, **change)
        assert read.asked()


@pytest.mark.parametrize("used", [False, True])
def test_other_extra_vars_have_their_own_cache_if_they_are_used(
    read: Reader, cache: dict[str, Any], used: bool
) -> None:
    """Such as the number of a pipeline's run, which is another one each time."""
    for build in ("1", "2"):
        read.monkeypatch.setattr(inventory, "load_extra_vars", lambda _loader, n=build: {"n": n})
        read("sevalla", use_extra_vars=used, **cache)
        assert bool(read.asked()) == (used or build == "1")


def test_another_token_in_the_environment_has_its_own_cache(
    read: Reader, cache: dict[str, Any]
) -> None:
    read("sevalla", **cache)
    read.monkeypatch.setenv("SEVALLA_API_KEY", "another")
    with pytest.raises(Exception, match="HTTP 401"):
        read("sevalla", **cache)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_cache_files_do_not_contain_secrets(
    read: Reader, plugin: str, cache: dict[str, Any], tmp_path: Path
) -> None:
    """Neither the token, in the text or in a name, nor the user's environment variables."""
    read(plugin, processes=True, api_token=read.emulator.token, **cache)
    files = [path for path in (tmp_path / "cache").iterdir() if path.is_file()]
    assert len(files) == 1
    text = files[0].name + files[0].read_text()
    assert "ansible_connection" not in text  # our own, not part of a response
    for secret in (read.emulator.token, *SECRET_CANARIES, *SECRET_CANARIES.values()):
        assert secret not in text
