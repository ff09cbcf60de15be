# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the worker adds to a module, with made-up modules."""

from __future__ import annotations

import gc
import json
import locale
import os
import random
import signal
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._engine.module import (
    Module,
    Task,
    connected,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.service import SERVICE
from ansible_collections.evenkeel.paas.plugins.plugin_utils import _worker
from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_ID
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.conftest import (
    WAYS,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.in_worker import (
    in_worker,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    module_of,
)

SECRET = "canary-7f3a"
# ansible-core 2.22 and later mask in another way.
MASK, INSIDE = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********"
if find_spec("ansible.module_utils.secrets"):
    MASK = INSIDE = "$REDACTED$"
SPEC = {
    "token": {
        "type": "str",
        "no_log": True,
        "aliases": ["secret"],
        "fallback": (lambda: SECRET, []),
    },
    "count": {"type": "int", "default": 1},
    "old": {
        "type": "str",
        "removed_in_version": "9.0.0",
        "removed_from_collection": "evenkeel.paas",
    },
    "nested": {"type": "dict", "options": {"pass": {"type": "str", "no_log": True}}},
    "any": {"type": "dict"},
}

Run = Callable[[Task], dict[str, Any]]


def ran(run: Run, check_mode: bool = False, no_log: bool = False, **options: Any) -> dict[str, Any]:
    """Return the result of the action of a module."""
    task = SimpleNamespace(
        action="evenkeel.paas.it", args=options, check_mode=check_mode, no_log=no_log
    )
    action = type("Action", (_worker.WorkerAction,), {"MODULE": Module(SPEC, run)})(
        task,
        connection=None,
        play_context=SimpleNamespace(remote_addr="here"),
        loader=None,
        templar=None,
        shared_loader_obj=None,
    )
    result: dict[str, Any] = action._run_here({})
    result.pop("invocation", None)
    return result


def test_the_scenarios_also_run_in_the_worker() -> None:
    assert set(WAYS) == {"module", "worker"}


def test_a_module_gets_the_same_options_in_the_worker_as_by_itself() -> None:
    seen: list[Task] = []

    def run(task: Task) -> dict[str, Any]:
        seen.append(task)
        return {"changed": False}

    assert ran(run, check_mode=True, count="3") == {"changed": False}
    (task,) = seen
    assert task.check_mode is True
    assert task.params == {
        "token": SECRET,
        "count": 3,
        "old": None,
        "nested": None,
        "any": None,
    }


def types_in(value: Any) -> set[type]:
    """Return the types of a value and of everything in it."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values(), {}.__class__]
        return set().union({dict}, *(types_in(each) for each in value[:-1]))
    if isinstance(value, list):
        return {value.__class__}.union(*(types_in(each) for each in value))
    return {value.__class__}


def test_values_are_plain_python() -> None:
    """Ansible's own values have tags, or are marked as unsafe: subclasses of str and others."""
    try:
        from ansible.template import trust_as_template as marked
    except ImportError:  # before ansible-core 2.19
        from ansible.utils.unsafe_proxy import wrap_var as marked
    given = {marked("key"): [marked("text"), 1, 1.5, True, None, (marked("in a tuple"),)]}
    assert not types_in(given) <= {dict, list, str, int, float, bool, type(None), tuple}
    seen: list[Any] = []
    ran(lambda task: seen.append(task.params["any"]) or {}, any=given)
    assert seen == [{"key": ["text", 1, 1.5, True, None, ["in a tuple"]]}]
    assert types_in(seen[0]) == {dict, list, str, int, float, bool, type(None)}
    assert json.dumps(seen)


def test_results_are_plain_json_data() -> None:
    given = {"changed": True, "list": (1, 2), "by_number": {1: "one"}}
    assert ran(lambda task: given) == {"changed": True, "list": [1, 2], "by_number": {"1": "one"}}


def test_secrets_are_masked_everywhere_and_booleans_are_kept() -> None:
    def run(task: Task) -> dict[str, Any]:
        task.warn(f"warned of {SECRET}", "warned of a secret")
        return {
            "changed": True,
            "none": None,
            "diff": {"before": {"a": SECRET}, "after": [f"x{SECRET}x", {"b": ["inner"]}]},
            "number": 1,
        }

    assert ran(run, nested={"pass": "inner"}) == {
        "changed": True,
        "none": None,
        "diff": {
            "before": {"a": MASK},
            "after": [f"x{INSIDE}x", {"b": [MASK]}],
        },
        "number": 1,
        "warnings": [f"warned of {INSIDE}"],
    }


class Screen:
    """Stands in for Ansible's Display: stores the lines that are not a callback's own."""

    def __init__(self, verbosity: int) -> None:
        self.verbosity = verbosity
        self.lines: list[str] = []

    def display(self, msg: str, color: str, stderr: bool) -> None:
        """Store a line."""
        assert not stderr, "the default callback writes lines for people itself"
        self.lines.append(msg)


def lines_of(
    monkeypatch: pytest.MonkeyPatch, verbosity: int = 0, no_log: bool = False
) -> list[str]:
    """Return the output of a task that has one line for everyone and one for -v."""
    screen = Screen(verbosity)
    monkeypatch.setattr(_worker, "display", screen)

    def run(task: Task) -> dict[str, Any]:
        task.progress.on_wait(f"{SECRET} limit", 60)
        # Immediately, and not with the result.
        assert bool(screen.lines) is not no_log
        task.progress.detail(f"about {SECRET}")
        return {"changed": False}

    assert ran(run, no_log=no_log) == {"changed": False}
    return screen.lines


def test_progress_is_shown_immediately_and_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    always = f"[localhost] {INSIDE} limit: continuing in 60 s"
    assert lines_of(monkeypatch) == [always]
    both = [always, f"[localhost] about {INSIDE}"]
    assert lines_of(monkeypatch, verbosity=1) == both
    assert lines_of(monkeypatch, verbosity=1, no_log=True) == []


@pytest.mark.parametrize(
    ("callback", "count"),
    [
        ("default", 1),
        ("ansible.posix.debug", 1),
        ("community.general.yaml", 1),
        ("awx_display", 1),
        ("json", 0),
        ("ansible.posix.jsonl", 0),
        ("community.general.dense", 0),
    ],
)
def test_callbacks_that_print_data_show_no_progress(
    monkeypatch: pytest.MonkeyPatch, callback: str, count: int
) -> None:
    screen = Screen(0)
    monkeypatch.setattr(_worker, "display", screen)
    monkeypatch.setenv("ANSIBLE_STDOUT_CALLBACK", callback)

    def run(task: Task) -> dict[str, Any]:
        task.progress.on_wait("rate limit", 60)
        return {"changed": False}

    ran(run)
    assert len(screen.lines) == count


def test_a_token_named_like_a_boolean_does_not_mask_changed_or_failed() -> None:
    result = ran(lambda task: {"changed": True}, token="True")
    assert result == {"changed": True}
    failed = ran(lambda task: 1 / 0, token="True")
    assert failed["failed"] is True


def test_reported_options_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_worker, "_injects_invocation", lambda variables: True)
    task = SimpleNamespace(
        action="it", args={"secret": "alias", "count": 2}, check_mode=False, no_log=False
    )
    module = Module(SPEC, lambda task: {})
    action = type("Action", (_worker.WorkerAction,), {"MODULE": module})(
        task, connection=None, play_context=None, loader=None, templar=None, shared_loader_obj=None
    )
    shown_options = action._run_here({})["invocation"]["module_args"]
    assert shown_options["token"] == shown_options["secret"] == MASK
    assert shown_options["count"] == 2


def test_a_failure_is_a_failed_result() -> None:
    def run(task: Task) -> dict[str, Any]:
        raise Failure(f"No {SECRET} here.", code="not_found", details=[SECRET])

    result = ran(run)
    assert result["failed"] is True
    assert result["msg"] == f"No {INSIDE} here. Nothing was changed."
    assert result["failure"]["code"] == "not_found"
    assert SECRET not in str(result)


@pytest.mark.parametrize(
    "error", [KeyError(SECRET), OSError(5, SECRET), RecursionError(SECRET), MemoryError(SECRET)]
)
def test_any_exception_is_a_failed_result(error: Exception) -> None:
    def run(task: Task) -> dict[str, Any]:
        raise error

    result = ran(run)
    assert result["failed"] is True
    assert type(error).__name__ in result["msg"]
    assert "please report it" in result["msg"]
    assert "Traceback" in result["exception"]
    assert SECRET not in str(result)


def test_a_result_that_is_not_json_is_a_failed_result() -> None:
    result = ran(lambda task: {"changed": False, "client": object()})
    assert result["failed"] is True
    assert "TypeError" in result["msg"]


class Stop(BaseException):
    """Like Ansible's own exception for a task's timeout."""


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, Stop])
def test_exceptions_that_stop_ansible_are_not_caught(stop: type[BaseException]) -> None:
    def run(task: Task) -> dict[str, Any]:
        raise stop

    with pytest.raises(stop):
        ran(run)


def test_deprecations_and_duplicate_options_are_reported() -> None:
    result = ran(lambda task: {}, old="x", token="a", secret="b")
    assert result["warnings"] == ["Both option token and its alias secret are set."]
    (deprecation,) = result["deprecations"]
    assert deprecation["version"] == "9.0.0"
    assert deprecation["collection_name"] == "evenkeel.paas"
    assert "old" in deprecation["msg"]


CONNECTION = {"api_url": "https://api.example.com", "validate_certs": True, "ca_path": None}
NUMBERS = {"api_timeout": 1, "api_retries": 0, "api_max_wait": 0, "api_token": SECRET}


def checked(task: Task) -> dict[str, Any]:
    """Run as each module does: it asks for a client before it sends anything."""
    task.params.update(CONNECTION, **NUMBERS)
    with connected(SERVICE, task):
        pytest.fail("ran")


@pytest.mark.parametrize("given", [True, "word", [1]])
def test_an_option_that_must_be_a_dictionary_is_named(given: Any) -> None:
    spec = {"inner": {"type": "dict", "options": {"number": {"type": "int"}}}}
    result, message, _warnings, _progress = in_worker(
        Module(spec, checked), {"inner": given}, False
    )
    assert "inner: must be a dictionary." in str(message)
    assert result["failure"]["code"] == "invalid_options"


def test_a_module_with_invalid_options_sends_nothing() -> None:
    result = ran(checked, count="many", token=SECRET)
    assert result["failed"] is True
    assert "count: must be an integer, not 'many'." in result["msg"]
    assert SECRET not in result["msg"]
    unknown = ran(lambda task: pytest.fail("ran"), colour="red")
    assert unknown["msg"].startswith(
        "Unsupported parameters for (evenkeel.paas.it) module: colour."
    )


def state() -> dict[str, Any]:
    """Return what a task shares with its worker, and with the tasks after it."""
    umask = os.umask(0)
    os.umask(umask)
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "umask": umask,
        "locale": locale.setlocale(locale.LC_ALL),
        "signals": {each: signal.getsignal(each) for each in signal.valid_signals()},
        "random": random.getstate(),
        "path": sys.path[:],
    }


def at_work() -> set[Any]:
    """Return the threads of this process, and its open sockets as Linux names them."""
    found: set[Any] = set(threading.enumerate())
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the folder that was just listed
            found.add(os.readlink(f"/proc/self/fd/{number}"))
    return {each for each in found if not isinstance(each, str) or each.startswith("socket:")}


def left_over(before: set[Any]) -> set[Any]:
    """Return the threads and sockets that are new, for at least two seconds: the emulator runs in
    this process too, and its threads detect a closed connection only after a moment.

    urllib3 closes the connections of a closed pool once nothing refers to that pool, and the
    exception of a failed task refers to it in a cycle.
    """
    gc.collect()
    give_up = time.monotonic() + 2
    while at_work() - before and time.monotonic() < give_up:
        time.sleep(0.01)
    return at_work() - before


QUEUE = {"display_name": "queue", "type": "worker", "resource_type": "s1"}
QUEUES = [{**QUEUE, "display_name": name} for name in ("mails", "images", "reports")]


@pytest.mark.parametrize(
    ("module", "options", "connections"),
    [
        ("sevalla_process", QUEUE, 1),
        # As many as max_parallel writes.
        ("sevalla_processes", {"processes": QUEUES}, 3),
    ],
)
def test_the_state_of_the_process_is_unchanged(
    emulator: Any,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    options: dict[str, Any],
    connections: int,
) -> None:
    """With real tasks that write, one that is refused and one that succeeds."""
    clients = []

    class Kept(_http.Client):
        # Otherwise nothing refers to a client that was not closed, either.
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            clients.append(self)

    monkeypatch.setattr(_http, "Client", Kept)
    given = {"api_url": emulator.sevalla_url, "application": SEVALLA_SHOP_ID, **options}
    for token, refused in ((emulator.read_only_token, True), (emulator.token, False)):
        before, working, count = state(), at_work(), emulator.connections
        _result, message, _warnings, _progress = in_worker(
            module_of(module), {"api_token": token, **given}, False
        )
        assert ("HTTP 403" in str(message)) == refused
        assert (message is not None) == refused
        assert state() == before
        assert left_over(working) == set()
        assert 1 <= emulator.connections - count <= connections
    assert len(clients) == 2


OWN = sys.executable


@pytest.mark.parametrize("interpreter", ["auto", "auto_silent", "auto_legacy", OWN])
def test_the_interpreter_of_ansible_runs_in_the_worker(interpreter: str) -> None:
    assert _worker._is_own(interpreter)


def test_another_name_of_the_same_interpreter_runs_in_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment's python3 and python are the same, and both link to a Python outside,
    which is another one: it has other libraries."""
    outside = tmp_path / "outside"
    outside.touch()
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "python3"):
        (folder / name).symlink_to(outside)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    assert _worker._is_own(str(folder / "python3"))
    assert not _worker._is_own(str(outside))
    assert not _worker._is_own("python")
    assert not _worker._is_own("/usr/bin/env python3")
