# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No failure of any request leaks a canary into the output of a module.

A canary is the token, or a variable of the user's application. The tests search everything that a
module returns to Ansible, and what Python would print of its exceptions.

The modules run in this process, so Ansible masks nothing here.
"""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest
from flask import Response, request

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
from ansible_collections.evenkeel.paas.tests.emulator import faults, world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    ScriptedServer,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
)

SEVALLA = "sevalla_process"
LARAVEL_CLOUD = "laravel_cloud_background_process"
NAMED = {"application": "shop", "environment": "staging-3", "instance": "Workers"}
_QUEUE = {"application": "Shop", "display_name": "queue", "type": "worker", "resource_type": "s1"}
_CUSTOM = {**NAMED, "type": "custom", "command": "php artisan x"}
_WORKER = {**NAMED, "type": "worker", "config": {"connection": "redis", "queue": "mail"}}
_NAMELESS = {"type": "worker", "resource_type": "s1"}
_HORIZON = {"type": "custom", "command": "php artisan horizon"}
_MANY = {
    "sevalla_processes": {
        "application": "Shop",
        "processes": [{"type": "web"}, {**_NAMELESS, "display_name": "mails"}],
    },
    "laravel_cloud_background_processes": {
        **NAMED,
        "processes": [_HORIZON, {**_HORIZON, "command": "php artisan x"}],
    },
}
_NIGHTLY = {
    "application": "Shop",
    "display_name": "nightly",
    "resource_type": "s1",
    "type": "cron",
    "schedule": "0 3 * * *",
}
_STAGING = {"application": "shop", "environment": "staging-3"}
TASKS: list[tuple[str, dict[str, Any]]] = [
    (SEVALLA, _QUEUE),
    (SEVALLA, {**_QUEUE, "entrypoint": "node w.js"}),
    (SEVALLA, {**_QUEUE, "entrypoint": "node w.js"}),
    (SEVALLA, {**_QUEUE, "state": "absent"}),
    (SEVALLA, {**_QUEUE, "application": "Nobody"}),
    (SEVALLA, {"application": "Twin", "type": "web"}),
    (LARAVEL_CLOUD, _CUSTOM),
    (LARAVEL_CLOUD, {**_WORKER, "processes": 2}),
    (LARAVEL_CLOUD, {**_WORKER, "processes": 3}),
    (LARAVEL_CLOUD, {**_CUSTOM, "application": world.LARAVEL_CLOUD_SHOP_ID}),
    (LARAVEL_CLOUD, {**_CUSTOM, "environment": "nowhere"}),
    (LARAVEL_CLOUD, {**_CUSTOM, "state": "absent"}),
    *(
        (module, {**options, **more})
        for module, options in _MANY.items()
        for more in ({"continue_on_error": True}, {"prune": True}, {"processes": [], "prune": True})
    ),
    ("sevalla_process_info", {"application": "Shop"}),
    ("sevalla_process_info", {"application": "Twin"}),
    ("laravel_cloud_background_process_info", NAMED),
    ("laravel_cloud_background_process_info", {**NAMED, "environment": "nowhere"}),
    (SEVALLA, _NIGHTLY),
    ("sevalla_process_run", {"application": "Shop", "display_name": "nightly"}),
    ("sevalla_deployment", {"application": "shop-x1y2z"}),
    ("laravel_cloud_deployment", {**_STAGING, "wait_timeout": 1}),
    ("sevalla_process_exec", {"application": "Shop", "type": "web", "cmd": "ls", "timeout": 1}),
    ("laravel_cloud_command", {**_STAGING, "cmd": "php artisan x"}),
    ("laravel_cloud_command", {**_STAGING, "cmd": "php artisan x", "wait_timeout": 1}),
]


class Listening:
    """Keeps the output of all runs: results, warnings, progress, and tracebacks of exceptions."""

    def __init__(self, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        no_waiting(monkeypatch)
        self.emulator = emulator
        self.run = Runner(emulator)
        self.said: list[str] = []
        self.progress: list[str] = []
        perform = _module.perform

        def listened(command: Any, task: Any) -> Any:
            try:
                return perform(command, task)
            except Failure as failure:
                self.said += [str(failure), repr(failure), repr(failure.args)]
                self.said += traceback.format_exception(
                    type(failure), failure, failure.__traceback__
                )
                raise

        monkeypatch.setattr(_module, "perform", listened)

    def all_tasks(self, modes: tuple[bool, ...] = (False,), **options: Any) -> list[str | None]:
        """Run every task; return the messages of those that failed, None for the others. ``modes``
        are the values of check mode."""
        messages = []
        for module, own in TASKS:
            for check_mode in modes:
                outcome = self.run(module, check_mode=check_mode, **{**own, **options})
                said = [*outcome[:3], outcome.progress]
                self.said += [repr(said), json.dumps(said, ensure_ascii=False)]
                self.progress += outcome.progress
            messages.append(outcome.message)
        self.search()
        return messages

    def search(self) -> None:
        """Check that no canary is in the output, whole or in part."""
        said = "\n".join(self.said)
        for canary in (self.emulator.token, *world.SECRET_CANARIES.values()):
            for part in (canary, canary[: len(canary) // 2], canary[-(len(canary) // 2) :]):
                assert part not in said


@pytest.fixture
def listening(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Listening:
    return Listening(emulator, monkeypatch)


def test_the_canaries_are_in_the_responses_of_the_services(listening: Listening) -> None:
    """Otherwise the other tests would check nothing."""

    class Kept(Hooks):
        text = ""

        def after(self, response: Response) -> Response:
            self.text += response.get_data(as_text=True)
            return response

    hooks = listening.emulator.hooks = Kept()
    listening.all_tasks()
    for canary in world.SECRET_CANARIES.values():
        assert canary in hooks.text


def test_success_and_invalid_options_show_no_secret(listening: Listening) -> None:
    messages = listening.all_tasks(modes=(True, False))
    assert [message is None for message in messages].count(False) == 3 + 4 + 2
    assert any("deployment " in line for line in listening.progress)
    listening.all_tasks(state="absent", api_timeout=0)
    listening.all_tasks(api_url="http://api.example.com")


@pytest.mark.parametrize("kind", [kind.name for kind in faults.KINDS])
@pytest.mark.parametrize("method", ["GET", "[!G]*"])
def test_no_kind_of_fault_shows_a_secret(listening: Listening, kind: str, method: str) -> None:
    """All faults of the emulator, with every request of a method."""
    listening.emulator.faults.add(faults.Fault(kind, method, times=None, seconds=0.01))
    listening.all_tasks(api_retries=1)


class Quoting(Hooks):
    """Quotes the token and the user's variables in every string of an error."""

    def __init__(self, status: int, method: str, **headers: str) -> None:
        self.status = status
        self.method = method
        self.headers = headers

    def before(self) -> Response | None:
        """Respond instead of the service to the chosen methods."""
        if (request.method == "GET") != (self.method == "GET"):
            return None
        token = request.headers["Authorization"].partition(" ")[2]
        body = {
            "message": f"{token} is bad",
            "data": {"code": token, "message": token, token: [token, {token: token}]},
            "errors": {"a": [token], token: token},
        }
        given = {name.replace("_", "-"): text.format(token) for name, text in self.headers.items()}
        return Response(json.dumps(body), self.status, given, content_type="application/json")


@pytest.mark.parametrize("method", ["GET", "write"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503, 504])
def test_a_token_quoted_by_the_service_is_not_shown(
    listening: Listening, status: int, method: str
) -> None:
    listening.emulator.hooks = Quoting(
        status, method, x_request_id="{}", x_ratelimit_limit="{}", Retry_After="{}"
    )
    messages = listening.all_tasks(api_retries=1)
    assert any(messages)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "write"])
def test_a_redirect_to_another_host_is_not_followed(
    listening: Listening, status: int, method: str
) -> None:
    other = ScriptedServer()
    try:
        listening.emulator.hooks = Quoting(status, method, Location=f"{other.url}/{{}}")
        messages = listening.all_tasks(api_retries=1)
        assert any("redirect" in str(message) for message in messages)
        assert other.connections == 0
    finally:
        other.stop()


def test_a_read_only_token(listening: Listening) -> None:
    """403 for every write; the read-only token contains the other one."""
    messages = listening.all_tasks(api_token=listening.emulator.read_only_token)
    assert any("HTTP 403" in str(message) for message in messages)


@pytest.mark.parametrize("where", ["applications", "environments", "instances", "processes"])
def test_unexpected_environments_in_a_response_are_not_shown(
    listening: Listening, where: str
) -> None:
    """An environment has the user's variables; one in an unexpected place is not shown either."""

    class Wrong(Hooks):
        def after(self, response: Response) -> Response:
            if request.method != "GET" or not request.path.endswith(where):
                return response
            variables = [
                {"key": key, "value": value} for key, value in world.SECRET_CANARIES.items()
            ]
            environment = {
                "id": world.LARAVEL_CLOUD_STAGING_ID,
                "type": "environments",
                "attributes": {"name": "staging", "environment_variables": variables},
            }
            page = {"data": [environment, variables], "meta": {"last_page": 1}, "total": 2}
            return Response(json.dumps(page), 200, content_type="application/json")

    listening.emulator.hooks = Wrong()
    assert any(listening.all_tasks())
