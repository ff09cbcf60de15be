# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report of whole runs, for everything that Ansible does to a result.

The emulator has the applications shop-x1y2z, whose web process listens on port 8080, and
blog-a1b2c. A task that sets port 8080 finds no drift, and one that sets 9090 finds drift.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import __version__ as ansible_core

MODULE = "evenkeel.paas.sevalla_process"
SHOP, BLOG = "shop-x1y2z", "blog-a1b2c"
CHECK_WITH_ASYNC = tuple(map(int, ansible_core.split(".")[:2])) >= (2, 17)


class Drift:
    """Runs plays in check mode, and reads the report."""

    def __init__(self, playbooks: Any, folder: Path) -> None:
        self.playbooks = playbooks
        self.folder = folder
        self.run: Any = None

    def __call__(
        self, plays: list[dict[str, Any]], *arguments: str, inventory: str = "localhost,"
    ) -> list[tuple[str, str]]:
        """Run plays and return (application, state) of each row."""
        playbook = self.folder / "site.yml"
        every = {"hosts": "all", "gather_facts": False}
        playbook.write_text(yaml.safe_dump([{**every, **play} for play in plays], sort_keys=False))
        hosts = self.folder / "hosts.ini"
        hosts.write_text(inventory.replace(",", "\n"))
        report = self.folder / "report"
        shutil.rmtree(report, ignore_errors=True)
        self.run = self.playbooks.run(
            playbook,
            *("-i", str(hosts), "--check", *arguments),
            ANSIBLE_CALLBACKS_ENABLED="result_lines,evenkeel.paas.drift",
            EVENKEEL_PAAS_DRIFT_DIRECTORY=str(report),
            ANSIBLE_SSH_EXECUTABLE=str(self._broken_ssh()),
            ANSIBLE_ASYNC_DIR=str(self.folder / "jobs"),
        )
        assert "Failure using method" not in self.run.output, self.run.output
        assert "Callback dispatch" not in self.run.output, self.run.output
        if not report.exists():
            return []
        return [(row["application"], row["state"]) for row in self.json["rows"]]

    def tasks(self, *tasks: dict[str, Any], **about: Any) -> list[tuple[str, str]]:
        """Run tasks on localhost."""
        return self([{"connection": "local", **about, "tasks": list(tasks)}])

    @property
    def json(self) -> dict[str, Any]:
        """The report of the last run."""
        return dict(json.loads((self.folder / "report" / "drift.json").read_text()))

    @property
    def summary(self) -> tuple[int, int, int]:
        """The numbers of applications that are unchanged, differ, or could not be compared."""
        counts = self.json["summary"]
        return counts["as_wanted"], counts["differ"], counts["unknown"]

    def message(self, application: str) -> str:
        """Return the reason why an application could not be compared."""
        (message,) = (
            row["message"] for row in self.json["rows"] if row["application"] == application
        )
        return str(message)

    def _broken_ssh(self) -> Path:
        ssh = self.folder / "ssh"
        ssh.write_text("#!/bin/sh\nexit 255\n")
        ssh.chmod(0o700)
        return ssh


@pytest.fixture
def drift(playbooks: Any, tmp_path: Path) -> Drift:
    """Return a runner of plays in check mode, with the report."""
    return Drift(playbooks, tmp_path)


def web(application: str, port: int = 8080, **about: Any) -> dict[str, Any]:
    """Return a task that sets the port of an application's web process."""
    options = {"application": application, "type": "web", "port": port}
    return {"name": f"Web of {application}", MODULE: options, **about}


FAILS: dict[str, Any] = {"name": "Fails", "ansible.builtin.fail": {"msg": "stop here"}}
LOOP = "{{ item }}"


@pytest.mark.daily
def test_an_application_has_the_name_that_its_task_uses(drift: Drift) -> None:
    """Not localhost, and only one row for any number of tasks and names."""
    rows = drift.tasks(
        web(SHOP, 9090),
        web("Shop", 9090),
        web(BLOG),
        web("shoop", ignore_errors=True),
    )
    assert rows == [("shoop", "unknown"), (SHOP, "differs")]
    assert drift.summary == (1, 1, 1)
    assert drift.json["as_wanted"] == [{"application": BLOG, "service": "Sevalla"}]


@pytest.mark.parametrize("about", [{}, {"ignore_errors": True}, {"strategy": "free"}])
def test_loop_items_are_reported_separately(drift: Drift, about: dict[str, Any]) -> None:
    strategy = {"strategy": about["strategy"]} if "strategy" in about else {}
    kept = {} if strategy else about
    rows = drift.tasks(web(LOOP, loop=[BLOG, "shoop", SHOP], **kept), **strategy)
    assert rows == [("shoop", "unknown")]
    assert drift.summary == (2, 0, 1)
    assert drift.run.status == (0 if kept else 2)


def test_loop_items_that_differ_or_are_skipped(drift: Drift) -> None:
    loop = [{"name": BLOG, "port": 8080}, {"name": SHOP, "port": 9090}]
    task = web("{{ item.name }}", loop=loop, when=f"item.name != '{BLOG}'")
    task[MODULE]["port"] = "{{ item.port }}"
    assert drift.tasks(task) == [(SHOP, "differs")]
    assert drift.summary == (0, 1, 0)


def test_a_loop_that_fails_partway_is_a_failure(drift: Drift) -> None:
    """An item that cannot be evaluated has no result of its own."""
    loop = [{"name": SHOP}, {"called": BLOG}]
    assert drift.tasks(web("{{ item.name }}", loop=loop)) == [("localhost", "unknown")]
    assert drift.summary == (1, 0, 1)
    assert drift.tasks(web(LOOP, loop="{{ nothing }}")) == [("localhost", "unknown")]


@pytest.mark.daily
def test_no_log(drift: Drift) -> None:
    """A hidden result shows whether it failed or changed, if the module decided that."""
    hidden = {"no_log": True}
    tasks = {
        "a": web(SHOP, **hidden),
        "b": web(SHOP, 9090, **hidden),
        "c": web("shoop", ignore_errors=True, **hidden),
        "d": web(SHOP, 9090, changed_when=False, **hidden),
        "e": web("shoop", failed_when=False, **hidden),
        "f": web(LOOP, loop=[SHOP, "shoop"], ignore_errors=True, **hidden),
        "g": web(LOOP, 9090, loop=[SHOP], **hidden),
        "h": web(LOOP, loop=[SHOP, BLOG], **hidden),
    }
    plays = [
        {"hosts": host, "connection": "local", "tasks": [task]} for host, task in tasks.items()
    ]
    rows = drift(plays, inventory=",".join(tasks))
    assert rows == [(host, "unknown") for host in "bcdefg"]
    assert drift.summary == (2, 0, 6)
    assert drift.message("b") == "the task has no_log, so its result is hidden"
    text = (drift.folder / "report" / "drift.txt").read_text()
    assert SHOP not in text
    assert "shoop" not in text


def test_the_result_counts_instead_of_changed_when_and_failed_when(drift: Drift) -> None:
    """The audit of the guide, ignored failures, and changed_when."""
    audit = {"register": "queue", "failed_when": "queue is failed or queue is changed"}
    rows = drift.tasks(
        web(SHOP, 9090, ignore_errors=True, **audit),
        web(BLOG, ignore_errors=True, **audit),
    )
    assert rows == [(SHOP, "differs")]
    assert drift.summary == (1, 1, 0)
    rows = drift.tasks(
        web("shoop", failed_when=False),
        web(SHOP, 9090, changed_when=False),
        web(BLOG, failed_when=True, ignore_errors=True),
    )
    assert rows == [("shoop", "unknown"), (SHOP, "differs")]
    assert drift.summary == (1, 1, 1)
    assert drift.message("shoop").startswith("There is no application 'shoop'")


def test_an_ignored_failure_before_the_module_ran_is_reported(drift: Drift) -> None:
    task = web(SHOP, failed_when=False)
    task[MODULE]["prot"] = 1
    assert drift.tasks(task) == [(SHOP, "unknown")]
    assert "Unsupported parameters" in drift.message(SHOP)


def test_rescue(drift: Drift) -> None:
    """A rescued task was not compared, and neither was one that the rescue skips."""
    block = {"block": [web("shoop"), web(BLOG)], "rescue": [web(SHOP)]}
    assert drift.tasks(block) == [(BLOG, "unknown"), ("shoop", "unknown")]
    assert drift.summary == (1, 0, 2)
    assert drift.message(BLOG).startswith(
        f'the task "Web of {BLOG}" was not reached: the task "Web of shoop" failed: There'
    )
    # A rescue that does not run is ignored.
    block = {"block": [web(SHOP)], "rescue": [web(BLOG)]}
    assert drift.tasks(block) == []
    assert drift.summary == (1, 0, 0)


def test_retries_and_modules_that_do_not_compare(drift: Drift) -> None:
    """Modules that only read or do not compare are ignored."""
    info = {"evenkeel.paas.sevalla_process_info": {"application": BLOG}}
    deploy = {"evenkeel.paas.sevalla_deployment": {"application": BLOG}}
    again = {"register": "web", "until": "web is failed", "retries": 2, "delay": 0}
    rows = drift.tasks(info, deploy, web(SHOP, 9090, ignore_errors=True, **again))
    assert rows == [(SHOP, "differs")]
    assert drift.summary == (0, 1, 0)


# Ansible waits for it, and turns it into a normal result.
@pytest.mark.skipif(not CHECK_WITH_ASYNC, reason="this ansible-core refuses async in check mode")
def test_async(drift: Drift) -> None:
    rows = drift.tasks(web(SHOP, 9090, **{"async": 60, "poll": 1}))
    assert rows == [(SHOP, "differs")]


STARTED = {"async": 60, "poll": 0, "register": "jobs"}


@pytest.mark.skipif(not CHECK_WITH_ASYNC, reason="this ansible-core refuses async in check mode")
def test_async_task_that_is_read_later(drift: Drift) -> None:
    status = {
        "ansible.builtin.async_status": {"jid": "{{ item }}"},
        "register": "status",
        "until": "status is finished",
        "retries": 60,
        "delay": 1,
    }
    looped = web(LOOP, 9090, loop=[SHOP, "shoop"], **STARTED)
    read = {
        **status,
        "loop": "{{ jobs.results | map(attribute='ansible_job_id') }}",
        "ignore_errors": True,
    }
    assert drift.tasks(looped, read) == [("shoop", "unknown"), (SHOP, "differs")]
    assert drift.message("shoop").startswith("There is no application 'shoop'")


@pytest.mark.skipif(not CHECK_WITH_ASYNC, reason="this ansible-core refuses async in check mode")
def test_async_task_that_is_never_read(drift: Drift) -> None:
    looped = web(LOOP, 9090, loop=[SHOP, "shoop"], **STARTED)
    assert drift.tasks(looped) == [("shoop", "unknown"), (SHOP, "unknown")]
    assert drift.message(SHOP) == "the task is asynchronous, and nothing has read its result"
    hidden = web(SHOP, 9090, no_log=True, **STARTED)
    assert drift.tasks(hidden) == [("localhost", "unknown")]


@pytest.mark.skipif(CHECK_WITH_ASYNC, reason="this ansible-core permits async in check mode")
def test_async_task_that_is_refused(drift: Drift) -> None:
    assert drift.tasks(web(SHOP, **{"async": 60, "poll": 1})) == [(SHOP, "unknown")]


# Hosts that fail before the collection's task

THREE = f"{SHOP},{BLOG},draft-d3e4f\n"
DOWN = f"{SHOP},{BLOG} ansible_connection=ssh,draft-d3e4f wrong=true\n"
"""Each application as a host: a normal one, an unreachable one, and one that fails a test."""


def each_application(*before: dict[str, Any], **about: Any) -> dict[str, Any]:
    """Return a play with one host for each application."""
    task = web("{{ inventory_hostname }}", delegate_to="localhost")
    return {"connection": "local", **about, "tasks": [*before, {**task, "name": "Keep"}]}


PING = {"ansible.builtin.command": {"cmd": "true"}, "check_mode": False, "name": "Ping"}
TEST = {
    "name": "Test",
    "ansible.builtin.assert": {"that": "wrong is not defined", "fail_msg": "it is wrong"},
}
FALLEN = [(BLOG, "unknown"), ("draft-d3e4f", "unknown")]


@pytest.mark.daily
@pytest.mark.parametrize("strategy", ["linear", pytest.param("free", marks=pytest.mark.slow)])
def test_tasks_that_failed_hosts_did_not_run(drift: Drift, strategy: str) -> None:
    assert drift([each_application(PING, TEST, strategy=strategy)], inventory=DOWN) == FALLEN
    assert drift.summary == (1, 0, 2)
    message = 'the task "Keep" was not reached: the host is unreachable: '
    assert drift.message(BLOG).startswith(message)
    assert drift.message("draft-d3e4f") == (
        'the task "Keep" was not reached: the task "Test" failed: it is wrong'
    )
    assert "3 applications: 1 as wanted, 0 differ, 2 could not be compared" in drift.run.output


def test_hosts_that_failed_in_an_earlier_play(drift: Drift) -> None:
    before = {"connection": "local", "tasks": [PING, TEST]}
    assert drift([before, each_application()], inventory=DOWN) == FALLEN
    # If all of them fail, the second play does not start.
    everything = f"{BLOG} ansible_connection=ssh,draft-d3e4f wrong=true\n"
    assert drift([before, each_application()], inventory=everything) == FALLEN


def test_hosts_that_stopped_because_another_host_failed(drift: Drift) -> None:
    """With run_once and with any_errors_fatal."""
    every = [(BLOG, "unknown"), ("draft-d3e4f", "unknown"), (SHOP, "unknown")]
    assert drift([each_application({**FAILS, "run_once": True})], inventory=THREE) == every
    failing = {**FAILS, "when": f"inventory_hostname == '{SHOP}'"}
    play = each_application(failing, any_errors_fatal=True)
    assert drift([play], inventory=THREE) == every
    assert (
        drift.message(BLOG) == 'the task "Keep" was not reached: the run stopped before this task'
    )


def test_serial_batches_that_never_start(drift: Drift) -> None:
    play = each_application({**FAILS, "when": f"inventory_hostname == '{BLOG}'"}, serial=1)
    assert drift([play], inventory=THREE) == [(BLOG, "unknown"), ("draft-d3e4f", "unknown")]
    assert drift.summary == (1, 0, 2)
    failing = {**FAILS, "when": f"inventory_hostname == '{SHOP}'"}
    assert drift([each_application(failing)], inventory=THREE) == [(SHOP, "unknown")]


def test_intentionally_skipped_tasks_are_not_reported_as_missing(drift: Drift) -> None:
    """Hosts that end the play on purpose, tasks that a tag or run_once skips, ignored failures."""
    leave = {"ansible.builtin.meta": "end_host", "when": f"inventory_hostname == '{BLOG}'"}
    failing = {**FAILS, "when": f"inventory_hostname == '{SHOP}'"}
    ignored = {**FAILS, "ignore_errors": True}
    assert drift([each_application(leave, ignored, failing)], inventory=THREE) == [
        (SHOP, "unknown")
    ]
    later = {"connection": "local", "hosts": BLOG, "tasks": [FAILS]}
    assert drift([each_application(leave), later], inventory=THREE) == []
    tagged = web(SHOP, tags=["never", "web"])
    once = web(BLOG, run_once=True, delegate_to="localhost")
    play = {"connection": "local", "tasks": [once, tagged, failing]}
    assert drift([play], inventory=THREE) == []
    assert drift.summary == (1, 0, 0)
    real = web(SHOP, check_mode=False, delegate_to="localhost")
    play = {"connection": "local", "tasks": [failing, real]}
    assert drift([play], inventory=THREE) == []


INCLUDED = {"ansible.builtin.include_role": {"name": "keep"}}


@pytest.fixture
def role(drift: Drift) -> None:
    """Create the role ``keep``, with a task for the application of the host."""
    tasks = drift.folder / "roles" / "keep" / "tasks"
    tasks.mkdir(parents=True)
    task = web("{{ inventory_hostname }}", delegate_to="localhost")
    (tasks / "main.yml").write_text(yaml.safe_dump([task]))


@pytest.mark.usefixtures("role")
def test_tasks_of_roles_and_of_included_files(drift: Drift) -> None:
    play = {"connection": "local", "pre_tasks": [PING, TEST], "roles": ["keep"]}
    assert drift([play], inventory=DOWN) == FALLEN
    assert drift.summary == (1, 0, 2)
    play = {"connection": "local", "tasks": [PING, TEST, INCLUDED]}
    assert drift([play], inventory=DOWN) == FALLEN


@pytest.mark.usefixtures("role")
def test_completed_tasks_of_roles_are_not_reported_as_missing(drift: Drift) -> None:
    """Tasks that a host completed before it failed, and tasks that only a rescue includes."""
    play = {"connection": "local", "roles": ["keep"], "tasks": [INCLUDED, FAILS]}
    assert drift([play], inventory=THREE) == []
    assert drift.summary == (3, 0, 0)
    # A task that only a failure includes is not missing on hosts that did not fail.
    block = {"block": [TEST], "rescue": [INCLUDED]}
    play = {"connection": "local", "tasks": [block, FAILS]}
    assert drift([play], inventory=DOWN.replace(" ansible_connection=ssh", "")) == []
    assert drift.summary == (1, 0, 0)


KEEP = web("{{ inventory_hostname }}", delegate_to="localhost")
RESCUED = {
    "block": [{**FAILS, "when": f"inventory_hostname == '{BLOG}'"}],
    "rescue": [{"ansible.builtin.debug": {"msg": "fine"}}],
}


def including(drift: Drift, name: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    """Write a file of tasks, and return the task that includes it."""
    (drift.folder / name).write_text(yaml.safe_dump(list(tasks)))
    return {"ansible.builtin.include_tasks": name}


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_tasks_that_only_other_hosts_include_are_not_missing(drift: Drift, strategy: str) -> None:
    """Each host includes the same file, or its own, and one fails later and is rescued."""
    same = including(drift, "keep.yml", KEEP)
    play = {"connection": "local", "strategy": strategy, "tasks": [same, RESCUED]}
    assert drift([play], inventory=THREE) == []
    for host in THREE.strip().split(","):
        including(drift, f"{host}.yml", {**KEEP, "name": f"Keep {host}"})
    own = {"ansible.builtin.include_tasks": "{{ inventory_hostname }}.yml"}
    assert drift([{**play, "tasks": [own, RESCUED]}], inventory=THREE) == []
    assert drift.summary == (3, 0, 0)
    # A host that skips the file does not miss its tasks, and one that failed before it does.
    skipped = {**same, "when": f"inventory_hostname != '{BLOG}'"}
    assert drift([{**play, "tasks": [skipped, RESCUED]}], inventory=THREE) == []
    failing = {**FAILS, "when": f"inventory_hostname == '{BLOG}'"}
    assert drift([{**play, "tasks": [failing, same]}], inventory=THREE) == [(BLOG, "unknown")]


@pytest.mark.usefixtures("role")
def test_the_tasks_of_a_role_that_a_host_skips_are_not_missing(drift: Drift) -> None:
    skipped = {**INCLUDED, "when": f"inventory_hostname != '{BLOG}'"}
    play = {"connection": "local", "tasks": [skipped, RESCUED]}
    assert drift([play], inventory=THREE) == []
    assert drift.summary == (2, 0, 0)


def test_a_file_that_is_included_twice_may_be_missed_once(drift: Drift) -> None:
    task = web("{{ each }}", delegate_to="localhost")
    failing = {**FAILS, "when": "each == 'blog-a1b2c'"}
    include = including(drift, "keep.yml", failing, task)
    twice = {**include, "loop": [SHOP, BLOG], "loop_control": {"loop_var": "each"}}
    assert drift.tasks(twice) == [(BLOG, "unknown")]
    assert drift.summary == (1, 0, 1)


@pytest.mark.daily
def test_the_rest_of_a_file_whose_first_task_fails_is_missing(drift: Drift) -> None:
    include = including(drift, "rest.yml", FAILS, web(SHOP))
    assert drift.tasks(web(BLOG), include) == [(SHOP, "unknown")]
    assert drift.summary == (1, 0, 1)
    block = {"block": [FAILS, {"block": [web(SHOP)]}], "always": [web("draft-d3e4f", 9090)]}
    rows = [("draft-d3e4f", "differs"), (SHOP, "unknown")]
    assert drift.tasks(web(BLOG), including(drift, "rest.yml", block)) == rows


def test_a_rescued_failure_does_not_stop_a_play(drift: Drift) -> None:
    """With any_errors_fatal, and with max_fail_percentage, also below the percentage."""
    leave = {"ansible.builtin.meta": "end_host", "when": "inventory_hostname == 'draft-d3e4f'"}
    for about in ({"any_errors_fatal": True}, {"max_fail_percentage": 50}):
        play = {"connection": "local", "tasks": [leave, KEEP, RESCUED], **about}
        assert drift([play], inventory=THREE) == []
        assert drift.summary == (2, 0, 0)
    failing = {**FAILS, "when": f"inventory_hostname == '{BLOG}'"}
    play = {"connection": "local", "tasks": [leave, failing, KEEP], "max_fail_percentage": 60}
    assert drift([play], inventory=THREE) == [(BLOG, "unknown")]
    stopped = {**play, "max_fail_percentage": 10, "tasks": [failing, KEEP]}
    assert len(drift([stopped], inventory=THREE)) == 3


@pytest.mark.daily
@pytest.mark.parametrize("given", ["vars", "module_defaults"])
def test_a_task_that_was_not_reached_has_the_name_that_it_would_use(
    drift: Drift, given: str
) -> None:
    task = web("{{ shop }}", name="Later")
    about: dict[str, Any] = {"vars": {"shop": SHOP}}
    if given == "module_defaults":
        del task[MODULE]["application"]
        about["module_defaults"] = {"group/evenkeel.paas.sevalla": {"application": "{{ shop }}"}}
    assert drift.tasks({**task, "name": "First"}, FAILS, task, **about) == [(SHOP, "unknown")]
    assert drift.summary == (0, 0, 1)
    assert 'the task "Later" was not reached' in drift.message(SHOP)


def test_a_play_whose_hosts_are_a_template_and_that_never_starts(drift: Drift) -> None:
    first = {"connection": "local", "hosts": SHOP, "tasks": [FAILS]}
    second = {**each_application(), "hosts": "{{ target | default('blog-a1b2c') }}"}
    assert drift([first, second], inventory=THREE) == [(BLOG, "unknown")]
    broken = {**each_application(), "hosts": "{{ nothing }}"}
    assert drift([first, broken], inventory=THREE) == []


def test_tasks_before_start_at_task_are_not_missing(drift: Drift) -> None:
    tasks = [web(BLOG), FAILS, web(SHOP)]
    play = {"connection": "local", "tasks": tasks}
    assert drift([play], "--start-at-task", "Fails") == [(SHOP, "unknown")]


def test_the_reason_is_the_last_failure_before_a_task(drift: Drift) -> None:
    first = {**FAILS, "name": "First"}
    block = {"block": [first, web(BLOG)], "rescue": [{"ansible.builtin.debug": {"msg": "x"}}]}
    rows = drift.tasks(block, {**FAILS, "name": "Second"}, web(SHOP))
    assert rows == [(BLOG, "unknown"), (SHOP, "unknown")]
    assert 'the task "First" failed' in drift.message(BLOG)
    assert 'the task "Second" failed' in drift.message(SHOP)


def test_half_of_a_surrogate_pair_is_replaced(drift: Drift) -> None:
    """JSON can contain it, and a file cannot."""
    sevalla = drift.playbooks.emulator.world.sevalla
    (application,) = (each for each in sevalla.applications.values() if each.fields["name"] == BLOG)
    size = sevalla.sizes[0]["id"]
    body = {"display_name": "cut \ud83d", "type": "worker", "resource_type_id": size}
    sevalla.create(application, body)
    options = {"application": BLOG, "prune": True, "processes": [{"type": "web", "port": 8080}]}
    assert drift.tasks({"evenkeel.paas.sevalla_processes": options}) == [(BLOG, "surplus")]
    assert "cut ?" in (drift.folder / "report" / "drift.html").read_text()


def test_a_module_whose_name_is_a_template(drift: Drift) -> None:
    """The report has its drift, and Ansible does not warn that it was asked for its name early."""
    about = {"vars": {"module": MODULE, "other": "ansible.builtin.ping"}}
    options = {"application": SHOP, "type": "web", "port": 9090}
    templated = {"action": "{{ module }}", "args": options}
    assert drift.tasks({"action": "{{ other }}"}, templated, **about) == [(SHOP, "differs")]
    assert "resolved_action" not in drift.run.output
    assert "[WARNING]" not in drift.run.output
    drift.tasks(FAILS, templated, **about)  # it is never resolved
    assert "resolved_action" not in drift.run.output
    assert "[WARNING]" not in drift.run.output


def test_several_failures_of_one_application_are_one_row(drift: Drift) -> None:
    """The first one gives the reason; the tasks that it prevented would repeat it."""
    assert drift.tasks(web("shoop"), web("shoop", 9090), web("shoop", 1)) == [("shoop", "unknown")]
