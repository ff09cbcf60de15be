# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the deployment modules start, what they wait for, and what they report after a failure."""

from __future__ import annotations

from typing import Any

import flask
import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud import (
    deployments as _laravel_cloud,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla import (
    deployments as _sevalla,
)
from ansible_collections.evenkeel.paas.tests.emulator import Emulator, Hooks, Instead
from ansible_collections.evenkeel.paas.tests.emulator.outcomes import DeploymentOutcome
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    SEVALLA_DRAFT_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.deploying import (
    Service,
    Time,
    ended_well,
    posts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)

PUSHED = {"type": "automatic", "trigger": "AUTO_DEPLOY_ON_PUSH"}


# The main path


def test_a_deployment_is_started_and_waited_for(service: Service, time: Time) -> None:
    done = service()
    deployment = ended_well(service, done)
    assert [each["id"] for each in service.stored()] == [deployment["id"]]
    assert done.writes == [("POST", service.path, 200 if service.is_sevalla else 201)]
    polls = len(service.walk) - 1
    item = service.item.replace("*", deployment["id"])
    assert done.reads == [service.path, *[item] * polls]
    assert time.slept == [service.interval] * polls
    assert done.result["statuses"] == [
        {"status": status, "after_seconds": number * service.interval}
        for number, status in enumerate(service.walk)
    ]
    assert done.result["api"] == {"requests": 2 + polls, "retries": 0, "waited_seconds": 0.0}
    assert done.warnings == []
    first, *others = service.walk
    assert done.progress == [
        f"deployment {deployment['id']}: {first}",
        *(
            f"deployment: {status} after {number * service.interval} s"
            for number, status in enumerate(others, start=1)
        ),
    ]


def test_the_options_of_a_deployment_are_sent(service: Service) -> None:
    done = service()
    (step,) = done.result["plan"]
    body = {} if service.is_sevalla else None
    assert step == {"action": "deploy", "method": "POST", "path": service.path, "body": body}
    (sent,) = [request for request in done.requests if request["method"] == "POST"]
    assert sent["body"] == body
    # Sevalla refuses a missing body, whether its Content-Type announces it or not.
    assert (sent["content_type"] == "application/json") == service.is_sevalla


@pytest.mark.parametrize(
    ("module", "scope"),
    [
        ("sevalla_deployment", {"application": "shop-x1y2z"}),
        ("sevalla_deployment", {"application": "Shop"}),
        ("laravel_cloud_deployment", {"application": "shop", "environment": "production"}),
        ("laravel_cloud_deployment", {"application": "Shop", "environment": "staging-3"}),
    ],
)
def test_a_deployment_by_name(
    emulated: Emulator, time: Time, module: str, scope: dict[str, Any]
) -> None:
    done = Runner(emulated)(module, **scope)
    assert done.message is None, done.message
    assert len(done.writes) == 1
    parent = SEVALLA_SHOP_ID if "sevalla" in module else done.result["deployment"]["environment_id"]
    assert f"/{parent}/deployments" in done.writes[0][1]


def test_check_mode_shows_the_request_and_only_reads(service: Service) -> None:
    before = service.emulator.world.snapshot()
    checked = service(check_mode=True)
    assert checked.message is None
    assert checked.writes == []
    assert service.emulator.world.snapshot() == before
    assert checked.result["changed"] is True
    assert checked.result["statuses"] == []
    made = service()
    assert checked.result["plan"] == made.result["plan"]
    assert checked.reads == made.reads[: len(checked.reads)]
    predicted = checked.result["deployment"]
    assert predicted.items() <= made.result["deployment"].items()
    assert "id" not in predicted


def test_without_wait_the_task_ends_once_the_deployment_starts(
    service: Service, time: Time
) -> None:
    done = service(wait=False)
    assert done.message is None
    assert done.result["deployment"]["status"] == service.walk[0]
    assert done.result["statuses"] == [{"status": service.walk[0], "after_seconds": 0}]
    assert time.slept == []
    assert done.reads == [service.path]


def test_a_deployment_that_advances_by_the_clock(service: Service, time: Time) -> None:
    service.switch(deployment_pace="clock")
    done = service(poll_interval=8)
    ended_well(service, done)
    # The service advances every twenty seconds, and is read every eight.
    assert [each["after_seconds"] for each in done.result["statuses"]] == [0, 24, 40, 64][
        : len(service.walk)
    ]
    assert set(time.slept) == {8}


# Ends other than success

BAD_ENDS = [
    *(("sevalla", end) for end in ("failed", "cancelled", "skipped")),
    *(
        ("laravel_cloud", end)
        for end in ("deployment.failed", "build.failed", "failed", "cancelled")
    ),
]


@pytest.mark.parametrize(("name", "end"), BAD_ENDS)
def test_any_other_final_status_fails_the_task(
    emulated: Emulator, time: Time, name: str, end: str
) -> None:
    service = Service(name, emulated)
    service.switch(deployment_result=end)
    failed = service()
    assert failed.message is not None
    (stored,) = service.stored()
    assert stored["id"] in failed.message
    assert f"of {service.target} ended as {end}" in failed.message
    assert "take effect with the next deployment that succeeds" in failed.message
    assert "Nothing was changed" not in failed.message
    if stored.get("failure_reason"):
        assert stored["failure_reason"].rstrip(".") in failed.message
    result = failed.result
    assert result["changed"] is True
    assert result["deployment"]["id"] == stored["id"]
    assert result["statuses"][-1]["status"] == end
    assert result["failure"]["code"] == "deployment_failed"
    details = result["failure"]["details"]
    assert (details["id"], details["status"]) == (stored["id"], end)
    assert ("output" in details) == (end not in ("cancelled", "skipped"))


def test_the_failure_reason_of_a_deployment_is_reported(cloud: Service) -> None:
    cloud.switch(deployment_result="build.failed")
    message = cloud().message
    assert message is not None
    said = "ended as build.failed in step php.command: The command exited with status 1. Changes"
    assert said in message


# The reason of a failure

OUTPUT = "".join(f"line {number}\n" for number in range(1, 31))


def fail(service: Service, output: str | None = OUTPUT, step: str | None = None) -> Outcome:
    """Run a deployment whose step fails and prints something."""
    step = step or ("build" if service.is_sevalla else "php.command")
    outcome = DeploymentOutcome(step=step, output=output)
    service.emulator.world.outcomes.add(service.target, outcome)
    failed = service()
    assert failed.result["failure"]["code"] == "deployment_failed"
    return failed


@pytest.mark.parametrize("steps", ["names", "objects"])
def test_the_last_lines_of_the_sevalla_log_are_reported(sevalla: Service, steps: str) -> None:
    """Its description cannot name the failed step if the steps are only names."""
    sevalla.switch(deployment_steps=steps)
    failed = fail(sevalla)
    details = failed.result["failure"]["details"]
    lines = OUTPUT.splitlines()
    assert details["output"][-30:] == lines
    assert details["step"] == ("build" if steps == "objects" else None)
    assert ("ended as failed in step build." in str(failed.message)) == (steps == "objects")
    assert str(failed.message).endswith("The last lines of the log:\n" + "\n".join(lines[-20:]))
    reads = [path for path in failed.reads if path.endswith("/logs")]
    assert len(reads) == (0 if steps == "objects" else 1)


@pytest.mark.parametrize("word", ["failed", "error", "finished"])
@pytest.mark.parametrize("step", ["php.command", "deploy.command"])
def test_the_failed_step_and_its_last_lines_are_reported(
    cloud: Service, step: str, word: str
) -> None:
    """Whatever the status of the failed step is."""
    cloud.switch(failed_step_status=word)
    failed = fail(cloud, step=step)
    end = "build.failed" if step == "php.command" else "deployment.failed"
    lines = OUTPUT.splitlines()
    assert f"ended as {end} in step {step}: " in str(failed.message)
    assert str(failed.message).endswith("The last lines of the log:\n" + "\n".join(lines[-20:]))
    assert failed.result["failure"]["details"] == {
        "id": failed.result["deployment"]["id"],
        "status": end,
        "step": step,
        "output": lines,
    }
    (read,) = [path for path in failed.reads if path.endswith("/logs")]
    assert read == f"/deployments/{failed.result['deployment']['id']}/logs"


def shown_step(name: Any, status: str) -> dict[str, Any]:
    return {"step": name, "status": status, "output": f"{name} is {status}"}


@pytest.mark.parametrize(
    ("build", "deploy", "name"),
    [
        ([("a", "running"), ("b", "failed"), ("c", "pending")], [], "b"),
        ([("a", "warning")], [("b", "finished"), ("c", "Error")], "c"),
        ([("a", "build.failed"), ("b", "errored")], [], "a"),
        ([("a", "finished"), ("b", "running"), ("c", "pending")], [], "b"),
        ([("a", "finished"), ("b", "finished"), ("c", "skipped")], [], "b"),
    ],
)
def test_a_step_that_says_that_it_failed_is_reported(
    cloud: Service, build: list[Any], deploy: list[Any], name: str
) -> None:
    """Else the first that is not finished, else the last that ran."""
    phases = {"build": build, "deploy": deploy}
    data = {phase: {"steps": [shown_step(*step) for step in phases[phase]]} for phase in phases}
    failed = fail_with_log(cloud, {"data": data})
    assert failed.result["failure"]["details"]["step"] == name
    assert f"in step {name}" in str(failed.message)
    assert f"{name} is " in str(failed.message)


def test_a_failed_step_without_a_name_is_not_named(cloud: Service) -> None:
    """Its output is reported."""
    failed = fail_with_log(cloud, {"data": {"build": {"steps": [shown_step(None, "failed")]}}})
    assert failed.result["failure"]["details"]["step"] is None
    assert "in step" not in str(failed.message)
    assert str(failed.message).endswith("None is failed")


def fail_with_log(service: Service, answer: Any) -> Outcome:
    """Run a deployment that fails, whose log is an answer."""
    service.emulator.hooks = Instead("/logs", 200, answer)
    failed = fail(service)
    service.emulator.hooks = Hooks()
    return failed


def test_control_characters_are_removed_from_the_message(service: Service) -> None:
    red = "\x1b[31;1mred\x1b[0m\x1b[2K " + "x" * 1000
    failed = fail(service, output=red)
    assert "\x1b" not in str(failed.message)
    assert str(failed.message).endswith("\nred " + "x" * 296)
    assert failed.result["failure"]["details"]["output"][-1] == "red " + "x" * 1000


@pytest.mark.parametrize("kind", ["500_before", "html_before", "drop_before"])
def test_a_log_that_cannot_be_read_does_not_hide_the_failure(service: Service, kind: str) -> None:
    service.fault(kind, "GET", "*/logs", times=None)
    failed = fail(service)
    stored = service.stored()[0]
    assert f"{stored['id']} of {service.target} ended as " in str(failed.message)
    assert "'s dashboard. This task could not read it: GET /" in str(failed.message)
    assert failed.result["changed"] is True
    details = {"id": stored["id"], "status": stored["status"]}
    if service.is_sevalla:
        details["steps"] = ["checkout", "build", "rollout", "syncConnections"]
    assert failed.result["failure"]["details"] == details


@pytest.mark.parametrize("status", [500, 404])
def test_the_sevalla_step_is_known_without_the_log(sevalla: Service, status: int) -> None:
    sevalla.switch(deployment_steps="objects")
    sevalla.emulator.hooks = Instead("/logs", status, {})
    failed = fail(sevalla, output="")
    details = failed.result["failure"]["details"]
    assert (details["step"], details["output"]) == ("build", [])
    assert "ended as failed in step build. Changes" in str(failed.message)
    assert "See the deployment's log in Sevalla's dashboard." in str(failed.message)
    assert ("This task could not read it: GET /" in str(failed.message)) == (status != 404)


def test_a_log_that_sevalla_does_not_have_is_no_output(sevalla: Service) -> None:
    """Only the vendor's CLI shows that Sevalla has a log."""
    sevalla.emulator.hooks = Instead("/logs", 404, {})
    failed = fail(sevalla)
    assert str(failed.message).endswith(" See the deployment's log in Sevalla's dashboard.")
    assert "HTTP 404" not in str(failed.message)
    assert "output" not in failed.result["failure"]["details"]


@pytest.mark.parametrize(
    ("shown", "output"),
    [
        ({"message": "out of memory\nkilled"}, ["out of memory", "killed"]),
        ({"output": None, "message": "out of memory"}, ["out of memory"]),
        ({"output": "killed", "message": "out of memory"}, ["killed"]),
    ],
)
def test_the_steps_of_sevalla_are_in_the_details(
    sevalla: Service, shown: dict[str, str], output: list[str]
) -> None:
    """The message of a failed step is its output if it has no other."""
    steps = [
        {"name": "checkout", "status": "success", "message": "done"},
        {"name": "build", "status": "failed", **shown},
    ]
    sevalla.fault(
        "change", "GET", sevalla.item, times=None, values={"status": "failed", "steps": steps}
    )
    failed = sevalla()
    details = failed.result["failure"]["details"]
    assert details["steps"] == steps
    assert (details["step"], details["output"]) == ("build", output)
    assert str(failed.message).endswith("The last lines of the log:\n" + "\n".join(output))


@pytest.mark.parametrize("logs", ["unavailable", "422", "empty"])
def test_a_missing_log_is_ignored(emulated: Emulator, time: Time, logs: str) -> None:
    service = Service("sevalla" if logs == "empty" else "laravel_cloud", emulated)
    service.switch(deployment_logs=logs)
    failed = fail(service)
    assert f"{service.stored()[0]['id']} of {service.target} ended as " in str(failed.message)
    assert "See the deployment's log in " in str(failed.message)
    assert ("This task could not read it" in str(failed.message)) == (logs == "422")


@pytest.mark.parametrize(
    "answer",
    [
        *([], {}, "text", None, 7, [None, 7, ["a"], {"message": {}}]),
        *({"data": []}, {"data": {"build": []}}, {"data": {"build": {"steps": {}}}}),
        {"data": {"build": {"steps": [7, {}, {"step": {}, "output": ["a"], "status": []}]}}},
    ],
)
def test_the_failure_is_reported_whatever_the_log_contains(service: Service, answer: Any) -> None:
    failed = fail_with_log(service, answer)
    assert f"{service.stored()[0]['id']} of {service.target} ended as " in str(failed.message)


def test_wait_timeout_ends_the_wait(service: Service, time: Time) -> None:
    service.switch(deployment_pace="clock")
    start = time.now
    failed = service(wait_timeout=27, poll_interval=10)
    assert time.now - start == 27
    assert time.slept == [10, 10, 7]
    (stored,) = service.stored()
    status = service.walk[1]
    assert failed.message is not None
    assert f"{stored['id']} of {service.target} has not ended after 27 seconds" in failed.message
    assert f"had the status {status}" in failed.message
    assert "wait_timeout" in failed.message
    assert "Nothing was changed" not in failed.message
    assert failed.result["failure"]["code"] == "wait_timeout"
    assert failed.result["failure"]["details"] == {"id": stored["id"], "status": status}
    assert failed.result["changed"] is True
    assert failed.result["deployment"]["status"] == status


def test_an_end_at_the_last_moment_is_detected(service: Service, time: Time) -> None:
    service.switch(deployment_pace="clock")
    seconds = 20 * (len(service.walk) - 1)
    ended_well(service, service(wait_timeout=seconds, poll_interval=1000))
    assert time.slept == [seconds]


# Undocumented statuses


@pytest.mark.parametrize("status", ["rollingBack", None, ["a", "list"]])
def test_an_unknown_status_is_waited_out_with_a_warning(service: Service, status: Any) -> None:
    service.fault("change", "GET", service.item, times=2, values={"status": status})
    service.fault("change", "GET", service.item, after=2, values={"status": service.walk[-2]})
    done = service()
    ended_well(service, done)
    (warning,) = done.warnings
    assert f"has an unknown status: {status}. It is treated as running." in warning
    assert {"status": status, "after_seconds": service.interval} in done.result["statuses"]


def test_an_unknown_status_is_not_shown_with_no_log(service: Service) -> None:
    service.fault("change", "GET", service.item, values={"status": "rollingBack"})
    service.fault("change", "GET", service.item, after=1, values={"status": service.walk[-2]})
    service.run.no_log = True
    done = service()
    deployment = ended_well(service, done)
    (warning,) = done.warnings
    assert warning == "The deployment has an unknown status. It is treated as running."
    assert done.progress == []
    assert deployment["id"] not in warning


def test_an_unknown_status_is_not_waited_for_forever(service: Service) -> None:
    service.fault("change", "GET", service.item, times=None, values={"status": "rollingBack"})
    failed = service()
    assert failed.result["failure"]["code"] == "wait_timeout"
    assert "had the status rollingBack" in str(failed.message)
    assert len(failed.warnings) == 1


def test_an_unknown_status_of_a_finished_deployment_is_a_failure(
    service: Service, time: Time
) -> None:
    values = {"status": "expired", "finished_at": "2026-03-01T10:00:00.000Z"}
    service.fault("change", "GET", service.item, times=None, values=values)
    failed = service()
    assert failed.result["failure"]["code"] == "deployment_failed"
    assert "ended as expired" in str(failed.message)
    assert time.slept == [service.interval]


SEVALLAS = {
    "on their way": ("waiting", "inProgress"),
    "well ended": ("success",),
    "ended badly": ("failed", "cancelled", "skipped"),
}
LARAVELS = {
    "on their way": (
        *("pending", "build.pending", "build.created", "build.queued", "build.running"),
        *("build.succeeded", "deployment.pending", "deployment.created", "deployment.queued"),
        "deployment.running",
    ),
    "well ended": ("deployment.succeeded",),
    "ended badly": ("deployment.failed", "build.failed", "failed", "cancelled"),
}


@pytest.mark.parametrize(
    ("statuses", "documented"),
    [
        (_sevalla.DEPLOYMENTS.statuses, SEVALLAS),
        (_laravel_cloud.DEPLOYMENTS.statuses, LARAVELS),
    ],
)
@pytest.mark.parametrize("finished_at", [None, "2026-03-01T10:00:00Z"])
def test_every_documented_status_is_known_whatever_the_timestamps_say(
    statuses: Any, documented: dict[str, tuple[str, ...]], finished_at: str | None
) -> None:
    for what, words in documented.items():
        for status in words:
            deployment = {"status": status, "finished_at": finished_at}
            assert statuses.knows(deployment), status
            assert statuses.is_over(deployment) == (what != "on their way"), status
            assert (status == statuses.success) == (what == "well ended"), status
    assert not statuses.knows({"status": "new", "finished_at": finished_at})
    assert statuses.is_over({"status": "new", "finished_at": finished_at}) == bool(finished_at)


# Deployments of someone else


def test_an_earlier_deployment_of_someone_else_is_not_followed(service: Service) -> None:
    theirs = service.emulator.world.deploy(service.target, {})["id"]
    done = service()
    mine = ended_well(service, done)["id"]
    assert mine != theirs
    assert [each["id"] for each in service.stored()] == [theirs, mine]
    polled = [path for path in done.reads if path != service.path]
    assert polled
    assert all(path.endswith(mine) for path in polled)


def test_a_deployment_that_someone_else_starts_just_before_is_not_followed(
    service: Service,
) -> None:
    service.fault("deploy", "POST")
    mine = ended_well(service, service())
    theirs, stored = service.stored()
    assert stored["id"] == mine["id"] != theirs["id"]


def test_a_deployment_that_someone_else_starts_during_the_wait_is_not_followed(
    service: Service, time: Time
) -> None:
    time.meanwhile = lambda: service.emulator.world.deploy(service.target, {})
    done = service()
    mine = ended_well(service, done)
    stored, theirs = service.stored()
    assert stored["id"] == mine["id"] != theirs["id"]
    assert theirs["status"] == service.walk[0]
    assert all(path.endswith(mine["id"]) for path in done.reads[1:])


def test_a_deployment_refused_because_another_runs_is_a_failure(
    service: Service,
) -> None:
    service.switch(concurrent_deployments="refused")
    theirs = service.emulator.world.deploy(service.target, {})
    failed = service()
    assert failed.message is not None
    assert "responded with HTTP 4" in failed.message
    assert (
        f"Not finished when the request was sent: {theirs['id']} ({service.walk[0]})."
        in failed.message
    )
    assert "Nothing was changed." in failed.message
    assert failed.result["changed"] is False
    # Laravel Cloud says "already in progress", which the client retries.
    assert posts(failed) == (1 if service.is_sevalla else 6)
    assert len(service.stored()) == 1


def test_a_deployment_skipped_for_a_newer_one_is_a_failure(sevalla: Service) -> None:
    sevalla.switch(concurrent_deployments="skip_waiting")
    sevalla.emulator.world.deploy(sevalla.target, {})
    sevalla.fault("deploy", "GET", f"{sevalla.path}/*")
    failed = sevalla()
    assert failed.result["failure"]["details"]["status"] == "skipped"
    assert len(sevalla.stored()) == 3


# A lost POST

STORED = [
    *("drop_after", "cut_after", "cut_chunked_after", "500_after", "502_after", "503_after"),
    *("504_after", "html_after", "redirect_root_after", "redirect_login_after", "empty_after"),
    *("json_list_after", "json_string_after", "json_null_after"),
]
NOT_STORED = ["drop_before", "500_before", "502_before", "503_before"]
NOT_TOLD = ["504_before", "html_before", "redirect_root_before", "json_null_before", "not_stored"]


@pytest.mark.parametrize("kind", STORED)
def test_a_deployment_whose_response_is_lost_is_found(service: Service, kind: str) -> None:
    service.emulator.world.deploy(service.target, {"status": service.walk[-1]})
    service.fault(kind, "POST")
    done = service()
    mine = ended_well(service, done)
    assert posts(done) == 1
    assert [each["id"] for each in service.stored()][1:] == [mine["id"]]
    (warning,) = done.warnings
    assert "was lost" in warning
    assert mine["id"] in warning


@pytest.mark.parametrize("kind", NOT_STORED)
def test_a_deployment_that_was_not_started_is_retried(service: Service, kind: str) -> None:
    service.emulator.world.deploy(service.target, {"status": service.walk[-1]})
    service.fault(kind, "POST")
    done = service()
    mine = ended_well(service, done)
    assert posts(done) == 2
    assert [each["id"] for each in service.stored()][1:] == [mine["id"]]
    assert done.warnings == []


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
@pytest.mark.parametrize("count", [100, 101, 301])
@pytest.mark.parametrize("name", ["sevalla", "ascending", "descending"])
def test_a_lost_deployment_is_found_among_many_in_any_order(
    emulated: Emulator, time: Time, name: str, count: int, lost: str
) -> None:
    """The order of Laravel Cloud's list is not documented: the newest may be on the last page. An
    old one that has moved to another page is not mistaken for a new one."""
    service = Service("sevalla" if name == "sevalla" else "laravel_cloud", emulated)
    if not service.is_sevalla:
        service.switch(list_order=name)
    for _before in range(count):
        service.emulator.world.deploy(service.target, {"status": service.walk[-1]})
    service.fault(lost, "POST")
    done = service()
    mine = ended_well(service, done)
    assert posts(done) == (1 if lost == "drop_after" else 2)
    assert [each["id"] for each in service.stored()][count:] == [mine["id"]]
    lists = done.reads.count(service.path)
    assert lists <= 9
    if service.is_sevalla:
        assert lists == (2 if lost == "drop_after" else 3)


@pytest.mark.parametrize("kind", NOT_TOLD)
def test_a_deployment_that_may_still_be_started_is_not_retried(service: Service, kind: str) -> None:
    if kind == "not_stored":
        service.fault("not_stored", "POST")
        service.fault("html_after", "POST")
    else:
        service.fault(kind, "POST")
    failed = service()
    assert failed.message is not None
    assert "No deployment that it may have started is listed now." in failed.message
    assert "Nothing was changed" not in failed.message
    assert failed.result["changed"] is False
    assert posts(failed) == 1
    assert service.stored() == []


def test_a_deployment_is_attempted_at_most_three_times(service: Service) -> None:
    service.fault("drop_before", "POST", times=None)
    failed = service()
    assert posts(failed) == 3
    assert "No deployment that it may have started is listed now." in str(failed.message)
    assert service.stored() == []


def test_a_lost_deployment_is_not_retried_when_the_list_cannot_be_read(service: Service) -> None:
    service.fault("drop_after", "POST")
    service.fault("503_before", "GET", after=1, times=None)
    failed = service(api_retries=1)
    assert "Looking for it in the list failed as well" in str(failed.message)
    assert posts(failed) == 1
    assert len(service.stored()) == 1


def test_a_lost_deployment_is_not_retried_without_time_to_wait(service: Service) -> None:
    """The list is read once, without waiting."""
    service.fault("drop_before", "POST")
    failed = service(api_max_wait=0)
    assert "there was no time left (api_max_wait) to look again" in str(failed.message)
    assert "Nothing was changed" not in str(failed.message)
    assert posts(failed) == 1
    assert failed.reads == [service.path] * 2


def test_a_lost_deployment_is_found_without_time_to_wait(service: Service) -> None:
    service.fault("drop_after", "POST")
    ended_well(service, service(api_max_wait=0))


def test_two_candidates_for_a_lost_deployment_are_ambiguous(service: Service) -> None:
    service.fault("deploy", "POST")
    service.fault("drop_after", "POST")
    failed = service()
    ids = [each["id"] for each in service.stored()]
    assert len(ids) == 2
    assert failed.result["failure"]["code"] == "ambiguous"
    assert sorted(failed.result["failure"]["details"]) == sorted(ids)
    assert all(each in str(failed.message) for each in ids)
    assert posts(failed) == 1
    assert set(failed.reads) == {service.path}


@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        ({}, PUSHED),
        ({}, {"type": "automatic", "trigger": None}),
        ({}, {"trigger": "RESTART"}),
        ({}, {"trigger": "ROLLBACK_DEPLOYMENT"}),
        ({"restart": True}, {"trigger": "MANUAL_DEPLOY"}),
        ({"branch": "next"}, {"branch": "main"}),
    ],
)
def test_a_different_deployment_is_not_mistaken_for_a_lost_one(
    sevalla: Service, options: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """A deployment of someone else appears while our POST is lost: once before it arrived, once
    after."""
    for lost, sent in (("drop_before", 2), ("drop_after", 1)):
        sevalla.switch()
        sevalla.fault("deploy", "POST", values=theirs)
        sevalla.fault(lost, "POST")
        done = sevalla(**options)
        mine = ended_well(sevalla, done)
        assert posts(done) == sent
        other, stored = sevalla.stored()
        assert stored["id"] == mine["id"] != other["id"]


@pytest.mark.parametrize("theirs", [{"trigger": None}, {"trigger": "NEW_WORD"}, {"branch": None}])
def test_missing_fields_do_not_rule_out_a_deployment(
    sevalla: Service, theirs: dict[str, Any]
) -> None:
    sevalla.fault("deploy", "POST", values=theirs)
    sevalla.fault("drop_before", "POST")
    done = sevalla(branch="main")
    assert [each["id"] for each in sevalla.stored()] == [done.result["deployment"]["id"]]
    assert len(done.warnings) == 1


def test_a_deployment_on_laravel_cloud_during_a_lost_post_is_adopted_with_a_warning(
    cloud: Service,
) -> None:
    """A deployment that appears while our POST is lost deploys the stored state, and is adopted
    with a warning that names it."""
    cloud.fault("deploy", "POST")
    cloud.fault("drop_before", "POST")
    done = cloud()
    theirs = ended_well(cloud, done)["id"]
    assert [each["id"] for each in cloud.stored()] == [theirs]
    assert posts(done) == 1
    (warning,) = done.warnings
    assert theirs in warning


# The rate limit, and failed reads


def test_a_rate_limited_post_is_retried(service: Service, time: Time) -> None:
    service.fault("429_seconds", "POST", times=2)
    done = service()
    ended_well(service, done)
    assert posts(done) == 3
    assert len(service.stored()) == 1
    assert done.result["api"]["retries"] == 2
    assert done.result["api"]["waited_seconds"] >= 14


@pytest.mark.parametrize(
    "kind",
    [
        *("429_reset", "429_seconds", "429_bare", "500_before", "502_before", "503_before"),
        *("504_before", "drop_before", "drop_after", "cut_after", "html_before", "empty_before"),
        "redirect_login_before",
    ],
)
def test_a_read_that_fails_does_not_lose_the_deployment(service: Service, kind: str) -> None:
    service.fault(kind, "GET", service.item, times=3)
    for retries in (0, 5):
        done = service(api_retries=retries)
        ended_well(service, done)
        assert posts(done) == 1
        service.fault(kind, "GET", service.item, times=3)


def test_rate_limits_count_as_waiting_and_polling_does_not(service: Service, time: Time) -> None:
    service.fault("429_seconds", "GET", service.item)
    done = service(api_max_wait=20)
    ended_well(service, done)
    waited = done.result["api"]["waited_seconds"]
    assert 7 <= waited <= 12
    pauses = len(service.walk) - 1
    assert sum(time.slept) == pytest.approx(pauses * service.interval + waited, abs=0.001)


def test_polling_continues_after_rate_limits_without_api_max_wait_left(
    service: Service, time: Time
) -> None:
    service.fault("429_seconds", "GET", service.item, times=3)
    done = service(api_max_wait=0)
    ended_well(service, done)
    assert done.result["api"]["waited_seconds"] == 0.0
    assert time.slept[:4] == [service.interval, 60, 60, 60]
    assert sum("It will be read again." in line for line in done.progress) == 3
    name = "Sevalla" if service.is_sevalla else "Laravel Cloud"
    assert done.progress.count(f"rate limit of {name}: continuing in 60 s") == 3


@pytest.mark.parametrize("kind", ["503_before", "drop_before", "429_seconds", "html_before"])
def test_reads_that_never_succeed_end_at_wait_timeout(
    service: Service, time: Time, kind: str
) -> None:
    """Whatever wait the service requests and the retries need."""
    service.fault(kind, "GET", service.item, times=None)
    start = time.now
    failed = service(wait_timeout=100)
    assert time.now - start == pytest.approx(100)
    assert failed.result["failure"]["code"] == "wait_timeout"
    assert "The last read of it failed: GET /" in str(failed.message)
    # It was not api_max_wait that ended the retries.
    assert "(api_max_wait), has waited" not in str(failed.message)
    assert f"had the status {service.walk[0]}" in str(failed.message)


def test_a_rate_limit_beyond_wait_timeout_is_not_waited_for(service: Service, time: Time) -> None:
    service.fault("429_seconds", "GET", service.item)
    start = time.now
    failed = service(wait_timeout=12, poll_interval=9)
    assert time.now - start == pytest.approx(12)
    assert failed.result["failure"]["code"] == "wait_timeout"


def test_a_deployment_that_a_read_does_not_find_yet_is_read_again(
    service: Service, time: Time
) -> None:
    """A read may lag behind the POST."""

    class Late(Hooks):
        """Shows no deployment before its second read."""

        reads = 0

        def after(self, response: Any) -> Any:
            """Replace the first response by a 404."""
            path = flask.request.path
            if flask.request.method == "GET" and "/deployments/" in path and "logs" not in path:
                self.reads += 1
                if self.reads == 1:
                    return flask.make_response({"message": "Not found"}, 404)
            return response

    service.emulator.hooks = Late()
    done = service()
    service.emulator.hooks = Hooks()
    ended_well(service, done)


def test_a_deployment_that_disappears(service: Service) -> None:
    service.fault("vanish", "GET", service.item)
    failed = service()
    assert failed.message is not None
    assert "responded with HTTP 404" in failed.message
    assert f"was started and had the status {service.walk[0]}" in failed.message
    assert failed.result["changed"] is True
    assert failed.result["deployment"]["id"] in failed.message


# Refusals


def test_a_restart_uses_the_last_build(sevalla: Service) -> None:
    done = sevalla(restart=True)
    assert ended_well(sevalla, done)["trigger"] == "RESTART"
    (step,) = done.result["plan"]
    assert (step["action"], step["body"]) == ("restart", {"is_restart": True})
    assert sevalla(restart=True, check_mode=True).result["plan"] == [step]


def test_branch_and_image_are_sent_unchanged(sevalla: Service) -> None:
    done = sevalla(branch="next")
    assert done.result["plan"][0]["body"] == {"branch": "next"}
    assert ended_well(sevalla, done)["branch"] == "next"
    done = sevalla(docker_image="shop:2")
    assert done.result["plan"][0]["body"] == {"docker_image": "shop:2"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_application_that_was_never_deployed_cannot_restart(
    sevalla: Service, check_mode: bool
) -> None:
    failed = sevalla(application="draft-d3e4f", restart=True, check_mode=check_mode)
    assert failed.message is not None
    assert f"Application {SEVALLA_DRAFT_ID} was never deployed." in failed.message
    assert "Deploy it once without restart." in failed.message
    assert "Nothing was changed." in failed.message
    assert failed.result["failure"]["code"] == "never_deployed"
    assert failed.writes == []


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_an_application_without_a_successful_deployment_cannot_restart(
    sevalla: Service, status: int
) -> None:
    sevalla.switch(deployment_result="failed", restart_never_deployed=status)
    assert sevalla(application="draft-d3e4f").message is not None
    failed = sevalla(application="draft-d3e4f", restart=True)
    assert failed.message is not None
    assert f"responded with HTTP {status}" in failed.message
    assert "Deploy it once without restart." in failed.message
    assert failed.result["changed"] is False


def test_an_application_that_was_never_deployed_can_be_deployed(sevalla: Service) -> None:
    ended_well(sevalla, sevalla(application="draft-d3e4f"))
    done = sevalla(application=SEVALLA_DRAFT_ID, restart=True)
    ended_well(sevalla, done)
    assert f"/applications/{SEVALLA_DRAFT_ID}" not in done.reads


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("sevalla", {"wait_timeout": 0}, ["wait_timeout: must be from 1 to 1000000"]),
        ("sevalla", {"poll_interval": 0}, ["poll_interval: must be from 1 to 1000000"]),
        (
            "sevalla",
            {"wait_timeout": 10**20, "poll_interval": 10**20},
            ["wait_timeout: must be from 1 to", "poll_interval: must be from 1 to"],
        ),
        ("sevalla", {"application": " "}, ["application: is empty"]),
        ("sevalla", {"branch": ""}, ["branch: is empty"]),
        ("sevalla", {"docker_image": ""}, ["docker_image: is empty"]),
        (
            "sevalla",
            {"restart": True, "branch": "next", "docker_image": "x", "api_timeout": 0},
            [
                "branch: cannot be used with restart",
                "docker_image: cannot be used with restart",
                "docker_image: cannot be used with branch",
                "api_timeout: must be from 1 to 1000000",
            ],
        ),
        (
            "laravel_cloud",
            {"environment": None},
            ["environment: is required: the environment to deploy"],
        ),
        (
            "laravel_cloud",
            {"environment": "production", "poll_interval": -1, "wait_timeout": -1},
            [
                "application: is required, because environment 'production' is a name",
                "poll_interval: must be from 1 to 1000000",
                "wait_timeout: must be from 1 to 1000000",
            ],
        ),
    ],
)
def test_all_invalid_options_are_reported_before_any_request(
    emulated: Emulator, name: str, options: dict[str, Any], said: list[str]
) -> None:
    for check_mode in (True, False):
        failed = Service(name, emulated)(check_mode=check_mode, **options)
        assert failed.result["failure"]["code"] == "invalid_options"
        for each in said:
            assert each in str(failed.message)
        assert failed.requests == []


@pytest.mark.parametrize(
    ("name", "scope", "said"),
    [
        ("sevalla", {"application": "nobody"}, "There is no application 'nobody' on Sevalla"),
        (
            "sevalla",
            {"application": "11111111-1111-4111-8111-111111111111"},
            "There is no application '11111111-1111-4111-8111-111111111111'",
        ),
        ("sevalla", {"application": "Twin"}, "2 applications have the display_name 'Twin'"),
        (
            "laravel_cloud",
            {"environment": "env-a1701a2c-ffff-4f60-9b7c-8d9e0f1a2b3c"},
            "There is no environment 'env-a1701a2c-ffff-4f60-9b7c-8d9e0f1a2b3c'",
        ),
        (
            "laravel_cloud",
            {"application": "shop", "environment": "nobody"},
            "There is no environment 'nobody' on Laravel Cloud",
        ),
    ],
)
def test_an_unknown_target(emulated: Emulator, name: str, scope: dict[str, Any], said: str) -> None:
    for check_mode in (True, False):
        failed = Service(name, emulated)(check_mode=check_mode, **scope)
        assert said in str(failed.message)
        assert "Nothing was changed." in str(failed.message)
        assert failed.writes == []


# The purpose of a deployment


def test_a_deleted_process_disappears_with_the_deployment(sevalla: Service) -> None:
    queue = {"application": "shop-x1y2z", "display_name": "queue"}
    created = {**queue, "type": "worker", "resource_type": "s1"}
    assert sevalla.run("sevalla_process", **created).result["deployment_required"] is True
    gone = {**queue, "state": "absent"}
    assert sevalla.run("sevalla_process", **gone).result["deployment_required"] is True
    assert sevalla.run("sevalla_process", **gone).result["changed"] is True
    ended_well(sevalla, sevalla())
    again = sevalla.run("sevalla_process", **gone)
    assert again.result["changed"] is False
    assert again.result["deployment_required"] is False
    assert again.writes == []
