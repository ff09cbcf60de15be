# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of fault as a plain client sees it, and how faults are added."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Fault, Hooks
from ansible_collections.evenkeel.paas.tests.emulator.faults import (
    KINDS,
    LIMITS,
    WAIT,
    WRONG,
    UnknownFaultError,
    table,
)
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    LARAVEL_CLOUD_MAIN_ID,
    SEVALLA_SHOP_ID,
    SEVALLA_SIZE_IDS,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import Client

CHECKOUT = Path(__file__).resolve().parents[3]
README = CHECKOUT / "tests" / "emulator" / "README.md"
NO_ANSWER = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


class Service:
    """A plain client of one service, and its processes in the emulator's data."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.emulator = emulator
        self.is_sevalla = name == "sevalla"
        if self.is_sevalla:
            self.client = Client(emulator.sevalla_url, emulator.token, "application/json")
            self.list = self.items = f"/applications/{SEVALLA_SHOP_ID}/processes"
            self.body: dict[str, Any] = {
                "type": "worker",
                "display_name": "queue",
                "entrypoint": "a",
                "resource_type_id": SEVALLA_SIZE_IDS["s1"],
                "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
            }
            self.change: dict[str, Any] = {"entrypoint": "b"}
        else:
            self.client = Client(
                emulator.laravel_cloud_url, emulator.token, "application/vnd.api+json"
            )
            self.list = f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}/background-processes"
            self.items = "/background-processes"
            self.body = {"type": "custom", "processes": 1, "command": "a-command"}
            self.change = {"processes": 3}

    def fault(self, kind: str, method: str = "POST", **settings: Any) -> None:
        self.emulator.faults.add(Fault(kind, method=method, **settings))

    def post(self) -> requests.Response:
        return self.client.post(self.list, self.body)

    def made(self) -> str:
        """Create a process and return its path."""
        answer = self.post().json()
        return f"{self.items}/{(answer if self.is_sevalla else answer['data'])['id']}"

    def stored(self) -> list[dict[str, Any]]:
        """Return the stored processes, with the fields of the bodies."""
        world = self.emulator.world
        with world.lock:
            found = (
                [
                    process
                    for process in world.sevalla.applications[SEVALLA_SHOP_ID].processes.values()
                    if process["type"] != "web"
                ]
                if self.is_sevalla
                else [process.attributes for process in world.laravel_cloud.processes.values()]
            )
            return [{key: process[key] for key in self.body} for process in found]


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def service(request: Any, emulator: Emulator) -> Any:
    service = Service(emulator, request.param)
    yield service
    emulator.faults.clear()
    service.client.session.close()


@pytest.mark.parametrize(("kind", "count"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection(service: Service, kind: str, count: int) -> None:
    service.fault(kind)
    with pytest.raises(NO_ANSWER):
        service.post()
    assert len(service.stored()) == count
    assert service.emulator.requests[-1]["status"] is None
    assert service.post().ok
    assert len(service.stored()) == count + 1


@pytest.mark.parametrize("kind", ["cut_after", "cut_chunked_after"])
def test_a_truncated_response(service: Service, kind: str) -> None:
    service.fault(kind)
    with pytest.raises(NO_ANSWER):
        service.post()
    assert len(service.stored()) == 1
    path = service.made()
    service.fault(kind, "DELETE")
    with pytest.raises(NO_ANSWER):
        service.client.delete(path)


@pytest.mark.parametrize("kind", LIMITS)
def test_a_rate_limit(service: Service, kind: str) -> None:
    service.fault(kind)
    answer = service.post()
    assert answer.status_code == 429
    sent_headers = {name: answer.headers.get(name) for name in ("x-ratelimit-reset", "Retry-After")}
    date = sent_headers["Retry-After"] if kind == "429_date" else None
    if date:
        left = parsedate_to_datetime(date).timestamp() - time.time()
        assert WAIT - 2 < left <= WAIT
    assert (
        sent_headers
        == {
            "429_reset": {"x-ratelimit-reset": str(WAIT), "Retry-After": None},
            "429_seconds": {"x-ratelimit-reset": None, "Retry-After": str(WAIT)},
            "429_date": {"x-ratelimit-reset": None, "Retry-After": date},
            "429_bare": {"x-ratelimit-reset": None, "Retry-After": None},
        }[kind]
    )
    assert service.stored() == []


def test_only_laravel_cloud_is_busy(service: Service) -> None:
    service.fault("422_busy")
    answer = service.post()
    if service.is_sevalla:
        assert answer.ok
        assert len(service.stored()) == 1
    else:
        assert answer.status_code == 422
        assert answer.json() == {"message": "An update operation is already in progress"}
        assert service.stored() == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", WRONG)
def test_a_response_of_an_intermediary(service: Service, name: str, moment: str) -> None:
    service.fault(f"{name}_{moment}")
    answer = service.post()
    assert len(service.stored()) == (1 if moment == "after" else 0)
    redirect = name.startswith("redirect")
    number = name.partition("_")[0]
    assert answer.status_code == (int(number) if number.isdecimal() else 302 if redirect else 200)
    if redirect:
        assert (
            answer.headers["Location"]
            == {
                "redirect_root": "/",
                "redirect_host": "https://example.net/elsewhere",
                "redirect_login": "/login?next=%2F",
            }[name]
        )
    bodies = {"empty": "", "json_list": "[]", "json_string": '"ok"', "json_null": "null"}
    if name in bodies:
        assert answer.text == bodies[name]
        assert answer.headers["Content-Type"] == "application/json"
    else:
        assert "<html>" in answer.text
        assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("kind", ["slow_before", "slow_after", "slow_late"])
def test_a_slow_response(service: Service, kind: str) -> None:
    service.fault(kind, seconds=0.3)
    with pytest.raises(requests.exceptions.ReadTimeout):
        service.client.session.post(
            service.client.url + service.list, json=service.body, timeout=0.1
        )
    assert len(service.stored()) == (1 if kind == "slow_after" else 0)
    time.sleep(0.4)
    assert len(service.stored()) == (0 if kind == "slow_before" else 1)


def test_a_slow_response_that_is_cleared_never_arrives(service: Service) -> None:
    service.fault("slow_late", seconds=0.2)
    with pytest.raises(requests.exceptions.ReadTimeout):
        service.client.session.post(
            service.client.url + service.list, json=service.body, timeout=0.1
        )
    service.emulator.faults.clear()
    time.sleep(0.2)
    assert service.stored() == []


def test_a_page_that_repeats_the_previous_page(service: Service) -> None:
    for _number in range(101):
        service.post()
    service.fault("page_repeated", "GET", after=1)
    pages = [
        service.client.get(service.list, params={"limit": 100, "offset": 100 * page - 100})
        if service.is_sevalla
        else service.client.get(service.list, params={"page": page})
        for page in (1, 2)
    ]
    first, second = (page.json()["data"] for page in pages)
    assert len(first) == 100
    assert second == first


@pytest.mark.parametrize(("kind", "by"), [("total_high", 1), ("total_low", -1)])
def test_a_wrong_total(service: Service, kind: str, by: int) -> None:
    service.made()
    honest = service.client.get(service.list).json()
    service.fault(kind, "GET")
    lying = service.client.get(service.list).json()
    assert lying["data"] == honest["data"]
    if service.is_sevalla:
        assert lying["total"] == honest["total"] + by
    else:
        for key in ("total", "last_page"):
            assert lying["meta"][key] == honest["meta"][key] + by


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_object_that_is_deleted_concurrently(service: Service, method: str) -> None:
    path = service.made()
    service.fault("vanish", method)
    body = service.change if method == "PATCH" else None
    assert service.client(method, path, json=body).status_code == 404
    assert service.stored() == []


@pytest.mark.parametrize("values", [{}, {"display_name": "theirs"}])
def test_an_object_that_someone_else_changes(service: Service, values: dict[str, Any]) -> None:
    values = values if service.is_sevalla else {"command": "theirs"} if values else {}
    path = service.made()
    service.fault("change", "PATCH", values=values)
    body = {"port": 1} if service.is_sevalla else {"command": "a-command"}
    assert service.client.patch(path, body).ok
    theirs = {"entrypoint": "somebody else's"} if service.is_sevalla else {"processes": 9}
    mine = {} if service.is_sevalla else {"command": "a-command"}
    assert service.stored() == [{**service.body, **(values or theirs), **mine}]


@pytest.mark.parametrize("kind", ["create_same", "create_other"])
def test_an_object_that_someone_else_creates_too(service: Service, kind: str) -> None:
    service.fault(kind)
    assert service.post().ok
    other = {"entrypoint": "somebody else's"} if service.is_sevalla else {"processes": 9}
    theirs = {**service.body, **(other if kind == "create_other" else {})}
    assert service.stored() == [theirs, service.body]


def test_values_of_someone_else(service: Service) -> None:
    values = {"entrypoint": "theirs"} if service.is_sevalla else {"processes": 5}
    service.fault("create_other", values=values)
    service.fault("drop_before")
    with pytest.raises(NO_ANSWER):
        service.post()
    assert service.stored() == [{**service.body, **values}]


def test_a_deployment_of_someone_else(service: Service) -> None:
    target = SEVALLA_SHOP_ID if service.is_sevalla else LARAVEL_CLOUD_MAIN_ID
    parent = "applications" if service.is_sevalla else "environments"
    path = f"/{parent}/{target}/deployments"
    service.fault("deploy", path=path, values={"status": "theirs"})
    body = {} if service.is_sevalla else None
    mine = service.client.post(path, body).json()
    listed = [
        (item["id"], (item if service.is_sevalla else item["attributes"])["status"])
        for item in service.client.get(path).json()["data"]
    ]
    mine = mine if service.is_sevalla else mine["data"]
    assert [status for _id, status in listed][1:] == ["theirs"]
    assert listed[0][0] == mine["id"] != listed[1][0]


def test_a_finished_deployment_of_someone_else(service: Service) -> None:
    target = SEVALLA_SHOP_ID if service.is_sevalla else LARAVEL_CLOUD_MAIN_ID
    parent = "applications" if service.is_sevalla else "environments"
    path = f"/{parent}/{target}/deployments"
    field = "commit_message"
    service.fault("deploy_done", "GET", path=path, values={field: "theirs"})
    (item,) = service.client.get(path).json()["data"]
    theirs = item if service.is_sevalla else item["attributes"]
    assert theirs[field] == "theirs"
    assert theirs["status"] in ("success", "deployment.succeeded")
    assert theirs["started_at"] == theirs["finished_at"]


def test_a_deployment_that_someone_else_changes_and_removes(service: Service) -> None:
    target = SEVALLA_SHOP_ID if service.is_sevalla else LARAVEL_CLOUD_MAIN_ID
    started = service.emulator.world.deploy(target, {})
    path = f"/applications/{target}/deployments" if service.is_sevalla else "/deployments"
    path += f"/{started['id']}"
    service.fault("change", "GET", values={"status": "theirs"})
    service.fault("vanish", "GET", after=1)
    seen = service.client.get(path).json()
    assert (seen if service.is_sevalla else seen["data"]["attributes"])["status"] == "theirs"
    assert service.client.get(path).status_code == 404


def test_a_write_that_is_not_stored(service: Service) -> None:
    service.fault("not_stored")
    assert service.post().ok
    assert service.stored() == []
    path = service.made()
    service.fault("not_stored", "*", path=f"{service.items}/*", times=2)
    (field,) = service.change
    answer = service.client.patch(path, service.change).json()
    shown = answer if service.is_sevalla else answer["data"]["attributes"]
    assert shown[field] == service.change[field]
    assert service.client.delete(path).ok
    assert service.stored() == [service.body]


def test_a_patch_that_is_not_stored_and_shows_it(service: Service) -> None:
    path = service.made()
    before = service.client.get(path).json()
    service.fault("not_stored_shown", "PATCH")
    assert service.client.patch(path, service.change).json() == before
    assert service.stored() == [service.body]


class Overlap(Hooks):
    """Holds the response to a PATCH of the path ``first`` until the service has handled another
    PATCH, and the response to that one until ``first_is_answered``."""

    def __init__(self, first: str) -> None:
        self.first = first
        self.first_is_handled, self.second_is_handled = threading.Event(), threading.Event()
        self.first_is_answered = threading.Event()

    def after(self, response: Response) -> Response:
        if request.path.endswith(self.first):
            self.first_is_handled.set()
            assert self.second_is_handled.wait(10)
        elif request.method == "PATCH":
            self.second_is_handled.set()
            assert self.first_is_answered.wait(10)
        return response


def overlapping_patches(service: Service, first: str, second: str) -> None:
    """Send two PATCHes, of which the service handles the second before it answers the first."""
    hooks = service.emulator.hooks = Overlap(first)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(service.client.patch, first, service.change)
        assert hooks.first_is_handled.wait(10)
        other = pool.submit(service.client.patch, second, service.change)
        assert answer.result().ok
        hooks.first_is_answered.set()
        assert other.result().ok


@pytest.mark.parametrize("kind", ["not_stored", "not_stored_shown"])
def test_overlapping_writes_are_each_not_stored(service: Service, kind: str) -> None:
    first, second = service.made(), service.made()
    service.fault(kind, "PATCH", path=f"{service.items}/*", times=None)
    overlapping_patches(service, first, second)
    assert service.stored() == [service.body, service.body]


def test_a_write_that_overlaps_one_that_is_not_stored(service: Service) -> None:
    first, second = service.made(), service.made()
    service.fault("not_stored", "PATCH", path=first)
    overlapping_patches(service, first, second)
    assert service.stored() == [service.body, {**service.body, **service.change}]


def test_a_creation_that_is_not_stored_is_shown_as_stored(service: Service) -> None:
    """There is no earlier object, so the response is the one to a creation."""
    service.fault("not_stored_shown")
    answer = service.post()
    assert answer.ok
    made = answer.json() if service.is_sevalla else answer.json()["data"]["attributes"]
    assert {key: made[key] for key in service.body} == service.body
    assert service.stored() == []


@pytest.mark.parametrize("kind", ["vanish", "change", "create_same", "create_other"])
def test_a_change_by_someone_else_needs_an_existing_object(service: Service, kind: str) -> None:
    """A list and an unknown object are handled as if there were no fault."""
    service.made()
    before = service.stored()
    for path in (service.list, f"{service.items}/{LARAVEL_CLOUD_MAIN_APP_ID}"):
        honest = service.client.get(path)
        service.fault(kind, "GET")
        assert service.client.get(path).status_code == honest.status_code
    assert service.stored() == before


def test_numbers_as_text(service: Service) -> None:
    service.made()
    honest = service.client.get(service.list).json()
    service.fault("numbers_as_text", "GET", times=None)
    answer = service.client.get(service.list).json()
    assert answer.get("total") == honest.get("total")
    assert answer.get("meta") == honest.get("meta")
    mine = answer["data"][-1]
    if service.is_sevalla:
        assert mine["scaling_strategy"]["config"] == {"instanceCount": "1"}
        assert mine["is_ingress_enabled"] is False
    else:
        assert mine["attributes"]["processes"] == "1"


def test_unknown_keys(service: Service) -> None:
    service.fault("unknown_keys", "POST")
    answer = service.post().json()
    assert "x_unknown" in answer
    inner = answer["scaling_strategy"]["config"] if service.is_sevalla else answer["data"]
    assert inner["x_unknown"] == {"deep": [1]}


def test_a_missing_key(service: Service) -> None:
    service.fault("missing_key")
    answer = service.post().json()
    objects = [answer] if service.is_sevalla else [answer["data"], answer["data"]["attributes"]]
    assert all("type" not in item for item in objects)
    service.made()
    service.fault("missing_key", "GET", key="data")
    assert "data" not in service.client.get(service.list).json()


# When a fault acts


def test_times_and_after_are_respected(service: Service) -> None:
    service.fault("503_before", path=service.list, times=2, after=1)
    codes = [service.post().status_code for _time in range(4)]
    assert [code == 503 for code in codes] == [False, True, True, False]


def test_method_and_path_are_respected(service: Service) -> None:
    service.fault("503_before", "DELETE", times=None)
    service.fault("503_before", path="/elsewhere/*", times=None)
    path = service.made()
    for _time in range(3):
        assert service.client.delete(path).status_code == 503
    assert service.client.get(path).status_code == 200


def test_a_reset_removes_all_faults(service: Service) -> None:
    service.fault("503_before", "*", times=None)
    assert service.post().status_code == 503
    service.emulator.reset()
    assert service.post().ok


def test_faults_can_be_added_by_the_control_routes(service: Service) -> None:
    url = f"{service.emulator.url}/_emulator"
    given = {"kind": "502_before", "method": "POST", "path": "*", "times": None}
    session = service.client.session
    (fault,) = session.post(f"{url}/faults", json=given, timeout=10).json()["faults"]
    assert {key: fault[key] for key in given} == given
    assert session.get(f"{url}/faults", timeout=10).json() == {"faults": [fault]}
    assert service.post().status_code == 502
    assert session.delete(f"{url}/faults", timeout=10).json() == {"faults": []}
    assert service.post().ok
    session.post(f"{url}/faults", json=given, timeout=10)
    session.post(f"{url}/reset", timeout=10)
    assert service.post().ok


WRONG_FAULTS: list[Any] = [
    {},
    {"kind": "nothing"},
    {"kind": "502_before", "colour": "red"},
    {"kind": "502_before", "times": "two"},
    {"kind": "502_before", "times": -1},
    {"kind": "502_before", "after": None},
    {"kind": "502_before", "method": 1},
    {"kind": "slow_after", "seconds": "long"},
    {"kind": "change", "values": [1]},
    ["502_before"],
]


@pytest.mark.parametrize("given", WRONG_FAULTS)
def test_an_unknown_fault_is_refused(emulator: Emulator, given: Any) -> None:
    answer = requests.post(f"{emulator.url}/_emulator/faults", json=given, timeout=10)
    assert answer.status_code == 400
    assert emulator.faults.as_list() == []
    with pytest.raises(UnknownFaultError):
        Fault.of(given)


def test_faults_can_be_added_on_the_command_line() -> None:
    assert Fault.parse("drop_after") == Fault("drop_after")
    text = "503_before,method=POST,path=*/processes,times=null,after=2,seconds=0.5,key=id"
    assert Fault.parse(text) == Fault(
        "503_before", "POST", "*/processes", times=None, after=2, seconds=0.5, key="id"
    )
    for wrong in ("", "nothing", "503_before,times", "503_before,times=x", "503_before,a=1"):
        with pytest.raises(UnknownFaultError):
            Fault.parse(wrong)
    command = [sys.executable, "-m", "tests.emulator", "--fault", "nothing"]
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Unknown kind 'nothing'" in ended.stderr


def test_the_readme_lists_the_kinds_of_faults() -> None:
    assert table() in README.read_text(encoding="utf-8")


def test_every_kind_of_fault_has_a_test_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    tabled = {*LIMITS, *(f"{name}_{moment}" for name in WRONG for moment in ("before", "after"))}
    for kind in KINDS:
        assert kind.name in tabled or f'"{kind.name}"' in text, kind.name
