# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks for version 1.0.0 run unchanged, with the same results.

The folder ``release_1_0_0`` is frozen: its README describes its contents and how it was created. If
a test fails here, the code is wrong and not the folder.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

RELEASE = Path(__file__).parent / "release_1_0_0"
RECORDED = RELEASE / "recorded"

CHECK = ("--check", "--diff")
# Results are then in the order of the hosts.
ONE_BY_ONE = ("--forks", "1")
Step = tuple[str, ...]

SCENARIOS: dict[str, list[Step]] = {
    # Each step is a playbook with its arguments; the steps of a scenario share the emulator's data.
    "site": [
        ("site.yml", *CHECK),
        ("site.yml", "--diff"),
        ("site.yml",),
    ],
    "change": [
        ("site.yml",),
        ("change.yml", *CHECK),
        ("change.yml", "--diff"),
        ("change.yml",),
    ],
    # Without a folder, keep.yml keeps the file shop.yml that 1.0.0 wrote.
    "keep": [
        ("site.yml",),
        ("keep.yml", *CHECK, "-e", "prune=true"),
        ("keep.yml", "-e", "prune=true"),
        ("adopt.yml", "-e", "folder={folder}"),
        ("keep.yml", "-e", "folder={folder}"),
    ],
    "deploy_sevalla": [
        ("deploy_sevalla.yml", *CHECK),
        ("deploy_sevalla.yml",),
        ("deploy_sevalla.yml",),
        ("deploy_sevalla.yml", "-e", "size=s2"),
        ("deploy_sevalla.yml", "-e", "deploy_anyway=true"),
    ],
    "deploy_laravel_cloud": [
        ("deploy_laravel_cloud.yml", *CHECK),
        ("deploy_laravel_cloud.yml",),
        ("deploy_laravel_cloud.yml",),
        ("deploy_laravel_cloud.yml", "-e", "tries=5"),
        ("deploy_laravel_cloud.yml", "-e", "deploy_anyway=true"),
    ],
    "guides": [
        ("guides.yml", "-e", "vaulted_token={token}"),
        ("guides.yml", "-e", "vaulted_token={token}"),
    ],
    "fleet": [
        ("fleet/fleet.yml", *CHECK, *ONE_BY_ONE),
        ("fleet/fleet.yml", "--diff", *ONE_BY_ONE),
        ("fleet/fleet.yml", *ONE_BY_ONE),
        # By then someone has changed something, so there is drift.
        ("fleet/fleet.yml", *CHECK, *ONE_BY_ONE),
    ],
}
FLEET = {"ANSIBLE_CONFIG": str(RELEASE / "fleet" / "ansible.cfg")}
REPORT = {"ANSIBLE_CALLBACKS_ENABLED": "result_lines,evenkeel.paas.drift"}
EXAMPLES = sorted(path.stem for path in (RELEASE / "modules").glob("*.yml"))


def play_scenario(playbooks: Any, name: str, folder: Path, **variables: str) -> Iterator[Any]:
    """Yield the run of each step of a scenario."""
    if name == "fleet":
        report = {"EVENKEEL_PAAS_DRIFT_DIRECTORY": str(folder / "report")}
        variables = {**variables, **FLEET, **REPORT, **report}
    for number, (playbook, *arguments) in enumerate(SCENARIOS[name]):
        if name == "fleet" and number == len(SCENARIOS[name]) - 1:
            change_by_hand(playbooks.emulator)
        filled = [
            argument.format(folder=folder, token=playbooks.emulator.token) for argument in arguments
        ]
        yield playbooks.run(RELEASE / playbook, *filled, **variables)


def change_by_hand(emulator: Any) -> None:
    """Change the command of the blog's queue."""
    for application in emulator.world.sevalla.applications.values():
        for process in application.processes.values():
            if application.fields["name"] == "blog-a1b2c" and process["type"] == "worker":
                process["entrypoint"] = "node other.js"


def examples_of(module: str) -> list[dict[str, Any]]:
    """Return the documented example tasks of a module."""
    return list(yaml.safe_load((RELEASE / "modules" / f"{module}.yml").read_text()))


def play_examples(playbooks: Any, module: str) -> Any:
    """Run each example task of a module in check mode, for real, and again."""
    tasks = []
    if module == "sevalla_process_run":
        tasks += [task for task in examples_of("sevalla_process") if "schedule" in str(task)][:1]
    if module.endswith("_info"):
        bulk = module.replace("process_info", "processes")
        (seed,) = examples_of(bulk)[:1]
        # One after the other: the list has them in the order in which they were created.
        name = f"evenkeel.paas.{bulk}"
        tasks.append({**seed, name: {**seed[name], "max_parallel": 1}})
    for task in examples_of(module):
        tasks += [{**task, "check_mode": True, "diff": True}, {**task, "diff": True}, task]
    return playbooks.run_tasks(tasks)


# Values that may have other words or numbers, as long as they exist.
WORDS = {"msg", "before_header", "after_header", "requests", "retries", "waited_seconds"}
ID = re.compile(r"(?:[a-z]+-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")


def lost(old: Any, new: Any, place: str = "") -> list[str]:
    """Return the parts of an old value that are missing from the new one or different. Ids and
    times are those of a run; new parts are allowed."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [f"{place}.{key} is gone" for key in old if key not in new]
        return gone + [
            each
            for key in old
            if key in new
            for each in (
                _other_kind(old[key], new[key], f"{place}.{key}")
                if key in WORDS
                else lost(old[key], new[key], f"{place}.{key}")
            )
        ]
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return [f"{place} has {len(new)} items, not {len(old)}"]
        pairs = enumerate(zip(old, new))
        return [each for at, (one, two) in pairs for each in lost(one, two, f"{place}[{at}]")]
    if isinstance(old, str) and isinstance(new, str):
        return [] if masked(old) == masked(new) else [f"{place} is {new!r}, not {old!r}"]
    same = type(old) is type(new) and old == new
    return [] if same else [f"{place} is {new!r}, not {old!r}"]


def _other_kind(old: Any, new: Any, place: str) -> list[str]:
    return [] if type(old) is type(new) else [f"{place} is {new!r}, not {old!r}"]


def masked(text: str) -> str:
    """Return a text without what differs from run to run."""
    return TIME.sub("<time>", ID.sub("<id>", text))


def recorded(name: str) -> Any:
    """Return the output of 1.0.0."""
    return json.loads((RECORDED / f"{name}.json").read_text())


def assert_means_the_same(old: dict[str, Any], run: Any) -> None:
    """Compare a run with that of 1.0.0: its end, each result, and its requests."""
    assert run.status == old["status"], run.output
    ours = [each for each in run.results if is_ours(each["result"])]
    assert [(each["task"], each["kind"]) for each in ours] == [
        (each["task"], each["kind"]) for each in old["results"]
    ]
    assert lost(old["results"], ours) == []
    # Several writes of a list run in parallel, in any order.
    assert sorted(map(masked, run.writes)) == sorted(map(masked, old["writes"]))


def is_ours(result: dict[str, Any]) -> bool:
    """Return whether the result, or each result of a loop, is from a module of the collection."""
    return all("api" in each for each in result.get("results") or [result])


# Every day, one run of site.yml is compared, with the credential types below.
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_playbooks_have_the_same_results(playbooks: Any, tmp_path: Path, scenario: str) -> None:
    old = recorded(scenario)
    runs = list(play_scenario(playbooks, scenario, tmp_path))
    assert len(runs) == len(old) == len(SCENARIOS[scenario])
    for before, run in zip(old, runs):
        assert_means_the_same(before, run)
    assert any(run.writes for run in runs)
    if scenario == "fleet":
        report = json.loads((tmp_path / "report" / "drift.json").read_text())
        assert lost(recorded("drift"), report) == []
        first, *_rest = (tmp_path / "report" / "drift.txt").read_text().splitlines()
        assert first == (RECORDED / "drift.txt").read_text().splitlines()[0]
        assert (tmp_path / "report" / "drift.html").exists()


def test_playbooks_have_the_same_results_as_modules(playbooks: Any, tmp_path: Path) -> None:
    """1.0.0 already had this way to disable the worker."""
    as_modules = {"EVENKEEL_PAAS_IN_WORKER": "0"}
    for before, run in zip(
        recorded("site"), play_scenario(playbooks, "site", tmp_path, **as_modules)
    ):
        assert_means_the_same(before, run)


@pytest.mark.parametrize("module", EXAMPLES)
def test_module_examples_have_the_same_results(playbooks: Any, module: str) -> None:
    assert_means_the_same(recorded("examples")[module], play_examples(playbooks, module))


@pytest.mark.daily
def test_the_inventory_has_the_same_hosts_groups_and_variables(playbooks: Any) -> None:
    assert lost(recorded("inventory"), listed(playbooks)) == []


def listed(playbooks: Any) -> Any:
    """Return the inventory of the fleet, as ansible-inventory shows it."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "inventory", "--list"],
        env={**playbooks.environment(), **FLEET},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = plain(json.loads(done.stdout))
    # ansible-inventory's own, from ansible-core 2.19 on.
    shown["_meta"].setdefault("profile", "inventory_legacy")
    return shown


def plain(value: Any) -> Any:
    """Return texts without the mark of unsafe ones, as playbooks see them."""
    if isinstance(value, dict):
        if value.keys() == {"__ansible_unsafe"}:
            return value["__ansible_unsafe"]
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.daily
def test_jobs_run_with_the_variables_of_the_credential_types(
    playbooks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWX keeps the definitions that 1.0.0 registered; its jobs run with the variables that they
    inject."""
    pytest.importorskip("awx_plugins.interfaces", reason="AWX's own code needs Python 3.11")
    from ansible_collections.evenkeel.paas.tests.playbooks import awx_credentials

    monkeypatch.setattr(awx_credentials, "FILES", RELEASE / "awx")
    emulator = playbooks.emulator
    urls = {"sevalla": emulator.sevalla_url, "laravel_cloud": emulator.laravel_cloud_url}
    assert set(urls) == set(awx_credentials.SERVICES)
    injected = dict.fromkeys(
        ("SEVALLA_API_KEY", "SEVALLA_API_TOKEN", "LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN"),
        "",
    )
    for service, url in urls.items():
        assert awx_credentials.mistakes(service) == []
        values = {"api_token": emulator.token, "api_url": url}
        injected.update(awx_credentials.inject(service, tmp_path / service, **values).env)
    run = playbooks.run(RELEASE / "site.yml", "--diff", **injected)
    assert_means_the_same(recorded("site")[1], run)


@pytest.mark.daily
@pytest.mark.parametrize("kind", ["module", "inventory", "callback"])
def test_no_option_or_result_is_removed(playbooks: Any, kind: str) -> None:
    old = recorded("documentation")[kind]
    new = documented(playbooks, kind, sorted(old))
    assert gone(old, new) == []
    needed = {
        (name, option)
        for name, about in new.items()
        for option, each in about["options"].items()
        if each.get("required")
    }
    assert {option for name, option in needed if option not in old[name]["options"]} == set()


def documented(playbooks: Any, kind: str, names: list[str]) -> dict[str, Any]:
    """Return the options and results of plugins, as ansible-doc shows them."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "--json", "--type", kind, *names],
        env=playbooks.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        name: {
            "options": _options(about["doc"].get("options", {})),
            "returns": _returns(about.get("return") or {}),
            "groups": about["doc"].get("attributes", {}).get("action_group", {}).get("membership"),
        }
        for name, about in json.loads(done.stdout).items()
    }


def _options(options: dict[str, Any]) -> dict[str, Any]:
    kept = ("type", "elements", "default", "choices", "aliases", "required")
    return {
        name: {
            **{key: about[key] for key in kept if key in about},
            "env": [each["name"] for each in about.get("env", [])],
            "ini": [f"{each['section']}.{each['key']}" for each in about.get("ini", [])],
            "suboptions": _options(about.get("suboptions", {})),
        }
        for name, about in options.items()
    }


def _returns(returned: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"type": about.get("type"), "contains": _returns(about.get("contains", {}))}
        for name, about in returned.items()
    }


def gone(old: Any, new: Any, place: str = "") -> list[str]:
    """Return what is documented in the old and not in the new; lists may have more items."""
    if isinstance(old, dict) and isinstance(new, dict):
        missing = [f"{place}.{key}" for key in old if key not in new]
        return missing + [
            each for key in old if key in new for each in gone(old[key], new[key], f"{place}.{key}")
        ]
    if isinstance(old, list) and isinstance(new, list):
        return [f"{place}: {each!r}" for each in old if each not in new]
    return [] if old == new else [f"{place} is {new!r}, not {old!r}"]
