# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user sees after an error: one clear message, and no requests."""

from __future__ import annotations

import venv
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_ID

PROCESS = "evenkeel.paas.sevalla_process"
BACKGROUND = "evenkeel.paas.laravel_cloud_background_process"
NAMED = {"application": "shop", "environment": "production", "instance": "Workers"}
CREATE = {
    "application": "shop-x1y2z",
    "display_name": "queue",
    "type": "worker",
    "resource_type": "s1",
}


def failures_of(
    playbooks: Any,
    tasks: list[dict[str, Any]],
    *arguments: str,
    import_errors: int = 0,
    **variables: str,
) -> list[str]:
    """Return the messages of tasks that must all fail without a write, in one play, at the highest
    verbosity, where the token must not be shown either. ansible-core before 2.19 shows the
    traceback of an import error that a task reports, and no other traceback is allowed."""
    named_tasks = [{**task, "name": "task", "ignore_errors": True} for task in tasks]
    run = playbooks.run_tasks(named_tasks, "-vvvv", *arguments, **variables)
    assert run.status == 0, run.output
    assert run.writes == []
    assert run.output.count("Traceback") in (0, import_errors)
    assert "traceback is:\nNone" not in run.output
    assert playbooks.emulator.token not in run.output
    assert [each["kind"] for each in run.results] == ["failed"] * len(tasks)
    return [str(each["result"]["msg"]) for each in run.results]


def failure_of(playbooks: Any, module: str, options: dict[str, Any], **variables: str) -> str:
    """Return the message of one task that must fail."""
    return failures_of(playbooks, [{module: options}], **variables)[0]


@pytest.mark.parametrize(
    ("module", "options"),
    [(PROCESS, CREATE), (BACKGROUND, {**NAMED, "type": "custom", "command": "x y"})],
)
def test_no_token(playbooks: Any, module: str, options: dict[str, Any]) -> None:
    none = {"SEVALLA_API_KEY": "", "LARAVEL_CLOUD_API_TOKEN": ""}
    message = failure_of(playbooks, module, options, **none)
    assert "No API token" in message
    assert "api_token or the environment variable" in message


@pytest.mark.daily
def test_a_rejected_token(playbooks: Any) -> None:
    message = failure_of(playbooks, PROCESS, CREATE, SEVALLA_API_KEY="svl_of_somebody_else")
    assert "HTTP 401" in message
    assert "GET /applications" in message
    assert "SEVALLA_API_KEY" in message
    assert "svl_of_somebody_else" not in message


WRONG = [
    (PROCESS, {**CREATE, "application": "shoop"}, "There is no application 'shoop' on Sevalla"),
    (
        PROCESS,
        {**CREATE, "state": "absent", "application": "11111111-1111-4111-8111-111111111111"},
        "There is no application '11111111-1111-4111-8111-111111111111'",
    ),
    (PROCESS, {**CREATE, "type": "daemon"}, "type: must be one of "),
    (
        PROCESS,
        {**CREATE, "port": 70000},
        "port: must be from 1 to 65535, not 70000",
    ),
    (
        PROCESS,
        {"application": "Twin", "type": "web"},
        "2 applications have the display_name 'Twin'",
    ),
    (
        PROCESS,
        {"application": "shop-x1y2z", "type": "web", "state": "absent"},
        "web process cannot be deleted",
    ),
    (
        PROCESS,
        {"application": "shop-x1y2z", "key": "web", "state": "absent"},
        "web process cannot be deleted",
    ),
    (PROCESS, {**CREATE, "api_url": "http://api.sevalla.com/v3"}, "http is for loopback"),
    (
        BACKGROUND,
        {**NAMED, "type": "worker", "config": {"connection": "redis"}},
        "config.queue: is required to create a worker",
    ),
    (
        BACKGROUND,
        {**NAMED, "type": "custom", "command": "php artisan x", "config": {"tries": 1}},
        "config: is only for a worker",
    ),
    (
        BACKGROUND,
        {**NAMED, "instance": "Nobody", "type": "custom", "command": "php artisan x"},
        "There is no instance 'Nobody' on Laravel Cloud",
    ),
    (BACKGROUND, {**NAMED, "type": "daemon"}, "type: must be one of "),
    (BACKGROUND, {"type": "custom", "command": "x y"}, "instance: set instance, or the id"),
]


@pytest.mark.daily
def test_wrong_options(playbooks: Any) -> None:
    messages = failures_of(playbooks, [{module: options} for module, options, _said in WRONG])
    for message, (_module, _options, said) in zip(messages, WRONG):
        assert said in message


@pytest.mark.daily
def test_all_invalid_options_at_once(playbooks: Any) -> None:
    message = failure_of(
        playbooks,
        PROCESS,
        {
            **CREATE,
            "type": "cron",
            "port": 0,
            "resource_type": "huge",
            "scaling_strategy": {
                "type": "horizontal",
                "min_instance_count": 9,
                "max_instance_count": 60,
            },
            "ingress_protocol": "grpc",
        },
    )
    for said in (
        "schedule: is required for a cron process",
        "port: must be from 1 to 65535, not 0",
        "resource_type: there is no size 'huge'; Sevalla has c1, ",
        "scaling_strategy.max_instance_count: must be from 0 to 50, not 60",
        "ingress_protocol: is only for a web process; this one is a cron",
    ):
        assert said in message


def test_an_ambiguous_name(playbooks: Any) -> None:
    tasks = [{PROCESS: CREATE}, {PROCESS: {**CREATE, "display_name": "other"}}]
    assert playbooks.run_tasks(tasks).status == 0
    listed = playbooks.run_tasks([{PROCESS: {**CREATE, "display_name": "other"}}])
    other = listed.results[0]["result"]["process"]["id"]
    renamed = {"application": "shop-x1y2z", "id": other, "display_name": "queue"}
    message = failure_of(playbooks, PROCESS, renamed)
    assert "already has this display_name, and the next run" in message
    somebody_renames = requests.patch(
        f"{playbooks.emulator.sevalla_url}/applications/{SEVALLA_SHOP_ID}/processes/{other}",
        json={"display_name": "queue"},
        headers={"Authorization": f"Bearer {playbooks.emulator.token}"},
        timeout=10,
    )
    assert somebody_renames.status_code == 200, somebody_renames.text
    message = failure_of(playbooks, PROCESS, {**CREATE, "entrypoint": "x"})
    assert "Expected one process with display_name 'queue', found 2: " in message
    assert other in message


@pytest.mark.parametrize("library", ["requests", "jsonschema"])
def test_a_missing_library(playbooks: Any, tmp_path: Path, library: str) -> None:
    """An interpreter without the library: a separate environment with all other libraries."""
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    site = next(bare.glob("lib/python*/site-packages"))
    for package in Path(requests.__file__).parents[1].iterdir():
        if not package.name.startswith((library, "ansible")):
            (site / package.name).symlink_to(package)
    messages = failures_of(
        playbooks,
        [{PROCESS: CREATE}, {BACKGROUND: {**NAMED, "type": "custom", "command": "php artisan x"}}],
        "--extra-vars",
        f"ansible_python_interpreter={bare / 'bin' / 'python'}",
        import_errors=2 if library == "requests" else 0,
    )
    for message in messages:
        assert message.startswith(f"{bare / 'bin' / 'python'} does not have {library}, which")
    assert playbooks.emulator.requests == []
