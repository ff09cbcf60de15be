# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same task on several hosts creates one process: by a lock on one machine, and by another read
of the list for other machines. It starts one deployment by the same lock.

The test plays the other task on this machine, and locks the file itself.
"""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_APP_ID,
    LARAVEL_CLOUD_PRODUCTION_ID,
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    LARAVEL_CLOUD_STAGING_ID,
    SEVALLA_BLOG_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.deploying import (
    Service,
    Time,
    change,
    ended_well,
    pending,
    posts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Outcome,
    Runner,
)


class Case(NamedTuple):
    """A module that creates: its scope, the options ``create(n)``, and the identity of the result.

    ``changed`` is an option that an update changes, ``elsewhere`` another scope. ``collection`` is
    the path of the list, ``entries`` the option with the entries of a module for lists.
    """

    module: str
    scope: dict[str, Any]
    elsewhere: dict[str, Any]
    create: Callable[[int], dict[str, Any]]
    changed: dict[str, Any]
    collection: str
    entries: str | None = None

    def task(self, *numbers: int, **options: Any) -> dict[str, Any]:
        """Return the options that create the processes with these numbers."""
        if self.entries is None:
            (number,) = numbers
            return {**self.scope, **self.create(number), **options}
        return {**self.scope, self.entries: [self.create(each) for each in numbers], **options}


def queue(number: int) -> dict[str, Any]:
    return {"display_name": f"queue {number}", "type": "worker", "resource_type": "s1"}


def horizon(number: int) -> dict[str, Any]:
    return {"type": "custom", "command": f"php artisan work {number}"}


def cluster(number: int) -> dict[str, Any]:
    return {"name": f"Cluster {number}", "type": "service", "size": "flex.c-1vcpu-256mb"}


SHOP = ({"application": SEVALLA_SHOP_ID}, {"application": SEVALLA_BLOG_ID})
WORKERS = (
    {"instance": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID},
    {"instance": LARAVEL_CLOUD_PRODUCTION_APP_ID},
)
AT_SEVALLA = f"/applications/{SEVALLA_SHOP_ID}/processes"
AT_LARAVEL = f"/instances/{LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}/background-processes"
LISTS = {
    "sevalla_processes": Case(
        "sevalla_processes", *SHOP, queue, {"entrypoint": "node x.js"}, AT_SEVALLA, "processes"
    ),
    "laravel_cloud_background_processes": Case(
        "laravel_cloud_background_processes",
        *WORKERS,
        horizon,
        {"processes": 2},
        AT_LARAVEL,
        "processes",
    ),
}
CASES = {
    "sevalla_process": Case(
        "sevalla_process", *SHOP, queue, {"entrypoint": "node x.js"}, AT_SEVALLA
    ),
    "laravel_cloud_background_process": Case(
        "laravel_cloud_background_process", *WORKERS, horizon, {"processes": 2}, AT_LARAVEL
    ),
    **LISTS,
}


class TaskRunner:
    """Runs tasks of one case; knows their lock file, and can play another task."""

    def __init__(self, emulator: Any, case: Case, folder: Path) -> None:
        self.emulator = emulator
        self.case = case
        self.folder = folder
        self.run = Runner(emulator)
        self.on_sleep: Callable[[float], None] = lambda seconds: None
        self.slept: list[float] = []
        self.now = 1000.0

    def __call__(self, *numbers: int, **options: Any) -> Outcome:
        """Run the task that creates the processes with these numbers."""
        return self.run(self.case.module, **self.case.task(*numbers, **options))

    def sleep(self, seconds: float) -> None:
        """Replace the client's sleep: time passes immediately, and other tasks can act."""
        self.slept.append(seconds)
        self.now += seconds
        self.on_sleep(seconds)

    def clock(self) -> float:
        """Replace the client's clock."""
        return self.now

    @property
    def files(self) -> list[Path]:
        """Return the lock files so far."""
        return sorted(self.folder.glob("evenkeel.paas-*/*"))

    def know(self) -> Path:
        """Run a task that changes nothing, and return its lock file."""
        before = set(self.files)
        self.run(self.case.module, **self.case.task(0))
        made = self.run(self.case.module, **self.case.task(0))
        assert made.result["changed"] is False
        (file,) = set(self.files) - before
        return file

    def lists(self, outcome: Outcome) -> int:
        """Return how often a run read the list of the scope."""
        return outcome.reads.count(self.case.collection)

    def posts(self, outcome: Outcome) -> int:
        """Return how many creations a run sent."""
        return [method for method, _path, _status in outcome.writes].count("POST")

    def ids(self, number: int) -> list[str]:
        """Return the ids of all processes with the name of a number."""
        wanted = self.case.create(number)
        key = "display_name" if "display_name" in wanted else "command"
        with self.emulator.world.lock:
            sevalla = self.emulator.world.sevalla.applications[SEVALLA_SHOP_ID].processes
            cloud = self.emulator.world.laravel_cloud.processes
            live = [
                *(dict(process) for process in sevalla.values()),
                *({"id": each.id, **each.attributes} for each in cloud.values()),
            ]
        return [process["id"] for process in live if process.get(key) == wanted[key]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def runner_of(
    emulator: Any, case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> TaskRunner:
    runner = TaskRunner(emulator, case, folder)
    monkeypatch.setattr(Client, "sleep", staticmethod(runner.sleep))
    monkeypatch.setattr(Client, "clock", staticmethod(runner.clock))
    return runner


@pytest.fixture(params=list(CASES))
def runner(
    request: Any, emulator: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> TaskRunner:
    """Return each module in turn."""
    return runner_of(emulator, CASES[request.param], folder, monkeypatch)


@pytest.fixture(params=list(LISTS))
def table(request: Any, emulator: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> TaskRunner:
    """Return each module for lists in turn."""
    return runner_of(emulator, CASES[request.param], folder, monkeypatch)


@contextmanager
def held(file: Path, kind: int = fcntl.LOCK_EX) -> Iterator[Callable[[], None]]:
    """Hold a lock like another task; yield a function that releases it."""
    handle = os.open(file, os.O_RDWR)
    fcntl.flock(handle, kind | fcntl.LOCK_NB)
    try:
        yield lambda: fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


def is_free(file: Path) -> bool:
    """Return whether nobody holds or shares a lock."""
    try:
        with held(file):
            return True
    except BlockingIOError:
        return False


# The cost


def test_only_a_run_that_creates_reads_the_list_again(runner: TaskRunner) -> None:
    made = runner(1)
    assert made.message is None, made.message
    assert (runner.lists(made), runner.posts(made)) == (2, 1)
    same = runner(1)
    assert (runner.lists(same), same.writes, len(same.requests)) == (1, [], 1)
    name = {**runner.case.create(1), **runner.case.changed}
    options = name if runner.case.entries is None else {runner.case.entries: [name]}
    updated = runner.run(runner.case.module, **runner.case.scope, **options)
    assert [write[0] for write in updated.writes] == ["PATCH"]
    assert runner.lists(updated) == 1
    assert runner.slept == []


def test_a_list_is_read_once_more_for_any_number_of_creations(table: TaskRunner) -> None:
    made = table(*range(6))
    assert made.message is None, made.message
    assert (table.lists(made), table.posts(made)) == (2, 6)


def test_a_lock_file_is_empty(runner: TaskRunner) -> None:
    assert runner(1).message is None
    (file,) = runner.files
    assert file.read_bytes() == b""
    assert runner.emulator.token not in file.name
    assert SEVALLA_SHOP_ID not in file.name
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert is_free(file), "held no longer than the task"


def test_a_task_that_cannot_create_does_not_use_a_lock(runner: TaskRunner) -> None:
    """Check mode, tasks that address by id, and tasks that delete."""
    runner.run(runner.case.module, check_mode=True, **runner.case.task(1))
    if runner.case.entries is None:
        runner(1, state="absent")
    made = runner(1)
    before = runner.files
    for file in before:
        file.unlink()
    (process,) = made.result.get("processes") or [made.result["process"]]
    by_id = {"id": process["id"], **runner.case.changed}
    entries = by_id if runner.case.entries is None else {runner.case.entries: [by_id]}
    assert runner.run(runner.case.module, **runner.case.scope, **entries).result["changed"] is True
    assert len(before) == 1
    assert runner.files == []


# Another task on this machine


def test_a_run_that_changes_nothing_does_not_wait_for_one_that_creates(runner: TaskRunner) -> None:
    with held(runner.know()):
        outcome = runner(0)
    assert (outcome.message, outcome.result["changed"]) == (None, False)
    assert (runner.slept, len(outcome.requests)) == ([], 1)


def test_tasks_of_different_scopes_do_not_wait_for_each_other(runner: TaskRunner) -> None:
    case = runner.case
    with held(runner.know()):
        task = {**case.task(1), **case.elsewhere}
        outcome = runner.run(case.module, **task)
    assert outcome.message is None, outcome.message
    assert runner.posts(outcome) == 1
    assert runner.slept == []
    assert len(runner.files) == 2


def test_a_process_that_another_task_creates_concurrently_is_found(runner: TaskRunner) -> None:
    """It read the list before the other one created, so it reads it again."""
    file = runner.know()
    with held(file, fcntl.LOCK_SH) as let_go:

        def other_task(_seconds: float) -> None:
            if len(runner.slept) == 3:
                let_go()
                runner.on_sleep = lambda seconds: None
                assert runner.posts(runner(1)) == 1

        runner.on_sleep = other_task
        outcome = runner(1)
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is False
    assert outcome.result["plan"] == []
    assert len(runner.ids(1)) == 1
    assert is_free(file)


def test_a_name_that_another_task_gives_concurrently_is_refused(runner: TaskRunner) -> None:
    """Renames take the lock too: both tasks would give their process the same name."""
    runner.know()
    ids = []
    for number in (1, 2):
        assert runner(number).message is None
        ids += runner.ids(number)
    name = {key: value for key, value in runner.case.create(3).items() if key != "type"}
    name.pop("resource_type", None)

    def rename(process_id: str) -> Outcome:
        entry = {"id": process_id, **name}
        options = entry if runner.case.entries is None else {runner.case.entries: [entry]}
        return runner.run(runner.case.module, **runner.case.scope, **options)

    (file,) = runner.files
    with held(file, fcntl.LOCK_SH) as let_go:

        def other_task(_seconds: float) -> None:
            if len(runner.slept) == 3:
                let_go()
                runner.on_sleep = lambda seconds: None
                assert rename(ids[1]).result["changed"] is True

        runner.on_sleep = other_task
        outcome = rename(ids[0])
    assert "already has this" in str(outcome.message)
    assert outcome.result["changed"] is False
    assert len(runner.ids(3)) == 1
    assert [write[0] for write in outcome.writes] == ["PATCH"], "only that of the other task"
    assert is_free(file)


def test_concurrent_reads_of_other_tasks_do_not_delay_a_creation(runner: TaskRunner) -> None:
    """Tasks share the lock while they read, and only a task that may have missed something reads
    again."""
    with held(runner.know(), fcntl.LOCK_SH) as let_go:

        class Ending(Hooks):
            """The other task has read, too, when this one requests the list."""

            def before(self) -> None:
                let_go()

        runner.emulator.hooks = Ending()
        outcome = runner(1)
    assert outcome.message is None, outcome.message
    assert (runner.posts(outcome), runner.lists(outcome)) == (1, 2)
    assert runner.slept == []


def test_a_creation_waits_for_tasks_that_still_read(runner: TaskRunner) -> None:
    """A task that shares the lock may create next, so its lock is not taken away."""
    file = runner.know()
    with held(file, fcntl.LOCK_SH) as let_go:
        runner.on_sleep = lambda seconds: let_go() if len(runner.slept) == 3 else None
        outcome = runner(1)
    assert outcome.message is None, outcome.message
    assert (runner.posts(outcome), runner.lists(outcome)) == (1, 3)
    assert runner.slept == pytest.approx([0.2] * 3)
    assert len(runner.ids(1)) == 1


def test_waiting_for_another_task_ends_at_api_max_wait(runner: TaskRunner) -> None:
    file = runner.know()
    with held(file):
        outcome = runner(1, api_max_wait=7)
    assert outcome.result["failure"]["code"] == "locked"
    assert outcome.message == (
        "Another task on this machine is creating something in the same application, instance or "
        "environment. This task has waited 7 seconds for it and cannot wait any longer "
        "(api_max_wait). Run it again when the other task has ended. Nothing was changed."
    )
    assert outcome.result["changed"] is False
    assert outcome.writes == []
    assert outcome.result["api"]["waited_seconds"] == 7
    assert sum(runner.slept) == pytest.approx(7)
    assert is_free(file)
    assert runner(1).message is None


def test_without_time_to_wait_a_task_fails_immediately(runner: TaskRunner) -> None:
    with held(runner.know()):
        outcome = runner(1, api_max_wait=0)
    assert outcome.result["failure"]["code"] == "locked"
    assert (runner.slept, outcome.writes) == ([], [])
    assert runner(1, api_max_wait=0).message is None


def test_a_long_wait_for_another_task_is_shown_as_such(runner: TaskRunner) -> None:
    """Once during the wait, after ten seconds, and in a warning at the end."""
    with held(runner.know()) as let_go:
        runner.on_sleep = lambda seconds: let_go() if len(runner.slept) == 60 else None
        outcome = runner(1)
    assert outcome.message is None, outcome.message
    assert outcome.warnings == [
        "This task waited 12 seconds for another task on this machine, which was creating "
        "something in the same application, instance or environment."
    ]
    waits = [line for line in outcome.progress if "task" in line]
    assert waits == ["waiting for another task on this machine, 290 s at most"]
    assert outcome.result["api"]["waited_seconds"] == 12


def test_a_task_that_ends_while_it_waits_sends_nothing_and_releases_its_lock(
    runner: TaskRunner,
) -> None:
    """By the task's timeout, or by Ctrl-C."""
    file = runner.know()

    def end(_seconds: float) -> None:
        raise KeyboardInterrupt

    runner.on_sleep = end
    first = len(runner.emulator.requests)
    with held(file, fcntl.LOCK_SH) as let_go:
        with pytest.raises(KeyboardInterrupt):
            runner(1)
        let_go()
        assert is_free(file)
    assert {each["method"] for each in runner.emulator.requests[first:]} == {"GET"}


def test_a_failure_releases_the_lock(runner: TaskRunner) -> None:
    file = runner.know()
    for method in ("GET", "POST"):
        runner.emulator.faults.add(Fault("html_before", method=method, times=None))
        assert runner(1).message is not None
        assert is_free(file)
        runner.emulator.faults.clear()


def test_a_killed_task_releases_its_lock(runner: TaskRunner) -> None:
    """The operating system keeps the lock only for the process that has it."""
    file = runner.know()
    code = (
        "import fcntl, sys, time\n"
        "file = open(sys.argv[1])\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert runner(1, api_max_wait=1).result["failure"]["code"] == "locked"
        other.kill()
    assert runner(1).message is None


# Without a lock


def test_a_lock_folder_that_the_user_does_not_own_is_not_used(
    runner: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a shared folder, anyone can create a folder of this name first."""
    target = runner.folder / "target"
    target.mkdir()
    name = runner.folder / f"evenkeel.paas-{os.geteuid()}"
    name.symlink_to(target)
    assert runner(1).message is None
    assert list(target.iterdir()) == []
    name.unlink()
    name.symlink_to(runner.folder / "nowhere")
    assert runner(2).message is None
    assert not (runner.folder / "nowhere").exists()
    name.unlink()
    name.write_text("a file")
    assert runner(3).message is None
    name.unlink()
    name.mkdir()
    another = os.geteuid() + 1
    name.rename(runner.folder / f"evenkeel.paas-{another}")
    monkeypatch.setattr(os, "geteuid", lambda: another)
    assert runner(4).message is None
    assert runner.files == []
    assert [len(runner.ids(number)) for number in (1, 2, 3, 4)] == [1] * 4


def test_a_lock_file_that_is_a_link_is_not_followed(runner: TaskRunner) -> None:
    file = runner.know()
    file.unlink()
    file.symlink_to(runner.folder / "target")
    assert runner(1).message is None
    assert not (runner.folder / "target").exists()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_does_not_prevent_a_creation(
    runner: TaskRunner, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(_file: int, _kind: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert runner(1).message is None
    assert len(runner.ids(1)) == 1


def test_a_missing_temporary_folder_does_not_prevent_a_creation(
    runner: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gettempdir() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", gettempdir)
    assert runner(1).message is None
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(runner.folder / "none"))
    assert runner(2).message is None
    assert runner.files == []


def test_a_name_that_is_not_valid_utf_8_is_locked(runner: TaskRunner) -> None:
    """Arguments on a command line need not be UTF-8. There is no such scope, which is reported."""
    scope = dict.fromkeys(runner.case.scope, "sh\udcffop")
    if "instance" in scope:
        scope.update(environment=LARAVEL_CLOUD_PRODUCTION_ID)
    outcome = runner.run(runner.case.module, **{**runner.case.task(1), **scope})
    assert outcome.result["failure"]["code"] == "not_found"


def test_using_a_lock_file_updates_its_age(runner: TaskRunner) -> None:
    """Programs that clean up temporary files check their age."""
    file = runner.know()
    os.utime(file, (0, 0))
    assert runner(0).result["changed"] is False
    assert file.stat().st_mtime > time.time() - 3600


# Another machine


def test_a_duplicate_of_another_machine_is_reported_at_once(runner: TaskRunner) -> None:
    runner.emulator.faults.add(Fault("create_same", method="POST"))
    outcome = runner(1)
    ids = runner.ids(1)
    assert len(ids) == 2
    assert outcome.message is not None
    said = "Another task or person created the same process at the same time. Expected one "
    assert said in outcome.message
    assert ", found 2: " in outcome.message
    assert all(each in outcome.message for each in ids)
    assert outcome.message.endswith("Delete all but one, and run the task again.")
    assert outcome.result["failure"]["code"] == "ambiguous"
    assert sorted(outcome.result["failure"]["details"]) == sorted(ids)
    assert outcome.result["changed"] is True
    assert [step["action"] for step in outcome.result["plan"]] == ["create"]
    assert runner.lists(outcome) == 2
    again = runner(1)
    assert again.result["failure"]["code"] == "ambiguous"
    assert again.writes == []


def test_all_duplicates_of_others_are_named(table: TaskRunner) -> None:
    """Of three creations, the first and the last have a duplicate."""
    table.emulator.faults.add(
        Fault("create_same", method="POST"), Fault("create_same", method="POST", after=2)
    )
    outcome = table(1, 2, 3, max_parallel=1)
    ids = [*table.ids(1), *table.ids(3)]
    assert len(ids) == 4
    assert sorted(outcome.result["failure"]["details"]) == sorted(ids)
    assert outcome.message is not None
    assert all(each in outcome.message for each in ids)
    assert table.ids(2)[0] not in outcome.message
    assert len(outcome.result["steps_done"]) == 3
    assert outcome.result["steps_failed"] == outcome.result["steps_not_attempted"] == []
    assert outcome.result["counts"]["created"] == 3
    assert table.lists(outcome) == 2


def test_duplicates_are_reported_beside_a_failed_write(table: TaskRunner) -> None:
    table.emulator.faults.add(
        Fault("create_same", method="POST"),
        Fault("html_before", method="POST", after=1),
    )
    outcome = table(1, 2, max_parallel=1, continue_on_error=True)
    assert outcome.message is not None
    assert "1 of 2 writes failed, 1 is done" in outcome.message
    assert all(each in outcome.message for each in table.ids(1))
    assert len(table.ids(1)) == 2
    assert len(outcome.result["steps_failed"]) == 1


def test_duplicates_are_not_searched_for_after_a_failure_that_stopped_the_list(
    table: TaskRunner,
) -> None:
    table.emulator.faults.add(
        Fault("create_same", method="POST"), Fault("429_seconds", method="POST", after=1)
    )
    outcome = table(1, 2, max_parallel=1, api_retries=0)
    assert outcome.message is not None
    assert outcome.result["failure"]["code"] == "rate_limited"
    assert table.lists(outcome) == 1
    assert table(1, 2).result["failure"]["code"] == "ambiguous"


@pytest.mark.parametrize("kind", ["html_before", "drop_before", "429_seconds"])
def test_a_failed_check_for_duplicates_is_a_warning(runner: TaskRunner, kind: str) -> None:
    runner.emulator.faults.add(
        Fault(kind, method="GET", path=runner.case.collection, after=1, times=None)
    )
    outcome = runner(1)
    assert outcome.message is None, outcome.message
    assert outcome.result["changed"] is True
    (warning,) = (each for each in outcome.warnings if "could not" in each.lower())
    assert warning.startswith(
        "Could not check whether another task or person created the same process at the same "
        "time: GET /"
    )
    assert warning.endswith(" Run the task again to check.")
    runner.emulator.faults.clear()
    assert runner(1).result["changed"] is False


def test_an_instance_is_created_once(
    emulator: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(
        "laravel_cloud_instance",
        {"environment": LARAVEL_CLOUD_PRODUCTION_ID},
        {},
        cluster,
        {},
        f"/environments/{LARAVEL_CLOUD_PRODUCTION_ID}/instances",
    )
    runner = runner_of(emulator, case, folder, monkeypatch)
    file = runner.know()
    with held(file):
        assert runner(1, api_max_wait=1).result["failure"]["code"] == "locked"
    emulator.faults.add(Fault("create_same", method="POST"))
    outcome = runner(1)
    assert outcome.message is not None
    assert "Another task or person created the same instance at the same time." in outcome.message
    assert len(outcome.result["failure"]["details"]) == 2


# Deployments


ANSWERS: dict[str, list[dict[str, str]]] = {
    "sevalla": [
        {},
        {"deployment_changes_updated_at": "at_start"},
        {"deployment_changes_updated_at": "at_end"},
        {"deployment_clock": "behind"},
        {"deployment_pace": "clock"},
        {"deployment_pace": "at_once"},
        {"deployment_pace": "at_once", "deployment_changes_updated_at": "at_end"},
        {"deployments_order": "oldest_first"},
        {"concurrent_deployments": "skip_waiting"},
        {"concurrent_deployments": "refused"},
    ],
    "laravel_cloud": [
        {},
        {"deployment_clock": "behind"},
        {"deployment_clock": "ahead"},
        {"deployment_pace": "clock"},
        {"deployment_pace": "at_once"},
        {"deployment_pace": "at_once", "deployment_clock": "behind"},
        {"list_order": "descending"},
        {"concurrent_deployments": "refused"},
    ],
}
"""The possible behavior of each service that affects what a second task sees."""


def lock_of(service: Service, folder: Path) -> Path:
    """Return the lock file of the deployments, after a run that deploys nothing."""
    service.past()
    before = set(folder.glob("evenkeel.paas-*/*"))
    assert pending(service).writes == []
    (file,) = set(folder.glob("evenkeel.paas-*/*")) - before
    return file


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(
    ("name", "switches"),
    [
        pytest.param(name, switches, id="-".join([name, *switches.values()]))
        for name, each in ANSWERS.items()
        for switches in each
    ],
)
def test_hosts_with_one_pending_change_start_one_deployment(
    emulated: Any, time: Time, folder: Path, name: str, switches: dict[str, str], wait: bool
) -> None:
    """All of them have seen that it is pending before the first one deploys it."""
    service = Service(name, emulated)
    service.switch(**switches)
    file = lock_of(service, folder)
    change(service)
    outcomes: list[Outcome] = []
    first = len(emulated.requests)
    with held(file, fcntl.LOCK_SH) as let_go:
        waiting: list[None] = []

        def other_task() -> None:
            waiting.append(None)
            if len(waiting) == 1:
                outcomes.append(pending(service, wait=wait))
            elif len(waiting) == 2:
                let_go()
                outcomes.append(pending(service, wait=False))

        time.meanwhile = other_task
        outcomes.append(pending(service, wait=wait))
    assert [outcome.message for outcome in outcomes] == [None] * 3
    sent = [each["method"] for each in emulated.requests[first:]]
    assert sent.count("POST") == 1
    assert [outcome.result["changed"] for outcome in outcomes] == [True, False, False]
    assert [len(outcome.result["plan"]) for outcome in outcomes] == [1, 0, 0]
    _past, deployment = service.stored()
    for outcome in outcomes:
        assert outcome.result["deployment"]["id"] == deployment["id"]
    assert is_free(file)


def test_a_deployment_that_failed_meanwhile_is_repeated(
    service: Service, time: Time, folder: Path
) -> None:
    file = lock_of(service, folder)
    change(service)
    with held(file, fcntl.LOCK_SH) as let_go:

        def other_task() -> None:
            let_go()
            service.past("failed", ago=0)

        time.meanwhile = other_task
        outcome = pending(service)
    ended_well(service, outcome)
    assert [each["reason"] for each in outcome.result["pending"]] == [
        "deployment_failed",
        "process_created",
    ]


def test_the_lock_is_released_when_the_deployment_has_started(
    service: Service, time: Time, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tasks need not wait for its end before they find it."""
    file = lock_of(service, folder)
    change(service)
    free: list[bool] = []

    def sleep(seconds: float) -> None:
        free.append(is_free(file))
        time.sleep(seconds)

    monkeypatch.setattr(Client, "sleep", staticmethod(sleep))
    ended_well(service, pending(service))
    assert len(free) > 2
    assert free == [False] + [True] * (len(free) - 1)


def test_a_running_deployment_is_joined_without_the_lock(
    service: Service, time: Time, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lock_of(service, folder)
    change(service)
    time.sleep(10)
    assert posts(pending(service, wait=False)) == 1
    free: list[bool] = []

    def sleep(seconds: float) -> None:
        free.append(is_free(file))
        time.sleep(seconds)

    monkeypatch.setattr(Client, "sleep", staticmethod(sleep))
    assert pending(service).result["changed"] is False
    assert free
    assert all(free)


def test_only_a_task_that_starts_what_is_pending_waits_for_another_one(
    service: Service, time: Time, folder: Path
) -> None:
    with held(lock_of(service, folder)):
        time.slept.clear()
        assert pending(service).result["changed"] is False
        change(service)
        assert pending(service, check_mode=True).result["changed"] is True
        assert time.slept == []
        outcome = pending(service, api_max_wait=7)
        assert outcome.result["failure"]["code"] == "locked"
        assert outcome.result["changed"] is False
        assert outcome.writes == []
        assert sum(time.slept) == pytest.approx(7, abs=0.3)
        ended_well(service, service(trigger="always"))


def test_a_failure_to_start_a_deployment_releases_the_lock(
    service: Service, time: Time, folder: Path
) -> None:
    file = lock_of(service, folder)
    change(service)
    service.fault("html_before", "POST")
    assert pending(service).message is not None
    assert is_free(file)
    ended_well(service, pending(service))


def test_deployments_of_different_scopes_do_not_wait_for_each_other(
    service: Service, time: Time, folder: Path
) -> None:
    file = lock_of(service, folder)
    elsewhere = SEVALLA_BLOG_ID if service.is_sevalla else LARAVEL_CLOUD_STAGING_ID
    with held(file):
        outcome = pending(service, **dict.fromkeys(service.scope, elsewhere))
    assert outcome.message is None, outcome.message
    assert posts(outcome) == 1
