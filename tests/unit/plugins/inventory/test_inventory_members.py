# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a fleet that cannot be read is omitted with a warning; the others are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible.errors import AnsibleParserError
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import Fault, Hooks, Instead
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_ID,
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    LARAVEL_CLOUD_SHOP_ID,
    LARAVEL_CLOUD_STAGING_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Read, Reader
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    no_waiting,
)

SEVALLA = {"draft-d3e4f", "twin-s9t0u", "twin-p7q8r", "blog-a1b2c", "shop-x1y2z"}
STAGING = {"shop.staging-3.App", "shop.staging-3.Workers"}
PRODUCTION = {"shop.production.App", "shop.production.Workers"}
LARAVEL = {"test-app-2.main.App"} | STAGING | PRODUCTION


class Changed(Hooks):
    """Changes the JSON in the service's response to requests for a path."""

    def __init__(self, path: str, change: Any) -> None:
        self.path, self.change = path, change

    def after(self, response: Response) -> Response:
        if request.path.endswith(self.path):
            body = response.get_json(force=True)
            self.change(body)
            response.set_data(json.dumps(body))
        return response


class Member(NamedTuple):
    """A request for one member: the plugin, its options, the path, the hosts that are lost without
    it, and its name in the warning."""

    plugin: str
    options: dict[str, Any]
    path: str
    hosts: set[str]
    name: str


WITH = {"processes": True}
MEMBERS = {
    "sevalla processes": Member(
        "sevalla",
        WITH,
        f"/applications/{SEVALLA_SHOP_ID}/processes",
        {"shop-x1y2z"},
        "Host shop-x1y2z",
    ),
    "laravel environments": Member(
        "laravel_cloud",
        {},
        f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments",
        STAGING | PRODUCTION,
        "Application shop",
    ),
    "laravel instances": Member(
        "laravel_cloud",
        WITH,
        f"/environments/{LARAVEL_CLOUD_STAGING_ID}/instances",
        STAGING,
        "Environment shop.staging-3",
    ),
}
ODD: list[Any] = [[], "ok", {}, {"data": {}}, {"data": [], "total": "many"}, {"data": [7]}]


@pytest.fixture(params=MEMBERS.values(), ids=list(MEMBERS))
def member(request: pytest.FixtureRequest) -> Member:
    """Return each request that is for a single member of a fleet."""
    chosen: Member = request.param
    return chosen


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace sleeping; return the list of seconds."""
    return no_waiting(monkeypatch)


def everybody(plugin: str) -> set[str]:
    """Return the hosts of a fleet without errors."""
    return SEVALLA if plugin == "sevalla" else LARAVEL


def check_left_out(found: Read, member: Member, *said: str) -> None:
    """Check that only the member's hosts are missing, and that one warning gives the reason."""
    assert found.hosts.keys() == everybody(member.plugin) - member.hosts
    (warning,) = found.warnings
    assert warning.startswith(f"{member.name} is omitted from the inventory: GET {member.path}: ")
    for text in said:
        assert text in warning


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 500, 501, 503, 520])
def test_an_application_that_cannot_be_read(read: Reader, member: Member, status: int) -> None:
    read.emulator.hooks = Instead(member.path, status)
    # One more at most, because a long wait has its own warning.
    found = read(member.plugin, api_retries=1, **member.options)
    check_left_out(found, member, f"HTTP {status}")


@pytest.mark.parametrize("body", ODD, ids=json.dumps)
def test_an_application_with_an_unexpected_response(
    read: Reader, member: Member, body: Any
) -> None:
    read.emulator.hooks = Instead(member.path, 200, body)
    check_left_out(read(member.plugin, **member.options), member, "Check api_url")


@pytest.mark.parametrize("kind", ["html_before", "redirect_login_before", "empty_before"])
def test_an_application_with_a_response_of_an_intermediary(
    read: Reader, member: Member, kind: str
) -> None:
    read.emulator.faults.add(Fault(kind, path=f"{member.path}*", times=None))
    check_left_out(read(member.plugin, **member.options), member)


def test_an_application_whose_second_page_cannot_be_read(read: Reader) -> None:
    """Its first page is omitted too: half a member is not a member."""
    cloud = read.emulator.world.laravel_cloud
    for number in range(120):
        cloud.add_instance(cloud.environments[LARAVEL_CLOUD_STAGING_ID], f"More {number}")
    path = f"/environments/{LARAVEL_CLOUD_STAGING_ID}/instances"
    read.emulator.faults.add(Fault("html_before", path=path, times=None, after=1))
    found = read("laravel_cloud", processes=True)
    assert found.hosts.keys() == LARAVEL - STAGING
    assert len(found.warnings) == 1


def test_warnings_name_only_options_of_the_plugins(read: Reader, member: Member) -> None:
    """The modules' own messages name options that an inventory does not have: application and
    instance."""
    read.emulator.hooks = Instead(member.path, 404)
    (warning,) = read(member.plugin, **member.options).warnings
    assert "Check " not in warning
    assert warning.endswith("It does not exist, or the token has no access to it.")


def test_without_processes_an_application_being_deleted_is_kept(read: Reader) -> None:
    """It is in the list, and no other request is sent."""
    read.emulator.hooks = Instead(f"{SEVALLA_SHOP_ID}/processes", 404)
    found = read("sevalla")
    assert found.hosts.keys() == SEVALLA
    assert found.warnings == []


def test_an_instance_whose_processes_cannot_be_read(read: Reader) -> None:
    def drop(body: dict[str, Any]) -> None:
        for item in body["data"]:
            item["relationships"].pop("backgroundProcesses", None)

    class NotIncluded(Changed):
        def before(self) -> Response | None:
            gone = f"/instances/{LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}/background-processes"
            return Instead(gone, 404).before()

    read.emulator.hooks = NotIncluded("/instances", drop)
    found = read("laravel_cloud", processes=True)
    assert found.hosts.keys() == LARAVEL - {"shop.production.Workers"}
    (warning,) = found.warnings
    assert warning.startswith("Host shop.production.Workers is omitted from the inventory: GET ")


# Malformed items of a list


ODD_ITEMS: list[Any] = [None, 7, "shop", [], {}, {"id": 7}, {"id": "../../evil", "attributes": {}}]


@pytest.mark.parametrize("item", ODD_ITEMS, ids=json.dumps)
@pytest.mark.parametrize(
    ("plugin", "options", "path", "name"),
    [
        ("sevalla", {}, "/applications", "An application"),
        ("laravel_cloud", {}, "/applications", "An application"),
        ("laravel_cloud", WITH, "/applications", "An application"),
        (
            "laravel_cloud",
            {},
            f"/applications/{LARAVEL_CLOUD_SHOP_ID}/environments",
            "An environment of Application shop",
        ),
        (
            "laravel_cloud",
            WITH,
            f"/environments/{LARAVEL_CLOUD_PRODUCTION_ID}/instances",
            "An instance of Environment shop.production",
        ),
    ],
)
def test_only_a_malformed_item_is_omitted(
    read: Reader, plugin: str, options: dict[str, Any], path: str, name: str, item: Any
) -> None:
    def add(body: dict[str, Any]) -> None:
        body["data"].insert(1, item)
        counted = body if "total" in body else body["meta"]
        counted["total"] += 1

    read.emulator.hooks = Changed(path, add)
    found = read(plugin, **options)
    assert found.hosts.keys() == everybody(plugin)
    (warning,) = found.warnings
    assert warning.startswith(f"{name} is omitted from the inventory: GET {path}: ")


@pytest.mark.parametrize("plugin", ["sevalla", "laravel_cloud"])
def test_malformed_attributes_do_not_affect_other_hosts(read: Reader, plugin: str) -> None:
    def spoil(body: dict[str, Any]) -> None:
        first = body["data"][0]
        first = first.get("attributes", first)
        for key in first.keys() - {"id"}:
            first[key] = {"odd": [None]}

    read.emulator.hooks = Changed("/applications", spoil)
    found = read(plugin, processes=True)
    assert len(found.hosts) == len(everybody(plugin))
    assert found.warnings == []


# Errors that affect all members


def failure(read: Reader, member: Member, **options: Any) -> str:
    """Return the message of a fleet that cannot be read."""
    with pytest.raises(AnsibleParserError) as raised:
        read(member.plugin, **member.options, **options)
    return str(raised.value)


def test_a_token_that_expires_during_the_run(read: Reader, member: Member) -> None:
    read.emulator.hooks = Instead(member.path, 401)
    assert "HTTP 401" in failure(read, member)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
@pytest.mark.parametrize("plugin", ["sevalla", "laravel_cloud"])
def test_a_list_of_applications_that_is_refused(read: Reader, plugin: str, status: int) -> None:
    read.emulator.hooks = Instead("/applications", status)
    with pytest.raises(AnsibleParserError, match=f"HTTP {status}"):
        read(plugin)


def test_the_rate_limit(read: Reader, member: Member) -> None:
    read.emulator.faults.add(Fault("429_seconds", path=f"{member.path}*", times=None))
    assert "HTTP 429" in failure(read, member)


def test_a_service_that_becomes_unreachable(read: Reader, member: Member) -> None:
    read.emulator.faults.add(Fault("drop_before", path=f"{member.path}*", times=None))
    assert "did not send a usable response" in failure(read, member)


def test_a_spent_time_limit_is_an_error(read: Reader, member: Member) -> None:
    """The others would be read without retries, and more of them would be missing."""
    read.emulator.hooks = Instead(member.path, 503)
    assert "(api_max_wait)" in failure(read, member, api_max_wait=1)


def test_an_inventory_without_any_host_left_is_an_error(read: Reader, member: Member) -> None:
    """An inventory without hosts looks like success."""
    end = "/" + member.path.rsplit("/", 1)[1]
    read.emulator.hooks = Instead(end, 403)
    assert "HTTP 403" in failure(read, member)


def test_an_inventory_whose_applications_are_all_being_deleted(
    read: Reader, member: Member
) -> None:
    end = "/" + member.path.rsplit("/", 1)[1]
    read.emulator.hooks = Instead(end, 404)
    found = read(member.plugin, **member.options)
    assert found.hosts == {}
    assert found.warnings


def test_a_list_of_only_malformed_items(read: Reader) -> None:
    def spoil(body: dict[str, Any]) -> None:
        body["data"] = [{"name": str(number)} for number, _item in enumerate(body["data"])]

    read.emulator.hooks = Changed("/applications", spoil)
    with pytest.raises(AnsibleParserError, match="GET /applications: "):
        read("sevalla")


# The cache


@pytest.mark.parametrize("refresh", [False, True])
def test_an_incomplete_inventory_is_not_cached(
    read: Reader, member: Member, tmp_path: Path, refresh: bool
) -> None:
    """Otherwise its hosts would be missing for as long as the cache lasts, without a warning. Also
    if an older, complete one is cached: a refresh means that it is out of date."""
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
    }
    if refresh:
        assert read(member.plugin, **member.options, **cache).warnings == []
    read.emulator.hooks = Instead(member.path, 404)
    check_left_out(read(member.plugin, refresh=refresh, **member.options, **cache), member)
    check_left_out(read(member.plugin, **member.options, **cache), member)
    read.emulator.hooks = Hooks()
    found = read(member.plugin, **member.options, **cache)
    assert found.hosts.keys() == everybody(member.plugin)
    assert found.warnings == []
    read.asked()
    assert read(member.plugin, **member.options, **cache).hosts == found.hosts
    assert read.asked() == []
