# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX's engine runs the installed collection, and AWX's own modules register it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import yaml

from ansible_collections.evenkeel.paas.tests.packaging.controller import Controller
from ansible_collections.evenkeel.paas.tests.playbooks.awx_credentials import (
    SERVICES,
    inject,
    load,
)

# The last package that contains awx.awx; the collection's own index may be unreachable.
WITH_AWX = "ansible==12.3.0"
DOWNLOADS = Path(sys.prefix) / "downloads"


# As in AWX's initial inventory. Without the interpreter, Ansible finds the system's Python, which
# does not have the requirements of the modules.
LOCALHOST = """\
localhost ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"
"""


class Job:
    """A job as AWX runs it, in its own private data folder."""

    def __init__(self, folder: Path, playbook: Path) -> None:
        self.folder = folder
        (folder / "project").mkdir(parents=True)
        (folder / "inventory").mkdir()
        shutil.copy(playbook, folder / "project")
        (folder / "inventory" / "hosts").write_text(LOCALHOST)
        self._playbook = playbook.name

    def run(self, env: dict[str, str], arguments: list[str], **options: Any) -> Any:
        """Run it with the variables that its credentials inject."""
        return ansible_runner.run(
            private_data_dir=str(self.folder),
            playbook=self._playbook,
            ident="1",
            envvars=env,
            cmdline=" ".join([*arguments, "-vvvv"]),
            quiet=True,
            **options,
        )

    def files_with(self, secret: str) -> set[str]:
        """Return the files that contain a secret after the run."""
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and secret.encode() in path.read_bytes()
        }


@pytest.fixture
def injected(tmp_path: Path, emulator: Any) -> dict[str, str]:
    """Return what the credentials of both services inject into a job's environment."""
    urls = {"sevalla": emulator.sevalla_url, "laravel_cloud": emulator.laravel_cloud_url}
    env: dict[str, str] = {}
    for service in SERVICES:
        made = inject(service, tmp_path / service, api_token=emulator.token, api_url=urls[service])
        assert made.arguments == []
        env.update(made.env)
    return env


@pytest.fixture
def job(tmp_path: Path, installed: Path, collections: Path, shell: Any, monkeypatch: Any) -> Job:
    """Return the first example as a job, with only the installed collection."""
    for name in shell.unset:
        monkeypatch.delenv(name, raising=False)
    for name, text in shell.environment.items():
        monkeypatch.setenv(name, text)
    return Job(tmp_path / "private", installed / "docs" / "examples" / "site.yml")


def test_a_job_runs_with_injected_credentials(
    job: Job, injected: dict[str, str], emulator: Any
) -> None:
    """As AWX runs it: the environment is not written to a file. Only the command file that runner
    keeps contains the token; nothing that AWX stores does."""
    events: list[Any] = []
    done = job.run(
        injected,
        [],
        suppress_env_files=True,
        event_handler=lambda event: bool(events.append(event)) or True,
    )
    assert done.status == "successful", done.stdout.read()
    changed = [
        event["event_data"]["task"]
        for event in events
        if event["event"] == "runner_on_ok" and event["event_data"]["res"].get("changed")
    ]
    assert len(changed) == 6
    assert emulator.token not in json.dumps(events)
    assert emulator.token not in done.stdout.read()
    assert job.files_with(emulator.token) == {"artifacts/1/command"}


def test_runner_without_awx_writes_the_token_to_a_second_file(
    job: Job, injected: dict[str, str], emulator: Any
) -> None:
    """The guide warns about this: without AWX, runner keeps the environment."""
    assert job.run(injected, []).status == "successful"
    assert job.files_with(emulator.token) == {"artifacts/1/command", "env/envvars"}


@pytest.mark.parametrize(
    ("gathering", "cached"),
    [
        ({"gather_facts": True}, {"artifacts/1/fact_cache/localhost"}),
        ({"gather_facts": True, "gather_subset": ["!env"]}, set()),
        ({"gather_facts": False}, set()),
    ],
)
def test_facts_of_localhost_contain_the_token(
    job: Job, gathering: dict[str, Any], cached: set[str]
) -> None:
    """The guide warns about this and has two remedies. The events, which AWX stores, do not contain
    the token."""
    play = {"hosts": "localhost", **gathering, "tasks": [{"ansible.builtin.ping": None}]}
    (job.folder / "project" / "site.yml").write_text(yaml.safe_dump([play]))
    events: list[Any] = []
    done = job.run(
        {"SEVALLA_API_KEY": "canary-token"},
        [],
        suppress_env_files=True,
        fact_cache_type="jsonfile",
        event_handler=lambda event: bool(events.append(event)) or True,
    )
    assert done.status == "successful", done.stdout.read()
    assert "canary-token" not in json.dumps(events)
    assert job.files_with("canary-token") == {"artifacts/1/command"} | cached


def test_a_job_without_its_credential_reports_what_is_missing(job: Job) -> None:
    done = job.run({}, [], suppress_env_files=True)
    assert done.status == "failed"
    assert "SEVALLA_API_KEY" in done.stdout.read()


@pytest.fixture(scope="session")
def awx_awx(tmp_path_factory: Any) -> Path:
    """Return a folder of collections with AWX's own modules."""
    DOWNLOADS.mkdir(exist_ok=True)
    pattern = "ansible-*.whl"
    if not list(DOWNLOADS.glob(pattern)):
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*download, "--dest", str(DOWNLOADS), WITH_AWX], check=True)
    (wheel,) = DOWNLOADS.glob(pattern)
    folder = Path(tmp_path_factory.mktemp("awx"))
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/")]
        archive.extractall(folder, names)
    return folder


@pytest.fixture
def register(shell: Any, installed: Path, awx_awx: Path, tmp_path: Path) -> Any:
    """Return a function that runs the registering playbook by its documented name."""

    def run(controller: Controller, *arguments: str, **tokens: str) -> str:
        output: str = shell.run(
            "ansible-playbook",
            "evenkeel.paas.awx",
            *arguments,
            "-v",
            folder=tmp_path,
            ANSIBLE_COLLECTIONS_PATH=f"{installed.parents[2]}{os.pathsep}{awx_awx}",
            CONTROLLER_HOST=controller.url,
            CONTROLLER_OAUTH_TOKEN=controller.token,
            **tokens,
        )
        for secret in (*tokens.values(), controller.token):
            assert secret not in output
        return output

    return run


TEMPLATE = (
    *("-e", "awx_project=Infrastructure", "-e", "awx_playbook=processes.yml"),
    *("-e", "awx_inventory=Local"),
)
TOKENS = {"SEVALLA_API_KEY": "canary-sevalla", "LARAVEL_CLOUD_API_TOKEN": "canary-laravel"}
NAMES = {"Sevalla": "sevalla", "Laravel Cloud": "laravel_cloud"}


def test_the_playbook_registers_types_credentials_and_template(register: Any) -> None:
    """Credential types as in the files, credentials, and a job template that uses both."""
    with Controller() as controller:
        output = register(controller, *TEMPLATE, **TOKENS)
        assert "WARNING" not in output
        kinds = {kind["name"]: kind for kind in controller.objects("credential_types")}
        assert kinds.keys() == NAMES.keys()
        for name, service in NAMES.items():
            assert kinds[name]["kind"] == "cloud"
            assert kinds[name]["inputs"] == load(service, "inputs")
            assert kinds[name]["injectors"] == load(service, "injectors")
        credentials = {each["name"]: each for each in controller.objects("credentials")}
        assert {
            name: (each["credential_type"], each["inputs"]) for name, each in credentials.items()
        } == {
            "Sevalla": (kinds["Sevalla"]["id"], {"api_token": "canary-sevalla"}),
            "Laravel Cloud": (kinds["Laravel Cloud"]["id"], {"api_token": "canary-laravel"}),
        }
        (template,) = controller.objects("job_templates")
        assert template["name"] == "Processes"
        assert template["playbook"] == "processes.yml"
        assert template["diff_mode"] is True
        assert template["ask_job_type_on_launch"] is True
        assert template["credentials"] == sorted(each["id"] for each in credentials.values())


def test_a_second_run_changes_nothing(register: Any) -> None:
    with Controller() as controller:
        register(controller, *TEMPLATE, **TOKENS)
        controller.writes.clear()
        output = register(controller, *TEMPLATE, **TOKENS)
        assert "WARNING" not in output
        assert controller.writes == []
        assert "changed=0" in output


def test_check_mode_writes_nothing(register: Any) -> None:
    with Controller() as controller:
        register(controller, *TEMPLATE, **TOKENS)
        controller.writes.clear()
        register(controller, "--check", "-e", "awx_update_tokens=true", *TEMPLATE, **TOKENS)
        assert controller.writes == []


def test_a_new_token_is_sent_on_request(register: Any) -> None:
    with Controller() as controller:
        register(controller, **TOKENS)
        register(controller, "-e", "awx_update_tokens=true", SEVALLA_API_KEY="canary-new")
        tokens = {each["name"]: each["inputs"] for each in controller.objects("credentials")}
        assert tokens["Sevalla"] == {"api_token": "canary-new"}
        assert tokens["Laravel Cloud"] == {"api_token": "canary-laravel"}


def test_without_tokens_only_types_are_registered_and_nothing_is_removed(register: Any) -> None:
    with Controller() as controller:
        register(controller)
        assert len(controller.objects("credential_types")) == 2
        assert controller.objects("credentials") == []
        assert controller.objects("job_templates") == []
        register(controller, *TEMPLATE, **TOKENS)
        (template,) = controller.objects("job_templates")
        register(controller, *TEMPLATE)
        (later,) = controller.objects("job_templates")
        assert later["credentials"] == template["credentials"] != []
