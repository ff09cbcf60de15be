# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflows do what their files promise, as far as it can be tested without the forge."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(COLLECTION / "tests" / "tools"))

import matrix  # noqa: E402

FILES = sorted((COLLECTION / ".github" / "workflows").glob("*.yml"))
NAMES = [path.stem for path in FILES]
MAY_WRITE = {("drift", "compare"): {"issues"}, ("pages", "publish"): {"pages", "id-token"}}
"""The write permissions of a job, by its workflow and its name."""


def load(path: Path) -> dict[str, Any]:
    """Return a workflow; YAML reads the key ``on`` as a bool."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


def steps(path: Path) -> list[dict[str, Any]]:
    """Return all steps of all jobs of a workflow."""
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert NAMES == ["ci", "drift", "pages"]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    lines = [line.strip() for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in FILES:
        for step in steps(path):
            if "uses" in step:
                action, _at, commit = step["uses"].partition("@")
                pins.setdefault(action, set()).add(commit)
    assert [action for action, commits in pins.items() if len(commits) != 1] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_make_target_exists(path: Path) -> None:
    """And the workflows test nothing in another way than developers do."""
    targets = set(re.findall(r"^([a-z ]+):", (COLLECTION / "Makefile").read_text(), re.MULTILINE))
    known = {name for names in targets for name in names.split()}
    called = [
        found[1]
        for step in steps(path)
        if (found := re.match(r"make ([a-z]+)", step.get("run", "")))
    ]
    assert called
    assert set(called) <= known


def test_every_script_of_the_makefile_exists() -> None:
    scripts = re.findall(r"\$\(TOOL\)([a-z_]+\.py)", (COLLECTION / "Makefile").read_text())
    assert scripts
    tools = COLLECTION / "tests" / "tools"
    assert [script for script in scripts if not (tools / script).is_file()] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_job_has_only_the_permissions_it_declares(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        granted = {what for what, right in job["permissions"].items() if right == "write"}
        assert granted == MAY_WRITE.get((path.stem, name), set())
        assert job["timeout-minutes"] <= 90


def test_the_published_site_is_the_tested_one() -> None:
    """``make docs`` leaves it there; see tests/site/conftest.py."""
    (upload,) = (
        step
        for step in steps(COLLECTION / ".github/workflows/pages.yml")
        if "upload-pages-artifact" in step.get("uses", "")
    )
    assert upload["with"]["path"] == ".cache/docs/html"
    assert load(COLLECTION / ".github/workflows/pages.yml")["jobs"]["publish"]["needs"] == "build"


def test_the_matrix_has_every_cell() -> None:
    (listed,) = (
        job["strategy"]["matrix"]["cell"]
        for job in load(COLLECTION / ".github/workflows/ci.yml")["jobs"].values()
        if "strategy" in job
    )
    assert listed == [cell.name for cell in matrix.cells()]


def test_the_matrix_has_a_python_for_every_cell() -> None:
    """A named cell that cannot run is a failure, and would fail every time."""
    job = load(COLLECTION / ".github/workflows/ci.yml")["jobs"]["matrix"]
    (setup,) = (step for step in job["steps"] if "setup-python" in step.get("uses", ""))
    given = {
        tuple(int(part) for part in version.split("."))
        for version in setup["with"]["python-version"].split()
    }
    assert (3, 9) in given
    for cell in matrix.cells():
        environment = matrix.wanted(cell.environment, cell.core)
        fitting = [each for each in given if environment.oldest <= each <= environment.newest]
        assert fitting, cell.name


GH = """\
#!/bin/sh
echo "$*" >> "$CALLS"
if test "$2" = list; then printf "%s" "$OPEN"; fi
"""


@pytest.mark.parametrize(
    ("report", "open_issues", "expected"),
    [
        ("", "", []),
        ("- `port` …\n", "", ["issue list", "issue create --title A service describes"]),
        ("- `port` …\n", "7\n3\n", ["issue list", "issue edit 7 --body-file drift.md"]),
    ],
)
def test_the_weekly_job_opens_one_issue(
    tmp_path: Path, report: str, open_issues: str, expected: list[str]
) -> None:
    """None without drift, and no second one while the first is open."""
    (step,) = (
        step
        for step in steps(COLLECTION / ".github/workflows/drift.yml")
        if "gh issue" in step.get("run", "")
    )
    (tmp_path / "drift.md").write_text(report)
    gh = tmp_path / "gh"
    gh.write_text(GH)
    gh.chmod(0o755)
    calls = tmp_path / "calls"
    calls.touch()
    subprocess.run(
        # As the forge runs a step with its default shell.
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(calls),
            "OPEN": open_issues,
            "TITLE": step["env"]["TITLE"],
        },
        check=True,
    )
    made = calls.read_text().splitlines()
    assert len(made) == len(expected)
    for call, start in zip(made, expected):
        assert call.startswith(start)
