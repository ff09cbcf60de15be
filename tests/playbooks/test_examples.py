# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every documented example is run: the playbooks, and the EXAMPLES of the modules."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py"))
EXAMPLES = COLLECTION / "docs" / "examples"
IMAGES = COLLECTION / "docs" / "docsite" / "rst" / "images"
NIGHTLY = {
    "name": "A nightly report",
    "evenkeel.paas.sevalla_process": {
        "application": "shop-x1y2z",
        "display_name": "nightly report",
        "type": "cron",
        "schedule": "0 3 * * *",
        "resource_type": "s1",
    },
}
"""The data that the example of sevalla_process_run needs."""


def examples_of(module: str) -> list[dict[str, Any]]:
    """Return the EXAMPLES tasks of a module, read from its text without an import."""
    text = (COLLECTION / "plugins" / "modules" / f"{module}.py").read_text()
    return list(yaml.safe_load(text.partition('EXAMPLES = r"""')[2].partition('"""')[0]))


def acts(module: str) -> bool:
    """Return whether a module acts each time it runs, by its documentation."""
    text = (COLLECTION / "plugins" / "modules" / f"{module}.py").read_text()
    return "evenkeel.paas.attributes.action" in text


def acts_once(task: dict[str, Any]) -> bool:
    """Return whether a task of such a module acts only on pending changes."""
    return any(
        isinstance(options, dict) and options.get("trigger") == "pending"
        for options in task.values()
    )


def runs_commands(module: str) -> bool:
    """Return whether a module runs a command, which check mode skips, by its documentation."""
    text = (COLLECTION / "plugins" / "modules" / f"{module}.py").read_text()
    return "evenkeel.paas.attributes.runs_command" in text


COMMANDS = [module for module in MODULES if runs_commands(module)]
ACTING = [module for module in MODULES if acts(module)]


def test_there_are_modules_with_examples() -> None:
    assert MODULES
    assert all(examples_of(module) for module in MODULES)


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(each, marks=pytest.mark.daily if each == "sevalla_process" else ())
        for each in MODULES
        if each not in [*ACTING, *COMMANDS] and not each.endswith("_info")
    ],
)
def test_examples_match_check_mode_and_do_not_change_twice(playbooks: Any, module: str) -> None:
    """Check mode sends nothing and plans what the real run does; the second run changes nothing."""
    tasks = []
    for task in examples_of(module):
        tasks += [
            {**task, "name": "check", "check_mode": True, "diff": True},
            {**task, "name": "real", "diff": True},
            {**task, "name": "again"},
        ]
    run = playbooks.run_tasks(tasks)
    assert run.status == 0, run.output
    results = [each["result"] for each in run.results]
    assert len(results) == len(tasks)
    for checked, made, again in zip(results[::3], results[1::3], results[2::3]):
        assert made["changed"] is True
        for key in ("changed", "plan", "diff", "deployment_required"):
            assert checked[key] == made[key]
        assert again["changed"] is False
        assert again["plan"] == []
    planned = [
        f"{step['method']} {step['path']}" for made in results[1::3] for step in made["plan"]
    ]
    # Several writes of a list run in parallel, in any order.
    assert sorted(run.writes) == sorted(planned)


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(each, marks=pytest.mark.daily if each == "sevalla_process_run" else ())
        for each in ACTING
    ],
)
def test_examples_of_actions_match_check_mode(playbooks: Any, module: str) -> None:
    """Check mode sends nothing and plans what the real run does each time; or only once, if the
    task acts on pending changes."""
    tasks = []
    for task in examples_of(module):
        tasks += [{**task, "name": "check", "check_mode": True}, {**task, "name": "real"}, task]
    prepared = playbooks.run_tasks([NIGHTLY])
    assert prepared.status == 0, prepared.output
    run = playbooks.run_tasks(tasks)
    assert run.status == 0, run.output
    results = [each["result"] for each in run.results]
    assert len(results) == len(tasks) >= 3
    sent = []
    for task, checked, made, again in zip(tasks[::3], results[::3], results[1::3], results[2::3]):
        assert checked["changed"] is made["changed"] is True
        assert checked["plan"] == made["plan"]
        assert again["changed"] is not acts_once(task)
        assert again["plan"] == ([] if acts_once(task) else made["plan"])
        sent += [*made["plan"], *again["plan"]]
    assert run.writes == [f"{step['method']} {step['path']}" for step in sent]


@pytest.mark.daily
@pytest.mark.parametrize("module", COMMANDS)
def test_examples_of_commands_are_skipped_in_check_mode(playbooks: Any, module: str) -> None:
    """Check mode skips them and shows the request that the real run sends each time."""
    tasks = []
    for task in examples_of(module):
        tasks += [{**task, "name": "check", "check_mode": True}, {**task, "name": "real"}, task]
    run = playbooks.run_tasks(tasks)
    assert run.status == 0, run.output
    results = [each["result"] for each in run.results]
    assert [each["kind"] for each in run.results] == ["skipped", "ok", "ok"] * (len(tasks) // 3)
    assert len(results) == len(tasks) >= 9
    sent = []
    for task, checked, made, again in zip(tasks[::3], results[::3], results[1::3], results[2::3]):
        assert made["changed"] is again["changed"] is task.get("changed_when", True)
        assert made["rc"] == again["rc"] == 0
        assert checked["plan"] == made["plan"] == again["plan"]
        sent += [*made["plan"], *again["plan"]]
    assert run.writes == [f"{step['method']} {step['path']}" for step in sent]


@pytest.mark.parametrize(
    ("module", "before"),
    [
        ("sevalla_process_info", "sevalla_processes"),
        ("laravel_cloud_background_process_info", "laravel_cloud_background_processes"),
    ],
)
def test_info_examples_change_nothing(playbooks: Any, module: str, before: str) -> None:
    """In check mode and not; their result is the input of the module for lists."""
    assert playbooks.run_tasks(examples_of(before)[:1]).status == 0
    tasks = examples_of(module)
    assert any(f"evenkeel.paas.{before}" in task for task in tasks)
    for arguments in ((), ("--check",)):
        run = playbooks.run_tasks(tasks, *arguments)
        assert run.status == 0, run.output
        assert len(run.results) == len(tasks)
        assert run.changed == []
        assert run.writes == []
        read = [each["result"] for each in run.results if "desired" in each["result"]]
        assert all(result["desired"] for result in read)


@pytest.mark.daily
@pytest.mark.parametrize("module", ["laravel_cloud_instance_info", "sevalla_application_info"])
def test_info_examples_of_instances_and_applications_change_nothing(
    playbooks: Any, module: str
) -> None:
    """In check mode and not; each returned instance is the input of the module for one."""
    for arguments in ((), ("--check",)):
        run = playbooks.run_tasks(examples_of(module), *arguments)
        assert run.status == 0, run.output
        assert run.changed == []
        assert run.writes == []
        assert any(each["result"].get("sizes") for each in run.results)


def test_the_worker_cluster_example_creates_the_cluster_once(playbooks: Any) -> None:
    """The second run changes nothing except the command, and check mode predicts it."""
    playbook = EXAMPLES / "worker_cluster.yml"
    checked = playbooks.run(playbook, "--check")
    assert checked.status == 0, checked.output
    assert checked.writes == []
    first = playbooks.run(playbook)
    assert first.status == 0, first.output
    assert [write.rpartition("/")[2] for write in first.writes] == [
        "instances",
        "background-processes",
        "background-processes",
        "deployments",
        "commands",
    ]
    for arguments, changed in (("--check",), []), ((), ["Let the workers start again"]):
        again = playbooks.run(playbook, *arguments)
        assert again.status == 0, again.output
        assert again.changed == changed
        assert len(again.writes) == len(changed)
        plans = {each["task"]: each["result"].get("plan") for each in again.results}
        command = plans.pop("Let the workers start again")
        assert [step["action"] for step in command] == ["run"]
        assert all(plan == [] for plan in plans.values())


def blocks_in(path: Path, language: str) -> list[str]:
    """Return the code blocks of a language in a Markdown or reStructuredText file."""
    text = path.read_text()
    if path.suffix == ".md":
        return re.findall(rf"```{re.escape(language)}\n(.*?)```", text, re.DOTALL)
    # At any depth in a list: the lines of a block are indented further than its head.
    head = rf"^( *)\.\. code-block:: {re.escape(language)}\n"
    found = re.findall(rf"{head}((?:\n|\1 .*\n)+)", text, re.MULTILINE)
    return [textwrap.dedent(block) for _indent, block in found]


def shown_in(path: Path) -> list[dict[str, Any]]:
    """Return the tasks and plays in a file, each as a play."""
    plays = []
    for block in blocks_in(path, "yaml"):
        items = yaml.safe_load(block)
        plays += items if "hosts" in items[0] else [{"hosts": "localhost", "tasks": items}]
    return [{**play, "gather_facts": False} for play in plays]


SHOWN = [COLLECTION / "README.md", *sorted((COLLECTION / "docs").rglob("*.rst"))]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_every_documented_task_is_run_by_a_test(path: Path) -> None:
    """Plays and tasks are plain YAML, which is run below, or are part of an example, all of which
    are run. Other YAML is valid."""
    examples = [file.read_text() for file in sorted(EXAMPLES.rglob("*.yml"))]
    run = "".join(blocks_in(path, "yaml"))
    for block in blocks_in(path, "yaml+jinja"):
        assert yaml.compose(block)
        if any(block.strip() in example for example in examples):
            run += block
    everything = re.findall(r"^ *- name:", path.read_text(), re.MULTILINE)
    assert len(everything) == len(re.findall(r"^ *- name:", run, re.MULTILINE))


def test_the_yaml_of_the_readme_and_the_guides_runs(playbooks: Any, tmp_path: Path) -> None:
    """Every piece of YAML works unchanged, and changes nothing when it runs again, unless it acts
    each time."""
    plays = [play for path in SHOWN for play in shown_in(path)]
    assert len(plays) >= 2
    twice, names = [], []
    for number, play in enumerate(plays):
        again = []
        for place, task in enumerate(play["tasks"]):
            does_it_again = not acts_once(task) and any(
                f"evenkeel.paas.{module}" in task for module in [*ACTING, *COMMANDS]
            )
            names.append(f"{'acts' if does_it_again else 'again'} {number} {place}")
            again.append({**task, "name": names[-1]})
        twice += [play, {**play, "tasks": again}]
    playbook = tmp_path / "shown.yml"
    playbook.write_text(yaml.safe_dump(twice, sort_keys=False))
    token = f"vaulted_token={playbooks.emulator.token}"  # the name that they use for it
    run = playbooks.run(playbook, "--extra-vars", token)
    assert run.status == 0, run.output
    changed = {each["task"]: each["result"]["changed"] for each in run.results}
    assert {name: changed[name] for name in names} == {
        name: name.startswith("acts") for name in names
    }
    assert len(run.writes) >= 2


def lines_of_picture(path: Path) -> list[str]:
    """Return the lines of text in an SVG picture of a terminal: sorted by height, then by
    position."""
    lines: dict[float, dict[float, str]] = {}
    for piece in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text"):
        if "y" in piece.attrib and "clip-path" in piece.attrib:
            line = lines.setdefault(float(piece.attrib["y"]), {})
            line[float(piece.attrib["x"])] = (piece.text or "").replace("\xa0", " ")
    return ["".join(text for _x, text in sorted(lines[y].items())).rstrip() for y in sorted(lines)]


def test_the_terminal_picture_matches_a_run(playbooks: Any) -> None:
    """Only the important lines; the width of the others depends on the terminal."""
    assert playbooks.run(EXAMPLES / "site.yml").status == 0
    run = playbooks.run(EXAMPLES / "change.yml", "--check", "--diff")
    matter = re.compile(r"(?:TASK|PLAY) \[.*\]|[-+@ ] ?.*|changed: .*")
    shown, printed = (
        [matched[0].rstrip() for line in lines for matched in [matter.match(line)] if matched]
        for lines in (lines_of_picture(IMAGES / "terminal.svg"), run.output.splitlines())
    )
    assert len(shown) > 20
    assert shown == printed


def test_the_deployment_picture_matches_the_example() -> None:
    """The forms of the lines are those that test_progress.py finds in a run."""
    lines = lines_of_picture(IMAGES / "progress.svg")
    plays = yaml.safe_load((EXAMPLES / "deploy_sevalla.yml").read_text())
    names = [task["name"] for play in plays for task in play["tasks"]]
    headings = [re.match(r"TASK \[(.*)\]", line) for line in lines]
    assert [heading[1] for heading in headings if heading] == names
    first, *later = [line for line in lines if line.startswith("[localhost] deployment")]
    assert re.fullmatch(r"\[localhost\] deployment [0-9a-f-]{36}: waiting", first)
    walk = [re.fullmatch(r"\[localhost\] deployment: (\w+) after \d+ s", line) for line in later]
    assert [line and line[1] for line in walk] == ["inProgress", "success"]


def test_the_diff_in_the_check_mode_guide_matches_a_run(playbooks: Any, tmp_path: Path) -> None:
    guide = COLLECTION / "docs" / "docsite" / "rst" / "guide_check_mode.rst"
    play = shown_in(guide)[0]
    playbook = tmp_path / "shop.yml"
    playbook.write_text(yaml.safe_dump([play], sort_keys=False))
    assert playbooks.run(playbook).status == 0
    text = playbook.read_text()
    assert text.count("instance_count: 2") == 1
    playbook.write_text(text.replace("instance_count: 2", "instance_count: 4"))
    run = playbooks.run(playbook, "--check", "--diff")
    (shown,) = blocks_in(guide, "diff")
    # The number of stars depends on the terminal.
    shown, printed = (re.sub(r" \*+\n", "\n", each) for each in (shown, run.output))
    assert len(shown.splitlines()) > 10
    assert shown.strip() in printed


def predictions(run: Any) -> list[list[Any]]:
    """Return what each task reports in check mode and for real."""
    return [
        [each["task"], *(each["result"][key] for key in ("changed", "plan", "deployment_required"))]
        for each in run.results
    ]


@pytest.mark.daily
def test_the_site_playbook_matches_check_mode_and_is_idempotent(playbooks: Any) -> None:
    """As `make demo` shows: the second run of the site changes and writes nothing.

    Each task manages its own process, so that check mode plans everything that the first run does.
    """
    before = playbooks.emulator.world.snapshot()
    checked = playbooks.run(EXAMPLES / "site.yml", "--check")
    assert checked.status == 0, checked.output
    assert checked.writes == []
    assert playbooks.emulator.world.snapshot() == before
    first = playbooks.run(EXAMPLES / "site.yml")
    assert first.status == 0, first.output
    assert predictions(checked) == predictions(first)
    planned = [step for each in first.results for step in each["result"]["plan"]]
    assert first.writes == [f"{step['method']} {step['path']}" for step in planned]
    assert len(planned) >= 6
    # Not the process that does not exist.
    assert len(first.changed) == len(first.results) - 1
    second = playbooks.run(EXAMPLES / "site.yml")
    assert second.status == 0, second.output
    assert second.changed == []
    assert second.writes == []


def test_the_change_playbook_matches_check_mode(playbooks: Any) -> None:
    """The change in the demo: one request for each process, the same in both modes."""
    assert playbooks.run(EXAMPLES / "site.yml").status == 0
    shown = playbooks.run(EXAMPLES / "change.yml", "--check", "--diff")
    assert shown.status == 0, shown.output
    assert shown.writes == []
    assert '+    "entrypoint": "node worker.js --verbose"' in shown.output
    made = playbooks.run(EXAMPLES / "change.yml")
    plans = [each["result"]["plan"] for each in shown.results]
    assert [each["result"]["plan"] for each in made.results] == plans
    assert made.writes == [f"{step['method']} {step['path']}" for plan in plans for step in plan]
    assert len(made.writes) == 2
