# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator itself: its startup, log, switches, control routes and hooks."""

from __future__ import annotations

import ast
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Hooks
from ansible_collections.evenkeel.paas.tests.emulator.switches import SWITCHES, table
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.emulator.conftest import LaravelCloud, Sevalla
from ansible_collections.evenkeel.paas.tests.unit.emulator.test_emulator_sevalla import (
    DEPLOYMENTS,
    PROCESSES,
    WEB,
    WORKER,
    deploy,
    made,
)

CHECKOUT = Path(__file__).resolve().parents[3]
README = CHECKOUT / "tests" / "emulator" / "README.md"


class Control:
    """The routes that need no token."""

    def __init__(self, emulator: Emulator) -> None:
        self.url = f"{emulator.url}/_emulator"
        self.session = requests.Session()
        self.session.trust_env = False

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        response = self.session.request(method, self.url + path, json=body, timeout=10)
        assert response.status_code == status, response.text
        return response.json()


@pytest.fixture
def control(emulator: Emulator) -> Any:
    client = Control(emulator)
    yield client
    client.session.close()


# Starting


class Command:
    """``python -m tests.emulator`` in its own process, as from a checkout."""

    def __init__(self, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator", *arguments],
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def settings(self) -> dict[str, str]:
        """Return its output up to the last setting."""
        assert self.process.stdout is not None
        settings: dict[str, str] = {}
        for line in self.process.stdout:
            if line.startswith("#"):
                continue
            name, _separator, value = line.rstrip("\n").partition("=")
            settings[name] = value
            if name == "EMULATOR_URL":
                break
        return settings

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, output + errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_emulator_starts_with_one_command_and_stops_cleanly(number: int) -> None:
    more = ("--applications", "7")
    command = Command("--token", "svl_test", "--switch", "sevalla_process_key=random", *more)
    settings = command.settings()
    url = settings["EMULATOR_URL"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert settings == {
        "SEVALLA_API_URL": f"{url}/sevalla/v3",
        "SEVALLA_API_KEY": "svl_test",
        "LARAVEL_CLOUD_BASE_URL": f"{url}/laravel/api",
        "LARAVEL_CLOUD_API_TOKEN": "svl_test",
        "EMULATOR_TOKEN": "svl_test",
        "EMULATOR_URL": url,
    }
    headers = {"Authorization": "Bearer svl_test", "Accept": "application/json"}
    for base in (settings["SEVALLA_API_URL"], settings["LARAVEL_CLOUD_BASE_URL"]):
        assert requests.get(f"{base}/applications", headers=headers, timeout=10).ok
    switches = requests.get(f"{url}/_emulator/switches", timeout=10).json()
    assert switches["sevalla_process_key"] == "random"
    world = requests.get(f"{url}/_emulator/world", timeout=10).json()
    assert len(world["sevalla"]["applications"]) == 5 + 7
    assert command.end(number) == (0, "")


@pytest.mark.parametrize("switch", ["sevalla_process_key", "nothing=on", "sevalla_process_key=odd"])
def test_an_unknown_switch_is_refused_at_startup(switch: str) -> None:
    command = Command("--switch", switch)
    assert command.process.wait(timeout=10) == 2
    _output, errors = command.process.communicate()
    assert "--switch" in errors


def test_tokens_are_random_and_have_the_format_of_sevalla() -> None:
    with Emulator() as one, Emulator() as other:
        assert one.token != other.token
        assert re.fullmatch(r"svl_[0-9a-f]{64}", one.token)


def test_connections_are_kept_and_every_response_has_a_content_length(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    connection.connect()
    first = connection.sock
    headers = {"Authorization": f"Bearer {emulator.token}", "Accept": "application/json"}
    sent = {**headers, "Content-Type": "application/json"}
    instance = f"/laravel/api/instances/{LARAVEL_CLOUD_MAIN_APP_ID}"
    for method, path, body, status in (
        ("GET", "/sevalla/v3/applications", None, 200),
        ("PATCH", f"/sevalla/v3{WEB}", '{"port": 0}', 400),
        ("POST", "/laravel/api/nothing", '{"unread": "body"}', 302),
        ("GET", "/laravel/api/nothing/at/all", None, 302),
        ("POST", "/_emulator/deployments/tick", '{"unread": "body"}', 200),
        ("DELETE", instance, None, 204),
        ("GET", instance, None, 404),
    ):
        connection.request(method, path, body, sent if body else headers)
        response = connection.getresponse()
        content = response.read()
        assert response.status == status
        assert response.version == 11
        length = response.headers["Content-Length"]
        assert length == (None if status == 204 else str(len(content)))
        assert connection.sock is first
    connection.close()


# The log


def test_the_request_log(
    emulator: Emulator, sevalla: Sevalla, cloud: LaravelCloud, control: Any
) -> None:
    sevalla.patch(WEB, {"port": 0})
    cloud.get("/applications?filter[slug]=shop&include=environments")
    cloud("POST", "/environments/env-nothing/deployments")
    expected = [
        {
            "service": "sevalla",
            "method": "PATCH",
            "path": WEB,
            "status": 400,
            "body": {"port": 0},
            "content_type": "application/json",
            "accept": "application/json",
        },
        {
            "service": "laravel_cloud",
            "method": "GET",
            "path": "/applications?filter%5Bslug%5D=shop&include=environments",  # as sent
            "status": 200,
            "body": None,
            "content_type": None,
            "accept": "application/vnd.api+json, application/json",
        },
        {
            "service": "laravel_cloud",
            "method": "POST",
            "path": "/environments/env-nothing/deployments",
            "status": 404,
            "body": None,
            "content_type": None,
            "accept": "application/vnd.api+json, application/json",
        },
    ]
    assert emulator.requests == expected
    # It does not contain the emulator's own routes.
    assert control("GET", "/requests") == {"requests": expected}
    assert control("DELETE", "/requests") == {"requests": []}
    assert emulator.requests == []


def test_the_request_log_never_contains_the_token(
    emulator: Emulator, sevalla: Sevalla, control: Any
) -> None:
    sevalla.get("/applications")
    assert emulator.token not in str(emulator.requests)
    assert emulator.token not in str(control("GET", "/world"))


# Switches


def test_every_value_of_every_switch_is_tested() -> None:
    """By the names of the test functions and the literals in their files."""
    for service in ("sevalla", "laravel_cloud"):
        file = Path(__file__).with_name(f"test_emulator_{service}_switches.py")
        tree = ast.parse(file.read_text())
        functions = {
            node.name: {
                str(item.value) for item in ast.walk(node) if isinstance(item, ast.Constant)
            }
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        }
        for switch in SWITCHES:
            name = switch.name.removeprefix(f"{service}_")
            if name != switch.name:
                assert set(switch.values) <= functions[f"test_{name}"], switch.name


def test_switches_have_a_default_a_question_and_a_reason() -> None:
    assert len({switch.name for switch in SWITCHES}) == len(SWITCHES)
    for switch in SWITCHES:
        assert switch.name.startswith(("sevalla_", "laravel_cloud_"))
        assert len(set(switch.values)) == len(switch.values) >= 2
        assert switch.question
        assert switch.why


def test_the_readme_lists_the_switches() -> None:
    assert table() in README.read_text(encoding="utf-8")


def test_switches_can_be_set_at_run_time(sevalla: Sevalla, control: Any) -> None:
    defaults = control("GET", "/switches")
    assert defaults == {switch.name: switch.default for switch in SWITCHES}
    process = made(sevalla, WORKER)
    set_now = control("PATCH", "/switches", {"sevalla_semantic_error": 409})
    assert set_now == {**defaults, "sevalla_semantic_error": "409"}
    assert sevalla.delete(WEB).status_code == 409
    assert sevalla.get(f"{PROCESSES}/{process['id']}").status_code == 200


@pytest.mark.parametrize(("given", "value"), [(True, "on"), (False, "off"), ("on", "on")])
def test_yaml_booleans_for_a_switch(control: Any, given: Any, value: str) -> None:
    assert (
        control("PATCH", "/switches", {"sevalla_retry_after": given})["sevalla_retry_after"]
        == value
    )


@pytest.mark.parametrize(
    "switches",
    [
        {"nothing": "on"},
        {"sevalla_process_key": "odd"},
        {"sevalla_process_key": "random", "sevalla_second_delete": 500},
    ],
)
def test_unknown_switches_are_refused(
    emulator: Emulator, control: Any, switches: dict[str, Any]
) -> None:
    control("PATCH", "/switches", switches, status=400)
    control("POST", "/reset", {"switches": switches}, status=400)
    with pytest.raises(ValueError, match=r"There is no switch|cannot be"):
        emulator.reset(switches)
    assert control("GET", "/switches")["sevalla_process_key"] == "slug"


# The other control routes


def test_a_reset_restores_data_and_switches(
    emulator: Emulator, sevalla: Sevalla, control: Any
) -> None:
    before = [item["id"] for item in emulator.world.snapshot()["sevalla"]["applications"]]
    made(sevalla, WORKER)
    answer = control("POST", "/reset", {"switches": {"sevalla_process_key": "random"}})
    assert answer["sevalla_process_key"] == "random"
    assert emulator.requests == []
    world = control("GET", "/world")
    assert [item["id"] for item in world["sevalla"]["applications"]] == before
    assert all(len(item["processes"]) == 1 for item in world["sevalla"]["applications"])
    assert control("POST", "/reset")["sevalla_process_key"] == "slug"


def test_the_world_route_returns_all_data(
    sevalla: Sevalla, cloud: LaravelCloud, control: Any
) -> None:
    process = made(sevalla, WORKER)
    sevalla.delete(f"{PROCESSES}/{process['id']}")
    path = f"/instances/{LARAVEL_CLOUD_MAIN_APP_ID}/background-processes"
    custom = {"type": "custom", "processes": 1, "command": "php artisan horizon"}
    created = cloud.post(path, custom).json()["data"]
    world = control("GET", "/world")
    (shop, *_others) = world["sevalla"]["applications"]
    assert shop["id"] == SEVALLA_SHOP_ID
    assert shop["processes"][1] == process
    assert shop["deleted"] == [process["id"]]
    (updated, *_others) = world["laravel_cloud"]["applications"]
    (instance,) = updated["environments"][0]["instances"]
    assert instance["background_processes"][0]["id"] == created["id"]
    assert instance["background_processes"][0]["command"] == "php artisan horizon"


def test_deployments_can_be_advanced_by_a_control_route(sevalla: Sevalla, control: Any) -> None:
    def status() -> str:
        return control("GET", "/world")["sevalla"]["applications"][0]["deployments"][0]["status"]

    sevalla.post(DEPLOYMENTS, {})
    assert status() == "waiting"
    control("POST", "/deployments/tick")
    assert status() == "inProgress"
    control("POST", "/deployments/finish")
    assert status() == "success"


def test_someone_else_can_deploy(sevalla: Sevalla, cloud: LaravelCloud, control: Any) -> None:
    pushed = {"type": "automatic", "trigger": "AUTO_DEPLOY_ON_PUSH"}
    started = control("POST", "/deployments", {"of": SEVALLA_SHOP_ID, "values": pushed}, 201)
    (listed,) = sevalla.get(DEPLOYMENTS).json()["data"]
    assert listed == started
    assert pushed.items() <= listed.items()
    environment = "env-a15fd671-0b6a-401a-84bf-14105ce69023"
    started = control("POST", "/deployments", {"of": environment}, 201)
    (listed,) = cloud.get(f"/environments/{environment}/deployments").json()["data"]
    assert listed["id"] == started["id"]
    control("POST", "/deployments", {"of": "nobody"}, 400)


def test_all_deployments_can_be_finished(
    emulator: Emulator, sevalla: Sevalla, cloud: LaravelCloud, control: Any
) -> None:
    for _time in range(2):
        sevalla.post(DEPLOYMENTS, {})
        cloud.post("/environments/env-a15fd671-0b6a-401a-84bf-14105ce69023/deployments")
    control("POST", "/deployments/finish")
    world = emulator.world.snapshot()
    shop = world["sevalla"]["applications"][0]["deployments"]
    main = world["laravel_cloud"]["applications"][0]["environments"][0]["deployments"]
    assert [item["status"] for item in shop] == ["success", "success"]
    assert [item["status"] for item in main] == ["deployment.succeeded"] * 2


def test_an_application_can_be_added_on_sevalla(sevalla: Sevalla, control: Any) -> None:
    made_now = control("POST", "/applications", {"service": "sevalla", "name": "My Shop"}, 201)
    assert made_now["display_name"] == "My Shop"
    assert re.fullmatch(r"my-shop-[a-z0-9]{5}", made_now["name"])
    listed = sevalla.get(f"/applications/{made_now['id']}/processes").json()["data"]
    assert [process["id"] for process in listed] == [made_now["web_process_id"]]
    wanted = {"service": "sevalla", "name": "New", "deployed": False, "web": False}
    bare = control("POST", "/applications", wanted, 201)
    assert bare["web_process_id"] is None
    assert sevalla.get(f"/applications/{bare['id']}").json()["status"] is None
    web = {**WORKER, "type": "web"}
    created = sevalla.post(f"/applications/{bare['id']}/processes", web).json()
    assert created["is_ingress_enabled"] is True


def test_an_application_can_be_added_on_laravel_cloud(cloud: LaravelCloud, control: Any) -> None:
    wanted = {
        "service": "laravel_cloud",
        "name": "My Shop",
        "environments": ["production", "staging"],
        "instances": [{"name": "Workers"}, {"name": "Queue", "type": "managed_queue"}],
    }
    made_now = control("POST", "/applications", wanted, 201)
    assert (made_now["name"], made_now["slug"]) == ("My Shop", "my-shop")
    assert [item["name"] for item in made_now["environments"]] == ["production", "staging"]
    for environment in made_now["environments"]:
        listed = cloud.get(f"/environments/{environment['id']}/instances").json()["data"]
        assert [item["id"] for item in listed] == [item["id"] for item in environment["instances"]]
        kinds = {item["attributes"]["name"]: item["attributes"]["type"] for item in listed}
        assert kinds == {"App": "app", "Workers": "service", "Queue": "managed_queue"}
    simple = control("POST", "/applications", {"service": "laravel_cloud", "name": "X"}, 201)
    assert [item["name"] for item in simple["environments"]] == ["main"]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        [],
        {"service": "heroku", "name": "x"},
        {"service": "sevalla"},
        {"service": "sevalla", "name": "x", "slug": "x"},
    ],
)
def test_invalid_control_requests_are_refused(control: Any, wanted: Any) -> None:
    assert "message" in control("POST", "/applications", wanted, status=400)


# Hooks


class Unavailable(Hooks):
    """Responds instead of the service."""

    def before(self) -> Response | None:
        return Response("<h1>502</h1>", 502) if request.method == "POST" else None


class DroppedBefore(Hooks):
    """Drops the connection before the service sees the request."""

    def before(self) -> Response | None:
        raise ConnectionResetError


class DroppedAfter(Hooks):
    """Drops the connection after the service has stored, when half a response is sent."""

    def after(self, response: Response) -> Response:
        assert response.status_code == 200
        request.environ["werkzeug.socket"].sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"
        )
        raise ConnectionResetError


def processes_of_shop(emulator: Emulator) -> int:
    return len(emulator.world.snapshot()["sevalla"]["applications"][0]["processes"])


def test_a_hook_can_respond_instead_of_the_service(emulator: Emulator, sevalla: Sevalla) -> None:
    emulator.hooks = Unavailable()
    assert sevalla.get(PROCESSES).status_code == 200
    headers = {"Authorization": f"Bearer {emulator.token}"}
    url = emulator.sevalla_url + PROCESSES
    assert requests.post(url, json=WORKER, headers=headers, timeout=10).status_code == 502
    assert emulator.requests[-1]["status"] == 502
    assert processes_of_shop(emulator) == 1
    emulator.reset()
    assert sevalla.post(PROCESSES, WORKER).status_code == 200


@pytest.mark.parametrize(("hooks", "count"), [(DroppedBefore(), 1), (DroppedAfter(), 2)])
def test_a_hook_can_drop_the_connection(
    emulator: Emulator, sevalla: Sevalla, hooks: Hooks, count: int
) -> None:
    emulator.hooks = hooks
    with pytest.raises(requests.exceptions.RequestException):
        sevalla.post(PROCESSES, WORKER)
    assert emulator.requests[-1]["status"] is None
    assert processes_of_shop(emulator) == count
    emulator.reset()
    deploy(sevalla)


def test_parallel_requests_do_not_interfere(emulator: Emulator) -> None:
    def create(number: int) -> None:
        client = Sevalla(emulator.sevalla_url, emulator.token, "application/json")
        for _time in range(10):
            assert client.post(PROCESSES, {**WORKER, "display_name": f"q{number}"}).ok
        client.session.close()

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert processes_of_shop(emulator) == 81
    keys = [
        process["key"]
        for process in emulator.world.snapshot()["sevalla"]["applications"][0]["processes"]
    ]
    assert len(set(keys)) == 81


def test_connections_and_requests_are_counted_separately(emulator: Emulator) -> None:
    before = emulator.connections
    with requests.Session() as session:
        for _each in range(3):
            session.get(f"{emulator.url}/_emulator/switches", timeout=10).raise_for_status()
    assert emulator.connections == before + 1
