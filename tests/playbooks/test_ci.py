# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recipes for continuous integration: every shell part of both files runs with ``bash -e``.

Each job runs without drift, with drift, with an unreachable service, and with a missing playbook.
pip and the installation of collections are replaced because they need the internet.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[2]
EXAMPLE = COLLECTION / "docs" / "examples" / "ci"
GUIDE = COLLECTION / "docs" / "docsite" / "rst" / "guide_ci.rst"
GITHUB = yaml.safe_load((EXAMPLE / "github-actions.yml").read_text())["jobs"]
GITLAB = yaml.safe_load((EXAMPLE / "gitlab-ci.yml").read_text())
GITLAB_DEFAULTS = GITLAB["default"]
GITLAB_JOBS = {
    name: job
    for name, job in GITLAB.items()
    if isinstance(job, dict) and name not in ("default", "stages")
}


SHOP = "shop-x1y2z"


class Step(NamedTuple):
    """One shell: its lines and its variables. ``always``: also run after a failure."""

    name: str
    lines: str
    variables: dict[str, str]
    always: bool = False


def github_steps(name: str, contexts: dict[str, str]) -> list[Step]:
    """Return the ``run`` steps of a job. ``contexts`` has the values of the expressions in
    variables."""
    steps = []
    for step in GITHUB[name]["steps"]:
        if "run" in step:
            assert set(step) <= {"name", "run", "env", "if"}
            assert step.get("if") in (None, "${{ !cancelled() }}")
            values = {key: contexts[value] for key, value in step.get("env", {}).items()}
            steps.append(Step(step["name"], step["run"], values, "if" in step))
    return steps


def gitlab_steps(name: str, contexts: dict[str, str]) -> list[Step]:
    """Return the two shells of a job, as GitLab's runner creates them: one for before_script and
    script, the other one for after_script."""
    job = GITLAB_JOBS[name]
    lines = [*GITLAB_DEFAULTS["before_script"], *job["script"]]
    return [
        Step("script", "\n".join(lines), contexts),
        Step("after_script", "\n".join(job.get("after_script", [])), contexts, always=True),
    ]


TOKENS = {
    "pull-request": "SEVALLA_API_KEY_READ_ONLY",
    "lint": "SEVALLA_API_KEY_READ_ONLY",
    "check": "SEVALLA_API_KEY_READ_ONLY",
    "nightly": "SEVALLA_API_KEY_READ_ONLY",
    "apply": "SEVALLA_API_KEY",
}
"""The only token that each job of both files gets."""


class Project:
    """A copy of the example as a user's repository, and the results of its jobs."""

    def __init__(self, playbooks: Any, folder: Path) -> None:
        self.playbooks = playbooks
        self.emulator = playbooks.emulator
        self.folder = folder / "project"
        shutil.copytree(EXAMPLE, self.folder, ignore=shutil.ignore_patterns("drift-report"))
        self.playbook = self.folder / "shop.yml"
        self.summary = folder / "summary"
        self.summary.touch()
        self.calls = folder / "calls"
        self.calls.touch()
        self.variables: dict[str, str] = {}
        self.output = ""
        self.requests: list[dict[str, Any]] = []
        self._stubs = folder / "stubs"
        self._stubs.mkdir()
        self.stub("pip", "exit 0")
        real = Path(sys.executable).parent / "ansible-galaxy"
        self.stub("ansible-galaxy", f'[ "$1 $2" = "collection install" ] || exec {real} "$@"')

    def stub(self, name: str, lines: str) -> None:
        """Replace a command; its calls are logged."""
        stub = self._stubs / name
        stub.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> "{self.calls}"\n{lines}\n')
        stub.chmod(0o700)

    def report(self, ending: str = "md") -> str:
        """Return one file of the report."""
        return (self.folder / "drift-report" / f"drift.{ending}").read_text()

    def shell(self, lines: str, **variables: str) -> int:
        """Run lines as a runner does, and return the exit status."""
        environment = self.playbooks.environment()
        del environment["SEVALLA_API_KEY"]
        path = [str(self._stubs), str(Path(sys.executable).parent), os.environ["PATH"]]
        first = len(self.emulator.requests)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", lines],
            cwd=self.folder,
            env={
                **environment,
                "PATH": os.pathsep.join(path),
                "RESULT_LINES": str(self.folder / "results"),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                **self.variables,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        self.output += done.stdout
        self.requests += self.emulator.requests[first:]
        return done.returncode

    def check(self, *arguments: str, **variables: str) -> int:
        """Run only the script and return its status."""
        token = {"SEVALLA_API_KEY": self.emulator.token}
        return self.shell(" ".join(["./check_drift.py", *arguments]), **{**token, **variables})

    def job(self, file: str, name: str, **more: str) -> dict[str, int]:
        """Run a job and return the status of each step that ran, by its name."""
        token = TOKENS[name]
        if file == "github":
            contexts = {
                f"${{{{ secrets.{token} }}}}": self.emulator.token,
                "${{ inputs.deploy_anyway || false }}": more.get("DEPLOY_ANYWAY", "false"),
            }
            steps = github_steps(name, contexts)
        else:
            steps = gitlab_steps(name, {token: self.emulator.token, **more})
        statuses: dict[str, int] = {}
        for step in steps:
            if step.always or not any(statuses.values()):
                statuses[step.name] = self.shell(step.lines, **step.variables)
        return statuses

    @property
    def writes(self) -> list[str]:
        """Return the requests of all shells other than GET."""
        return [
            f"{each['method']} {each['path'].rpartition('/')[2]}"
            for each in self.requests
            if each["method"] != "GET"
        ]


@pytest.fixture
def project(playbooks: Any, tmp_path: Path) -> Project:
    """Return the example, and create the processes that it manages."""
    project = Project(playbooks, tmp_path)
    sevalla = playbooks.emulator.world.sevalla
    (size,) = (size["id"] for size in sevalla.sizes if size["name"] == "s1")
    for process in (
        {"display_name": "queue", "type": "worker", "entrypoint": "node worker.js"},
        {
            "display_name": "nightly report",
            "type": "cron",
            "entrypoint": "node report.js",
            "schedule": "0 3 * * *",
            "time_zone": "Europe/Berlin",
        },
    ):
        sevalla.create(the_shop(sevalla), {**process, "resource_type_id": size})
    return project


def the_shop(sevalla: Any) -> Any:
    """Return the application of the example, in the emulator."""
    (shop,) = (each for each in sevalla.applications.values() if each.fields["name"] == SHOP)
    return shop


def as_wanted(project: Project) -> None:
    """Leave the project without drift."""


def changed_by_hand(project: Project) -> None:
    """Change a process outside Ansible."""
    processes = the_shop(project.emulator.world.sevalla).processes.values()
    (queue,) = (process for process in processes if process["display_name"] == "queue")
    queue["entrypoint"] = "node other.js"


def unreachable(project: Project) -> None:
    """Use an address that refuses connections, and a task with few retries."""
    project.variables["SEVALLA_API_URL"] = "http://127.0.0.1:9/v3"
    text = project.playbook.read_text()
    scope = f"      application: {SHOP}\n"
    assert text.count(scope) == 1
    project.playbook.write_text(text.replace(scope, f"{scope}      api_retries: 0\n"))


def no_playbook(project: Project) -> None:
    """Rename the playbook, but not in the recipe."""
    project.playbook.unlink()


SITUATIONS = [as_wanted, changed_by_hand, unreachable, no_playbook]


# The script


@pytest.mark.daily
def test_the_drift_report_is_written_and_the_verdict_is_printed(project: Project) -> None:
    changed_by_hand(project)
    assert project.check("shop.yml") == 2
    verdict = "Drift: 1 of 1 applications differ."
    assert project.output.splitlines()[-1] == verdict
    assert project.report().startswith(f"### {verdict}\n\n<pre>")
    assert "node other.js&quot; -&gt; &quot;node worker.js" in project.report()
    assert 'entrypoint: "node other.js" -> "node worker.js"' in project.report("txt")
    assert json.loads(project.report("json"))["summary"]["differ"] == 1
    assert "node other.js" in project.report("html")


@pytest.mark.daily
@pytest.mark.parametrize(
    "arguments", ["shop.yml --limit nobody", "shop.yml --tags nothing", "shop.yml --list-tasks", ""]
)
def test_a_run_that_compares_nothing_is_a_failure(project: Project, arguments: str) -> None:
    """ansible-playbook may even succeed. The report of an earlier run exists."""
    stale = project.folder / "drift-report"
    stale.mkdir()
    for ending in ("json", "txt", "html", "md"):
        (stale / f"drift.{ending}").write_text('{"summary": {"applications": 1, "stale": true}}')
    assert project.check(arguments) == 1, project.output
    assert [each.name for each in stale.iterdir()] == ["drift.md"]
    assert "stale" not in project.report()


def test_an_incomplete_comparison_is_a_failure_even_if_errors_are_ignored(
    project: Project,
) -> None:
    """The playbook ignores the error, so ansible-playbook succeeds."""
    unreachable(project)
    text = project.playbook.read_text()
    project.playbook.write_text(
        text.replace("      register: shop\n", "      register: shop\n      ignore_errors: true\n")
    )
    assert project.check("shop.yml") == 1
    assert project.output.splitlines()[-1] == "1 of 1 applications could not be compared."


def test_drift_in_one_application_and_a_failure_in_another_is_a_failure(project: Project) -> None:
    changed_by_hand(project)
    play = yaml.safe_load(project.playbook.read_text())
    gone = {"evenkeel.paas.sevalla_processes": {"application": "gone", "processes": []}}
    project.playbook.write_text(yaml.safe_dump([*play, {**play[0], "tasks": [gone]}]))
    assert project.check("shop.yml") == 1
    assert json.loads(project.report("json"))["summary"]["differ"] == 1


def test_an_inventory_that_cannot_be_read_is_a_failure(project: Project) -> None:
    """Even if all other hosts, here localhost, are unchanged."""
    local = "shop.yml -i localhost, -e ansible_connection=local"
    assert project.check(local) == 0, project.output
    assert project.check(local, "-i missing.yml") == 1
    assert "missing.yml" in project.output
    assert project.writes == []


def test_a_wrong_token_is_a_failure(project: Project) -> None:
    assert project.check("shop.yml", SEVALLA_API_KEY="svl_wrong") == 1
    assert "svl_wrong" not in project.output


@pytest.mark.daily
@pytest.mark.parametrize(
    ("report", "status"),
    [
        ('{"summary": {"applications": 2, "differ": 0, "unknown": 0}}', 0),
        ('{"summary": {"applications": 2, "differ": 1, "unknown": 0}}', 2),
        ('{"summary": {"applications": 2, "differ": 1, "unknown": 1}}', 1),
        ('{"summary": {"applications": 0, "differ": 0, "unknown": 0}}', 1),
        ('{"summary": {"applications": 2, "differ": 0}}', 1),
        ('{"summary": {"applications": 2, "differ": null, "unknown": 0}}', 1),
        ('{"summary": 3}', 1),
        ("[]", 1),
        ('{"summary": {"appl', 1),
        ("", 1),
        (None, 1),
    ],
)
def test_an_incomplete_report_is_a_failure(
    project: Project, report: str | None, status: int
) -> None:
    """ansible-playbook is replaced by a command that writes this report and succeeds."""
    writing = f"cat > \"$EVENKEEL_PAAS_DRIFT_DIRECTORY/drift.json\" <<'END'\n{report}\nEND"
    project.stub("ansible-playbook", ":" if report is None else writing)
    assert project.check("shop.yml", "--limit", "shops") == status, project.output
    assert "Traceback" not in project.output
    assert project.calls.read_text() == "ansible-playbook --check shop.yml --limit shops\n"


@pytest.mark.daily
@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 99, 250])
def test_an_exit_status_of_ansible_playbook_is_never_reported_as_drift(
    project: Project, status: int
) -> None:
    """Whatever the report says: the comparison is incomplete."""
    summary = '{"summary": {"applications": 2, "differ": 1, "unknown": 0}}'
    lines = f"echo '{summary}' > \"$EVENKEEL_PAAS_DRIFT_DIRECTORY/drift.json\"; exit {status}"
    project.stub("ansible-playbook", lines)
    assert project.check("shop.yml") == 1
    assert f"ansible-playbook failed with status {status}" in project.report()


@pytest.mark.daily
def test_a_killed_ansible_playbook_is_a_failure(project: Project) -> None:
    project.stub("ansible-playbook", "kill -KILL $$")
    assert project.check("shop.yml") == 1


@pytest.mark.daily
def test_a_missing_ansible_playbook_is_a_failure(project: Project) -> None:
    python = Path(sys.executable)
    path = project.folder / "path"
    path.mkdir()
    (path / "python").symlink_to(python)
    lines = f"PATH={path}; ./check_drift.py shop.yml"
    assert project.shell(lines.replace("./check", f"{python} ./check")) == 1
    assert "ansible-playbook cannot be started" in project.report()


@pytest.mark.daily
def test_an_unwritable_folder_is_a_failure(project: Project) -> None:
    (project.folder / "file").touch()
    assert project.check("shop.yml", EVENKEEL_PAAS_DRIFT_DIRECTORY="file") == 1


@pytest.mark.daily
@pytest.mark.parametrize(("lines", "status"), [("rm check_drift.py", 127), ("chmod -x *.py", 126)])
def test_a_script_that_does_not_start_is_not_reported_as_drift(
    project: Project, lines: str, status: int
) -> None:
    """Python itself would exit with 2 if it could not open the file."""
    assert project.shell(f"{lines}\n./check_drift.py shop.yml") == status


def test_other_callbacks_and_folders_can_be_configured(project: Project) -> None:
    variables = {
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
        "JUNIT_OUTPUT_DIR": str(project.folder / "junit"),
        "EVENKEEL_PAAS_DRIFT_DIRECTORY": "elsewhere",
    }
    assert project.check("shop.yml", **variables) == 0
    assert (project.folder / "elsewhere" / "drift.md").exists()
    assert not (project.folder / "drift-report").exists()
    assert len(list((project.folder / "junit").iterdir())) == 1


# The two files


CHECKS = {
    # For each job: the steps before the important one, that step, and its status in each situation.
    ("github", "pull-request"): (["Install", "Lint"], "Check", [0, 0, 1, 1]),
    ("github", "apply"): (["Install"], "Apply and deploy", [0, 0, 2, 1]),
    ("github", "nightly"): (["Install"], "Check", [0, 2, 1, 1]),
    ("gitlab", "check"): ([], "script", [0, 2, 1, 1]),
    ("gitlab", "apply"): ([], "script", [0, 0, 2, 1]),
    ("gitlab", "nightly"): ([], "script", [0, 2, 1, 1]),
}


def test_every_job_of_both_files_is_run() -> None:
    jobs = {("github", name) for name in GITHUB} | {("gitlab", name) for name in GITLAB_JOBS}
    assert jobs == {*CHECKS, ("gitlab", "lint")}


# Every day, one job runs in every situation.
@pytest.mark.daily
@pytest.mark.parametrize(
    ("file", "name", "situation"),
    [
        pytest.param(
            *job,
            number,
            id="-".join((*job, each.__name__)),
            marks=() if job == ("gitlab", "check") else pytest.mark.slow,
        )
        for job in CHECKS
        for number, each in enumerate(SITUATIONS)
    ],
)
def test_a_job_ends_with_the_expected_status(
    project: Project, file: str, name: str, situation: int
) -> None:
    before, decisive, statuses = CHECKS[file, name]
    SITUATIONS[situation](project)
    project.stub("ansible-lint", "exit 0")  # it has its own test
    ran = project.job(file, name)
    assert ran.pop(decisive) == statuses[situation], project.output
    assert [ran.pop(step) for step in before] == [0] * len(before)
    assert set(ran.values()) <= {0}, "what is left only shows the report"
    assert project.calls.read_text().splitlines()[:2] == [
        "pip install -r requirements.txt",
        "ansible-galaxy collection install -r collections/requirements.yml",
    ]
    if name == "apply":
        deployed = ["PATCH", "POST deployments"] if situation == 1 else []
        assert [each if "POST" in each else each.split()[0] for each in project.writes] == deployed
    else:
        assert project.writes == []
        assert project.report()
    if file == "github" and name != "apply":
        assert project.summary.read_text() == project.report()


@pytest.mark.parametrize("file", ["github", "gitlab"])
def test_apply_deploys_without_a_change_on_request(project: Project, file: str) -> None:
    assert set(project.job(file, "apply", DEPLOY_ANYWAY="true").values()) == {0}
    assert project.writes == ["POST deployments"]


@pytest.mark.parametrize("file", ["github", "gitlab"])
@pytest.mark.parametrize(("situation", "status"), [(as_wanted, 0), (no_playbook, 2)])
def test_the_playbook_is_linted(project: Project, file: str, situation: Any, status: int) -> None:
    """With the real ansible-lint, which is slow. ``make lint`` checks the same playbook."""
    situation(project)
    name, step = ("pull-request", "Lint") if file == "github" else ("lint", "script")
    ran = project.job(file, name)
    assert ran[step] == status, project.output
    assert ("Check" in ran) == (file == "github" and status == 0)
    assert project.writes == []


@pytest.mark.daily
@pytest.mark.parametrize("name", ["check", "nightly"])
def test_a_failed_installation_is_not_reported_as_drift(project: Project, name: str) -> None:
    """pip exits with 2 after an unexpected error."""
    project.stub("pip", "exit 2")
    assert project.job("gitlab", name)["script"] == 1


def test_drift_is_allowed_only_in_a_merge_request() -> None:
    allowed = {name: job.get("allow_failure") for name, job in GITLAB_JOBS.items()}
    assert allowed.pop("check") == {"exit_codes": 2}
    assert set(allowed.values()) == {None}
    assert "continue-on-error" not in (EXAMPLE / "github-actions.yml").read_text()


class Comments(BaseHTTPRequestHandler):
    """GitLab's API for comments on a merge request."""

    taken: list[tuple[str, str | None, str]]
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        note = parse_qs(body)["body"][0]
        self.taken.append((self.path, self.headers["PRIVATE-TOKEN"], note))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def gitlab(project: Project) -> Iterator[type[Comments]]:
    """Yield GitLab's API, and the variables that tell a job where it is."""
    handler = type("Handler", (Comments,), {"taken": [], "status": 201})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        project.variables.update(
            CI_API_V4_URL=f"http://127.0.0.1:{server.server_port}/api/v4",
            CI_PROJECT_ID="7",
            CI_MERGE_REQUEST_IID="42",
        )
        yield handler
        server.shutdown()
        thread.join()


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="GitLab's image has curl, this machine not"
)
def test_the_table_is_posted_as_a_comment_on_the_merge_request(
    project: Project, gitlab: Any
) -> None:
    changed_by_hand(project)
    assert project.job("gitlab", "check", COMMENT_TOKEN="glpat-x") == {
        "script": 2,
        "after_script": 0,
    }
    path = "/api/v4/projects/7/merge_requests/42/notes"
    assert gitlab.taken == [(path, "glpat-x", project.report())]
    gitlab.status = 401
    _script, comment = gitlab_steps("check", {"COMMENT_TOKEN": "glpat-x"})
    assert project.shell(comment.lines, **comment.variables) == 22


def test_without_a_token_there_is_no_comment(project: Project, gitlab: Any) -> None:
    assert project.job("gitlab", "check") == {"script": 0, "after_script": 0}
    assert gitlab.taken == []


def test_the_jobs_install_what_the_collection_requires() -> None:
    packages = {
        line
        for line in (EXAMPLE / "requirements.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert packages == {"ansible-core", "ansible-lint", "jsonschema", "requests"}
    wanted = yaml.safe_load((EXAMPLE / "collections" / "requirements.yml").read_text())
    assert [each["name"] for each in wanted["collections"]] == ["evenkeel.paas"]


def test_the_guide_shows_both_files_unchanged() -> None:
    guide = GUIDE.read_text().replace("\n    ", "\n")
    for name in ("github-actions.yml", "gitlab-ci.yml"):
        text = (EXAMPLE / name).read_text().partition("GPL-3.0-or-later\n\n")[2]
        assert len(text) > 1000
        assert text in guide
