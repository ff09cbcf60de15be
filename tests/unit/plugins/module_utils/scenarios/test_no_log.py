# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task with no_log shows before its result: no values of options, and no progress."""

from __future__ import annotations

import json
from typing import Any, Callable, NamedTuple

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests import Response, Session

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.misread import split_misread
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import (
    Module,
    Task,
    perform,
)
from ansible_collections.evenkeel.paas.tests.emulator import Fault, world
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import (
    CommandOutcome,
    DeploymentOutcome,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    SCOPE,
    STAYING,
    Runner,
    let_stay,
    module_of,
    no_waiting,
)

CANARY = "canary-4c1d"
QUEUE = {
    "application": world.SEVALLA_SHOP_ID,
    "display_name": f"queue {CANARY}",
    "type": "worker",
    "entrypoint": f"node worker.js --password={CANARY}",
    "resource_type": "s1",
}
CUSTOM = {
    "instance": world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    "type": "custom",
    "command": f"php artisan work --password={CANARY}",
    "processes": 3,
}
SEVALLA_DEPLOYMENTS = f"/applications/{world.SEVALLA_SHOP_ID}/deployments"
CLOUD_DEPLOYMENTS = f"/environments/{world.LARAVEL_CLOUD_PRODUCTION_ID}/deployments"
CLOUD_PROCESSES = f"/instances/{world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}/background-processes"


def pruned_custom(run: Runner) -> dict[str, Any]:
    assert run("laravel_cloud_background_process", **CUSTOM).message is None
    staying = {"type": "custom", "command": f"php artisan other {CANARY}"}
    scope = {"instance": CUSTOM["instance"]}
    return {**scope, "processes": [staying], "prune": True, "check_mode": True}


def pruned_process(run: Runner) -> dict[str, Any]:
    assert run("sevalla_process", **QUEUE).message is None
    scope = {"application": QUEUE["application"]}
    return {**scope, "processes": [{"type": "web"}], "prune": True, "check_mode": True}


def fault(kind: str, method: str, path: str, **more: Any) -> Callable[[Runner], dict[str, Any]]:
    def prepare(run: Runner) -> dict[str, Any]:
        run.emulator.faults.add(Fault(kind, method=method, path=path, **more))
        return {}

    return prepare


def stubborn(run: Runner) -> dict[str, Any]:
    """Create a web process with a probe, which the service keeps whatever a PATCH says."""
    run.emulator.reset({"sevalla_empty_probe": "ignored"})
    probe = {"exec": {"command": [CANARY]}}
    web = {"application": world.SEVALLA_SHOP_ID, "type": "web"}
    assert run("sevalla_process", **web, liveness_probe=probe).result["changed"]
    return {}


def unreadable(run: Runner) -> dict[str, Any]:
    """Remove a field from the response to the POST, and let reads of the process fail."""
    fault("missing_key", "POST", CLOUD_PROCESSES, key="processes")(run)
    return fault("500_before", "GET", "/background-processes/*", times=None)(run)


class Case(NamedTuple):
    """A task that warns: its options, the text of the warning, and its subject."""

    module: str
    options: dict[str, Any]
    says: str
    about: str
    prepare: Callable[[Runner], dict[str, Any]] = lambda run: {}


CRON = {**QUEUE, "type": "cron"}
CASES = {
    "schedule": Case("sevalla_process", {**CRON, "schedule": f"@{CANARY}"}, "five fields", CANARY),
    "time zone": Case(
        "sevalla_process",
        {**CRON, "schedule": "0 3 * * *", "time_zone": f"Europe/{CANARY}"},
        "IANA time zones",
        CANARY,
    ),
    "time zone in a list": Case(
        "sevalla_processes",
        {
            "application": QUEUE["application"],
            "processes": [
                {
                    **{key: value for key, value in CRON.items() if key != "application"},
                    "schedule": "0 3 * * *",
                    "time_zone": f"Europe/{CANARY}",
                }
            ],
        },
        "processes[0].time_zone: ",
        CANARY,
    ),
    "prune, commands": Case(
        "laravel_cloud_background_processes", {}, "prune would delete ", CANARY, pruned_custom
    ),
    "prune, names": Case("sevalla_processes", {}, "prune would delete ", CANARY, pruned_process),
    "not stored": Case(
        "sevalla_process",
        {"application": world.SEVALLA_SHOP_ID, "type": "web", "clear": ["liveness_probe"]},
        "did not store: liveness_probe",
        world.SEVALLA_SHOP_ID,
        stubborn,
    ),
    "not read": Case(
        "laravel_cloud_background_process",
        CUSTOM,
        "processes",
        str(CUSTOM["instance"]),
        unreadable,
    ),
    **{
        f"lost {module}": Case(
            module,
            {option: scope},
            "has appeared since",
            scope,
            fault("drop_after", "POST", path),
        )
        for module, option, scope, path in (
            ("sevalla_deployment", "application", world.SEVALLA_SHOP_ID, SEVALLA_DEPLOYMENTS),
            (
                "laravel_cloud_deployment",
                "environment",
                world.LARAVEL_CLOUD_PRODUCTION_ID,
                CLOUD_DEPLOYMENTS,
            ),
        )
    },
}


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    """Return each task that warns in turn."""
    return CASES[request.param]


@pytest.mark.parametrize("no_log", [False, True])
def test_a_warning_names_its_subject_without_no_log(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, case: Case, no_log: bool
) -> None:
    no_waiting(monkeypatch)
    run = Runner(emulator)
    options = {**case.options, **case.prepare(run)}
    run.no_log = no_log
    outcome = run(case.module, **options)
    assert outcome.message is None, outcome.message
    about = [warning for warning in outcome.warnings if case.says in warning]
    assert len(about) == 1, outcome.warnings
    shown = [case.about in warning for warning in about]
    assert shown == [not no_log], about
    if no_log:
        said = " ".join([*outcome.warnings, *outcome.progress])
        scopes = [options[scope] for scope in SCOPE if scope in options]
        assert scopes
        assert not [value for value in (CANARY, case.about, *scopes) if value in said]
        assert outcome.progress == []


@pytest.mark.parametrize("module", ["sevalla_deployment", "laravel_cloud_deployment"])
def test_progress_is_shown_without_no_log(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    no_waiting(monkeypatch)
    option, scope = (
        ("application", world.SEVALLA_SHOP_ID)
        if module.startswith("sevalla")
        else ("environment", world.LARAVEL_CLOUD_PRODUCTION_ID)
    )
    assert Runner(emulator)(module, **{option: scope}).progress != []
    silent = Runner(emulator, no_log=True)(module, **{option: scope})
    assert silent.progress == []
    assert silent.message is None
    assert len(silent.result["statuses"]) > 1


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize("module", ["sevalla_deployment", "laravel_cloud_deployment"])
def test_a_failed_deployment_quotes_its_log_without_no_log(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, module: str, no_log: bool
) -> None:
    """ansible-core shows the message of a failure in spite of no_log, and hides the result."""
    no_waiting(monkeypatch)
    sevalla = module.startswith("sevalla")
    target = world.SEVALLA_SHOP_ID if sevalla else world.LARAVEL_CLOUD_PRODUCTION_ID
    outcome = DeploymentOutcome(step="build" if sevalla else "php.command", output=CANARY)
    emulator.world.outcomes.add(target, outcome)
    run = Runner(emulator, no_log=no_log)
    failed = run(module, **{"application" if sevalla else "environment": target})
    assert f"of {target} ended as" in str(failed.message)
    assert (CANARY in str(failed.message)) != no_log
    assert CANARY in failed.result["failure"]["details"]["output"]


PROBE = {
    "http_get": {"http_headers": [{"name": "X", "value": CANARY}]},
    "exec": {"command": ["a, part ,b"]},
}
FAILING: dict[str, tuple[str, dict[str, Any]]] = {
    "a name": ("sevalla_process_exec", {"display_name": f"it's {CANARY}", "cmd": "ls"}),
    "a size": ("sevalla_process", {**QUEUE, "resource_type": CANARY.upper()}),
    "an entry": (
        "sevalla_processes",
        {"processes": [{"display_name": CANARY, "type": "web"}, {"display_name": CANARY}]},
    ),
    "a command": ("laravel_cloud_background_process", {**CUSTOM, "processes": 0}),
    "a queue": (
        "laravel_cloud_background_process",
        {
            "instance": CUSTOM["instance"],
            "type": "worker",
            "processes": 0,
            "config": {"connection": CANARY, "queue": [CANARY]},
        },
    ),
}
"""Tasks that fail with a message that quotes an option."""


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize("name", FAILING)
def test_a_failure_quotes_an_option_unless_there_is_no_log(
    emulator: Any, name: str, no_log: bool
) -> None:
    """ansible-core shows the message of a failure in spite of no_log."""
    module, options = FAILING[name]
    if module.startswith("sevalla"):
        options = {"application": world.SEVALLA_SHOP_ID, **options}
    failed = Runner(emulator, no_log=no_log)(module, **options)
    assert failed.message is not None
    assert (CANARY in failed.message.lower()) != no_log, failed.message
    assert ("********" in failed.message) == no_log, failed.message


@pytest.mark.parametrize("no_log", [False, True])
def test_a_failure_quotes_the_service_unless_there_is_no_log(no_log: bool) -> None:
    entry = {"display_name": "worker", "type": "cron", "liveness_probe": PROBE}
    params = {"application": "shop", "processes": [entry]}
    said = (
        f"PATCH /applications/shop: HTTP 400: {CANARY} in a WORKER of type cron is bad, also part."
    )

    def refuse(task: Task) -> dict[str, Any]:
        raise Failure(said, code="refused")

    spec = module_of("sevalla_processes").argument_spec
    with pytest.raises(Failure) as raised:
        perform(Module(spec, refuse), Task(params, False, print, no_log=no_log))
    masked = said
    for text in (CANARY, "WORKER", "part"):
        masked = masked.replace(text, "********")
    shown = masked if no_log else said
    assert raised.value.message == f"{shown} Nothing was changed."


@pytest.mark.parametrize("no_log", [False, True])
def test_a_value_of_the_wrong_type_is_quoted_unless_there_is_no_log(no_log: bool) -> None:
    spec = module_of("sevalla_process").argument_spec
    given = {"application": "shop", "port": CANARY, "type": CANARY}
    kept, misread = split_misread(spec, given)
    kept = ArgumentSpecValidator(spec).validate(kept).validated_parameters
    task = Task(kept, False, print, no_log=no_log, misread=misread)
    with pytest.raises(Failure) as raised:
        perform(Module(spec, lambda task: {"": task.check()}), task)
    assert (CANARY in raised.value.message) != no_log
    for option, what in (("port", "must be an integer"), ("type", "must be one of web, worker")):
        assert f"{option}: {what}" in raised.value.message


STAYS = STAYING["laravel_cloud_background_process"]
INSTANCE = str(world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID)
SHOP = {"application": world.SEVALLA_SHOP_ID}
COMMAND = f"php artisan work --password={CANARY}"
WORKER = {
    "instance": INSTANCE,
    "type": "worker",
    "config": {"connection": "redis", "queue": f"b, mail {CANARY} ,c"},
}
HEADER = {"name": "X", "value": CANARY}
PROBED = {
    **SHOP,
    "type": "web",
    "liveness_probe": {"http_get": {"path": "/", "http_headers": [HEADER]}},
}
LIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "custom": ("laravel_cloud_background_process", CUSTOM),
    "worker": ("laravel_cloud_background_process", WORKER),
    "queue": ("sevalla_process", QUEUE),
    "probe": ("sevalla_process", PROBED),
    "instance": (
        "laravel_cloud_instance",
        {
            "environment": world.LARAVEL_CLOUD_PRODUCTION_ID,
            "name": f"workers {CANARY}",
            "type": "service",
            "size": "flex.c-1vcpu-256mb",
        },
    ),
}
"""Resources whose texts a failure may quote, with the module that creates each."""


class Quoting(NamedTuple):
    """A failing task: ``says`` is a part of its message. ``live`` exists before it."""

    module: str
    options: dict[str, Any]
    says: str
    live: str = ""


QUOTING = {
    "a command with a line break": Quoting(
        "laravel_cloud_background_process",
        {**CUSTOM, "command": f"{COMMAND}\n", "processes": 0},
        f"custom process with command '{COMMAND}'",
    ),
    "a refused command with a line break": Quoting(
        "laravel_cloud_background_process",
        {**CUSTOM, "command": f"{COMMAND}\n"},
        f"'command': '{COMMAND}'",
    ),
    "a refused entrypoint with blanks": Quoting(
        "sevalla_process",
        {**QUEUE, "entrypoint": f"  node {CANARY}.js\n"},
        f"'entrypoint': 'node {CANARY}.js'",
    ),
    "a refused entrypoint with commas": Quoting(
        "sevalla_process",
        {**QUEUE, "entrypoint": "a b, c d\n"},
        "'entrypoint': 'a b, c d'",
    ),
    "commands of a list": Quoting(
        "laravel_cloud_background_processes",
        {"instance": INSTANCE, "processes": [{"type": "custom", "command": f"{COMMAND}\n"}]},
        f"processes[0] (custom process with command '{COMMAND}')",
    ),
    "equal commands": Quoting(
        "laravel_cloud_background_processes",
        {"instance": INSTANCE, "processes": [{"type": "custom", "command": f"{COMMAND}\n"}] * 2},
        f"is the same process as processes[0], the custom process with command '{COMMAND}'",
    ),
    "a queue with blanks": Quoting(
        "laravel_cloud_background_process",
        {**WORKER, "processes": 0},
        f"queue b,mail {CANARY},c",
    ),
    "short names of a queue": Quoting(
        "laravel_cloud_background_process",
        {**WORKER, "processes": 0, "config": {"connection": CANARY, "queue": "ab, cd ,ef"}},
        "queue ab,cd,ef",
    ),
    "a refused queue with blanks": Quoting(
        "laravel_cloud_background_process", WORKER, f"'queue': 'b,mail {CANARY},c'"
    ),
    "a similar command": Quoting(
        "laravel_cloud_background_process",
        {
            "instance": INSTANCE,
            "type": "custom",
            "command": COMMAND.replace("work", "works"),
            "processes": 0,
        },
        f"did you mean '{COMMAND}'?",
        "custom",
    ),
    "a command without the blanks around it": Quoting(
        "laravel_cloud_background_process",
        {**CUSTOM, "command": f"  php artisan trimmed {CANARY}, ab  ", "processes": 0},
        ", ab' does not exist",
    ),
    "a similar queue": Quoting(
        "laravel_cloud_background_process",
        {
            **WORKER,
            "processes": 0,
            "config": {"connection": "redis", "queue": f"b,mails {CANARY},c"},
        },
        f"did you mean 'redis b,mail {CANARY},c'?",
        "worker",
    ),
    "a similar display_name": Quoting(
        "sevalla_process",
        {**QUEUE, "display_name": f"queues {CANARY}", "port": 0},
        f"did you mean 'queue {CANARY}'?",
        "queue",
    ),
    "a similar instance": Quoting(
        "laravel_cloud_instance",
        {**LIVE["instance"][1], "name": f"worker {CANARY}", "min_replicas": -1},
        f"did you mean 'workers {CANARY}'?",
        "instance",
    ),
    "existing display_names": Quoting(
        "sevalla_process_exec",
        {**SHOP, "display_name": "cleanup", "cmd": "ls"},
        f"The application has Web process, queue {CANARY}.",
        "queue",
    ),
    "existing display_names of crons": Quoting(
        "sevalla_process_run",
        {**SHOP, "display_name": "cleanup"},
        f"The application has Web process, queue {CANARY}.",
        "queue",
    ),
    "a pruned command": Quoting(
        "laravel_cloud_background_processes",
        {
            "instance": INSTANCE,
            "processes": [STAYS],
            "prune": True,
        },
        f"prune (custom process with command '{COMMAND}'): DELETE ",
        "custom",
    ),
    "a pruned queue": Quoting(
        "laravel_cloud_background_processes",
        {
            "instance": INSTANCE,
            "processes": [STAYS],
            "prune": True,
        },
        f"prune (worker with connection redis and queue b,mail {CANARY},c): DELETE ",
        "worker",
    ),
    "a pruned display_name": Quoting(
        "sevalla_processes",
        {**SHOP, "processes": [{"type": "web"}], "prune": True},
        f"prune (process with display_name 'queue {CANARY}'): DELETE ",
        "queue",
    ),
    "a word of a command": Quoting(
        "sevalla_process_exec",
        {**SHOP, "type": "web", "cmd": f"HUSHWORD --pass={CANARY} x"},
        f"['HUSHWORD', '--pass={CANARY}', 'x']",
    ),
    "a live header that is sent again": Quoting(
        "sevalla_process",
        {**SHOP, "type": "web", "liveness_probe": {"http_get": {"path": "/up"}}},
        f"'value': '{CANARY}'",
        "probe",
    ),
}
"""Tasks with a failure that quotes what the options or the live resources have, in another form."""


def stripped(value: Any) -> Any:
    """Return what Laravel makes of a body: the blanks around each string are removed."""
    if isinstance(value, dict):
        return {key: stripped(each) for key, each in value.items()}
    return value.strip() if isinstance(value, str) else value


@pytest.fixture
def quoted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after which the service refuses all writes, and quotes their bodies."""

    return lambda: refuse_writes(monkeypatch, lambda body: f"{stripped(body)} is bad.")


def refuse_writes(monkeypatch: pytest.MonkeyPatch, says: Callable[[Any], str]) -> None:
    """Let the service refuse all writes from now on; ``says`` returns its message for a body."""
    request = Session.request

    def refuse(session: Session, method: str, url: str, **more: Any) -> Response:
        if method == "GET":
            return request(session, method, url, **more)
        response = Response()
        response.status_code = 422
        response._content = json.dumps({"message": says(more["json"])}).encode()
        return response

    monkeypatch.setattr(Session, "request", refuse)


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize("name", QUOTING)
def test_a_failure_quotes_other_forms_and_live_texts_unless_there_is_no_log(
    emulator: Any, quoted: Callable[[], None], name: str, no_log: bool
) -> None:
    module, options, says, live = QUOTING[name]
    run = Runner(emulator)
    if live:
        created = run(LIVE[live][0], **LIVE[live][1])
        assert created.message is None, created.message
    if options.get("prune") and module != "sevalla_processes":
        let_stay(emulator, INSTANCE)
    quoted()
    run.no_log = no_log
    failed = run(module, **options)
    assert failed.message is not None
    assert (says in failed.message) != no_log, failed.message
    assert "Nothing was changed." in failed.message
    assert (CANARY in failed.message) != no_log, failed.message
    assert ("********" in failed.message) == no_log, failed.message


HIDDEN = {
    "several lines": f"set -e\nphp artisan work --password={CANARY}",
    "a tab": f"php artisan\twork --password={CANARY}",
    "a long line": f"php artisan work {'x' * 420} --password={CANARY}",
}


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize("part", [False, True], ids=["the whole text", "a part of it"])
@pytest.mark.parametrize("text", HIDDEN.values(), ids=list(HIDDEN))
@pytest.mark.parametrize(
    ("module", "options", "option"),
    [
        (
            "laravel_cloud_command",
            {"environment": world.LARAVEL_CLOUD_PRODUCTION_ID},
            "cmd",
        ),
        ("laravel_cloud_background_process", {**CUSTOM}, "command"),
        ("sevalla_process", {**QUEUE, "display_name": "queue"}, "entrypoint"),
        ("sevalla_process_exec", {"application": world.SEVALLA_SHOP_ID, "type": "web"}, "cmd"),
    ],
    ids=["command", "process", "process", "exec"],
)
def test_what_the_service_says_is_hidden_with_no_log(
    emulator: Any,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    options: dict[str, Any],
    option: str,
    text: str,
    part: bool,
    no_log: bool,
) -> None:
    """The service may quote any part of a value, in any form."""
    quote = text.split()[-1] if part else text
    refuse_writes(monkeypatch, lambda _body: f"cannot run: {quote}")
    run = Runner(emulator, no_log=no_log)
    failed = run(module, **{**options, option: text})
    assert "HTTP 422: " in str(failed.message)
    assert (CANARY in str(failed.message)) != no_log, failed.message
    assert ("cannot run" in str(failed.message)) != no_log, failed.message


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize(("says", "shown"), [("", "no message"), ("a", "a")])
def test_a_service_that_says_almost_nothing_is_not_hidden(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, says: str, shown: str, no_log: bool
) -> None:
    """A short text is in every message, and hiding it would hide everything."""
    refuse_writes(monkeypatch, lambda _body: says)
    failed = Runner(emulator, no_log=no_log)("sevalla_process", **{**QUEUE, "display_name": "q"})
    assert f"HTTP 422: {shown}. Nothing was changed." in str(failed.message)


@pytest.mark.parametrize("no_log", [False, True])
@pytest.mark.parametrize("module", ["laravel_cloud_deployment", "laravel_cloud_command"])
def test_a_failure_has_the_reason_of_the_service_unless_there_is_no_log(
    emulator: Any, monkeypatch: pytest.MonkeyPatch, module: str, no_log: bool
) -> None:
    """The reason may quote an output, which is hidden too."""
    no_waiting(monkeypatch)
    target = world.LARAVEL_CLOUD_PRODUCTION_ID
    reason, options = f"It printed {CANARY}.", {"environment": target}
    if module == "laravel_cloud_command":
        outcome: Any = CommandOutcome(exit_code=3, output="", reason=reason)
        options["cmd"] = "ls"
    else:
        outcome = DeploymentOutcome(status="build.failed", reason=reason)
    emulator.world.outcomes.add(target, outcome)
    failed = Runner(emulator, no_log=no_log)(module, **options)
    said = ": ********. " if no_log else f": It printed {CANARY}. "
    assert said in str(failed.message)
    assert (CANARY in str(failed.message)) != no_log
    assert CANARY in str(failed.result)


def test_a_task_with_no_log_shows_the_plain_wording_of_a_warning() -> None:
    """Each warning must have one, so that a new one cannot show a value."""
    said: list[str] = []
    Task({}, False, said.append, no_log=True).warn(f"about {CANARY}", "about a value")
    Task({}, False, said.append).warn(f"about {CANARY}", "about a value")
    assert said == ["about a value", f"about {CANARY}"]
