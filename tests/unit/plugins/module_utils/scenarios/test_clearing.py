# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings inside an option that a task clears by their dotted names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
    settled,
)


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a runner of modules against one emulator."""
    no_waiting(monkeypatch)
    return Runner(emulator)


SEVALLA = "sevalla_process"
LARAVEL = "laravel_cloud_background_process"
WEB = {"application": "shop-x1y2z", "type": "web"}
WORKER = {
    "application": "shop",
    "environment": "production",
    "instance": "Workers",
    "type": "worker",
    "config": {"connection": "redis", "queue": ["mails"]},
}
TRIES = {**WORKER, "config": {**WORKER["config"], "tries": 3, "force": True}}
PROBE = {"http_get": {"path": "/up", "port": 80, "host": "a"}, "period_seconds": 7}


@pytest.mark.parametrize("merges", ["merge", "replace"])
def test_a_worker_setting_is_unset_with_the_rest_of_its_config(
    emulator: Emulator, run: Runner, merges: str
) -> None:
    """With a PATCH that merges and with one that replaces, and only once."""
    emulator.reset(
        {"laravel_cloud_config_patch": merges, "laravel_cloud_null_config_key": "accepted"}
    )
    assert run(LARAVEL, **TRIES).result["changed"]
    clear = ["config.tries", "config.force", "config.rest"]
    _checked, made, again = run.converge(LARAVEL, **WORKER, clear=clear)
    (step,) = made.result["plan"]
    config = step["body"]["config"]
    assert config == {"connection": "redis", "queue": "mails", "tries": None, "force": None}
    assert made.result["diff"]["before"]["config"]["tries"] == 3
    assert made.result["diff"]["after"]["config"]["tries"] is None
    assert made.result["process"]["config"]["tries"] is None
    assert made.warnings == []
    assert settled(again)


def test_a_service_that_refuses_null_cannot_unset_a_setting(
    emulator: Emulator, run: Runner
) -> None:
    """The failure names the setting."""
    emulator.reset({"laravel_cloud_null_config_key": "refused"})
    run(LARAVEL, **TRIES)
    refused = run(LARAVEL, **WORKER, clear=["config.tries"])
    assert refused.message is not None
    assert (
        "Laravel Cloud may not accept null for config.tries. If so, the setting cannot be cleared"
        in refused.message
    )


def test_force_of_false_counts_as_unset(run: Runner) -> None:
    """Nothing is sent to unset a force that is off."""
    run(LARAVEL, **{**TRIES, "config": {**TRIES["config"], "force": False}})
    assert settled(run(LARAVEL, **WORKER, clear=["config.force"]))


@pytest.mark.parametrize("merges", ["merge", "replace"])
@pytest.mark.parametrize("null", ["echoed", "dropped"])
def test_cleared_settings_of_a_probe_leave_the_rest_unchanged(
    emulator: Emulator, run: Runner, merges: str, null: str
) -> None:
    """At any depth."""
    emulator.reset({"sevalla_nested_patch": merges, "sevalla_nested_null": null})
    assert run(SEVALLA, **WEB, liveness_probe=PROBE).result["changed"]
    clear = ["liveness_probe.http_get.host", "liveness_probe.period_seconds"]
    _checked, made, again = run.converge(SEVALLA, **WEB, clear=clear)
    (step,) = made.result["plan"]
    probe = step["body"]["liveness_probe"]
    assert probe["httpGet"] == {"path": "/up", "port": 80, "host": None}
    assert probe["periodSeconds"] is None
    assert settled(again)


@pytest.mark.parametrize("merges", ["merge", "replace"])
def test_a_limit_of_horizontal_scaling_is_cleared(
    emulator: Emulator, run: Runner, merges: str
) -> None:
    """The same task can change another limit."""
    emulator.reset({"sevalla_nested_patch": merges})
    horizontal = {"type": "horizontal", "min_instance_count": 1, "max_instance_count": 3}
    run(SEVALLA, **WEB, scaling_strategy={**horizontal, "target_cpu_percent": 70})
    clear = ["scaling_strategy.target_cpu_percent"]
    _checked, made, again = run.converge(
        SEVALLA, **WEB, scaling_strategy={"max_instance_count": 4}, clear=clear
    )
    (step,) = made.result["plan"]
    assert step["body"]["scaling_strategy"]["config"]["targetCpuPercent"] is None
    assert step["body"]["scaling_strategy"]["config"]["maxInstanceCount"] == 4
    assert settled(again)


def test_a_setting_of_the_other_kind_of_scaling_is_not_sent(run: Runner) -> None:
    """Manual scaling has no limits to clear."""
    horizontal = {"type": "horizontal", "min_instance_count": 1, "max_instance_count": 3}
    run(SEVALLA, **WEB, scaling_strategy={**horizontal, "target_cpu_percent": 70})
    manual = {"type": "manual", "instance_count": 1}
    clear = ["scaling_strategy.target_cpu_percent"]
    _checked, made, again = run.converge(SEVALLA, **WEB, scaling_strategy=manual, clear=clear)
    (step,) = made.result["plan"]
    assert step["body"]["scaling_strategy"]["config"] == {"instanceCount": 1}
    assert settled(again)


HORIZONTAL = {
    "type": "horizontal",
    "min_instance_count": 1,
    "max_instance_count": 4,
    "target_memory_percent": 70,
}
NEW = {"application": "shop-x1y2z", "display_name": "new", "type": "worker", "resource_type": "s1"}


@pytest.mark.parametrize("filled", ["off", "v2", "v2_omitted"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_new_strategy_does_not_get_the_default_of_a_cleared_setting(
    emulator: Emulator, run: Runner, filled: str, exists: bool
) -> None:
    """With a change of its kind, and with a new process: the next run changes nothing."""
    emulator.reset({"sevalla_horizontal_defaults": filled})
    if exists:
        assert run(SEVALLA, **NEW).message is None
    clear = ["scaling_strategy.target_cpu_percent"]
    _checked, made, again = run.converge(SEVALLA, **NEW, scaling_strategy=HORIZONTAL, clear=clear)
    body = made.result["plan"][0]["body"]
    assert body["scaling_strategy"]["config"]["targetCpuPercent"] is None
    if filled == "v2":  # null too: nothing can unset it
        assert all("did not store: scaling_strategy.target_cpu" in each for each in made.warnings)
        assert len(made.warnings) == 1
    else:
        assert made.warnings == []
        assert settled(again)


@pytest.mark.parametrize("clear", [[], ["scaling_strategy.target_cpu_percent"]])
def test_another_change_does_not_bring_back_a_default(
    emulator: Emulator, run: Runner, clear: list[str]
) -> None:
    """A strategy is sent whole: with null for a setting that is null, whoever cleared it."""
    emulator.reset({"sevalla_horizontal_defaults": "v2_omitted"})
    cleared = ["scaling_strategy.target_cpu_percent"]
    run(SEVALLA, **NEW, scaling_strategy=HORIZONTAL, clear=cleared)
    _checked, made, again = run.converge(
        SEVALLA, **NEW, scaling_strategy={"max_instance_count": 6}, clear=clear
    )
    (step,) = made.result["plan"]
    assert step["body"]["scaling_strategy"]["config"]["targetCpuPercent"] is None
    config = made.result["process"]["scaling_strategy"]["config"]
    assert config["targetCpuPercent"] is None
    assert config["maxInstanceCount"] == 6
    assert made.warnings == []
    assert settled(again)


def test_a_null_setting_of_a_probe_stays_null(run: Runner) -> None:
    """A null handler is not sent: the probe has another one."""
    clear = ["liveness_probe.period_seconds", "liveness_probe.http_get.host"]
    run(SEVALLA, **WEB, liveness_probe=PROBE, clear=[])
    run(SEVALLA, **WEB, clear=clear)
    new = {"http_get": {"path": "/new"}}
    _checked, made, again = run.converge(SEVALLA, **WEB, liveness_probe=new)
    (step,) = made.result["plan"]
    probe = step["body"]["liveness_probe"]
    assert probe["httpGet"] == {"path": "/new", "port": 80, "host": None}
    assert probe["periodSeconds"] is None
    assert not {"exec", "tcpSocket"} & set(probe)
    before = made.result["diff"]["before"]["liveness_probe"]
    assert before == {"http_get": {"path": "/up"}}
    assert settled(again)


def test_a_null_handler_of_a_probe_is_not_sent_back(run: Runner) -> None:
    """The service shows one after a change of the handler. A strict one may count it as a second
    handler."""
    run(SEVALLA, **WEB, liveness_probe={"exec": {"command": ["true"]}})
    changed = run(SEVALLA, **WEB, liveness_probe=PROBE)
    assert changed.result["process"]["liveness_probe"]["exec"] is None
    again = run(SEVALLA, **WEB, liveness_probe={"period_seconds": 8})
    (step,) = again.result["plan"]
    assert "exec" not in step["body"]["liveness_probe"]
    assert settled(run(SEVALLA, **WEB, liveness_probe={**PROBE, "period_seconds": 8}))


def test_a_default_for_a_removed_setting_of_a_probe_is_no_warning(
    emulator: Emulator, run: Runner
) -> None:
    """The task removes it with the old handler, and nobody asked for null."""
    emulator.reset({"sevalla_probe_defaults": "filled"})
    run(SEVALLA, **WEB, liveness_probe=PROBE)
    other = {"exec": {"command": ["true"]}}
    _checked, made, again = run.converge(SEVALLA, **WEB, liveness_probe=other)
    assert made.result["plan"][0]["body"]["liveness_probe"]["periodSeconds"] is None
    assert made.result["process"]["liveness_probe"]["periodSeconds"]
    assert made.warnings == []
    assert settled(again)


def test_a_probe_that_is_removed_shows_no_null_settings_in_the_diff(run: Runner) -> None:
    run(SEVALLA, **WEB, liveness_probe=PROBE)
    run(SEVALLA, **WEB, clear=["liveness_probe.period_seconds"])
    removed = run(SEVALLA, **WEB, clear=["liveness_probe"])
    before = removed.result["diff"]["before"]
    assert before == {"type": "web", "liveness_probe": {"http_get": PROBE["http_get"]}}


@pytest.mark.parametrize("zone", ["null", "UTC"])
def test_a_new_process_does_not_get_the_default_of_a_cleared_text(
    emulator: Emulator, run: Runner, zone: str
) -> None:
    """The next run would remove it. A field of another type is not sent."""
    emulator.reset({"sevalla_cron_time_zone": zone})
    cron = {**NEW, "type": "cron", "schedule": "0 3 * * *"}
    _checked, made, again = run.converge(SEVALLA, **cron, clear=["time_zone", "liveness_probe"])
    assert made.result["plan"][0]["body"]["time_zone"] == ""
    assert "liveness_probe" not in made.result["plan"][0]["body"]
    assert made.warnings == []
    assert settled(again)
    worker = run(SEVALLA, **{**NEW, "display_name": "other"}, clear=["time_zone"])
    assert "time_zone" not in worker.result["plan"][0]["body"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_new_probe_has_null_for_cleared_settings_of_its_handler(
    run: Runner, exists: bool
) -> None:
    """And none for those of another handler, which would be a second one."""
    probe: dict[str, Any] = {"exec": {"command": ["true"]}}
    clear = ["liveness_probe.timeout_seconds", "liveness_probe.http_get.host"]
    if exists:
        run(SEVALLA, **WEB, liveness_probe=PROBE)
    _checked, made, again = run.converge(SEVALLA, **WEB, liveness_probe=probe, clear=clear)
    sent = made.result["plan"][0]["body"]["liveness_probe"]
    assert sent["timeoutSeconds"] is None
    assert sent.get("httpGet") is None
    assert sent["exec"] == {"command": ["true"]}
    assert settled(again)


def test_a_setting_cannot_be_set_and_cleared(run: Runner) -> None:
    """Both are in one message, and nothing is read."""
    wrong = run(LARAVEL, **TRIES, clear=["config.tries"])
    assert wrong.message is not None
    assert "config.tries: is set and is also in clear" in wrong.message
    assert wrong.requests == []


def test_a_cleared_setting_that_the_service_keeps_is_a_warning(monkeypatch: Any) -> None:
    """The warning names the setting."""
    no_waiting(monkeypatch)

    class Keeping(Hooks):
        """Shows the old value, like a service that ignores null."""

        def after(self, response: Any) -> Any:
            """Put the old value into each process."""
            shown = response.get_json()
            if shown.get("liveness_probe"):
                shown["liveness_probe"]["periodSeconds"] = 7
                response.set_data(json.dumps(shown))
            return response

    with Emulator({"sevalla_nested_patch": "merge"}) as emulator:
        emulator.hooks = Keeping()
        run = Runner(emulator)
        run(SEVALLA, **WEB, liveness_probe=PROBE)
        made = run(SEVALLA, **WEB, clear=["liveness_probe.period_seconds"])
    assert any("did not store: liveness_probe.period_seconds" in text for text in made.warnings)
