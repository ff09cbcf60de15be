# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cell of the matrix that cannot run here never passes, and libraries have the pinned
versions."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(COLLECTION / "tests" / "tools"))

import matrix  # noqa: E402
from matrix import Outcome, report  # noqa: E402
from run_ansible_test import NothingTestedError, other_versions  # noqa: E402

REQUIREMENTS = COLLECTION / "tests" / "requirements"
CELLS = {cell.name: cell for cell in matrix.cells()}


def outcomes(missing: str) -> list[Outcome]:
    """Return outcomes in which every cell succeeded except one."""
    verdicts = dict.fromkeys(CELLS, matrix.PASSED) | {missing: matrix.COULD_NOT_RUN}
    return [Outcome(CELLS[name], verdict, ("what",)) for name, verdict in verdicts.items()]


def test_a_missing_python_is_listed_as_not_tested(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert report(outcomes("python-3.15"), named=False) == 0
    shown = capsys.readouterr().out
    assert "NOT TESTED, since it could not run here: python-3.15\n" in shown
    assert re.search(r"^could not run +python-3.15 ", shown, re.MULTILINE)
    assert f"{len(CELLS) - 1} passed" in shown.splitlines()[-1]


def test_a_missing_python_that_was_requested_is_a_failure() -> None:
    assert report(outcomes("python-3.15"), named=True) == 1


def test_a_cell_without_its_python_is_reported_as_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "usable", lambda environment: [])
    outcome = matrix._outcome(CELLS["python-3.15"])
    assert (outcome.verdict, outcome.remarks) == (matrix.COULD_NOT_RUN, ("no Python 3.15 here",))


def test_libraries_with_other_versions_than_pinned_are_detected() -> None:
    lock = "# a comment\nJinja2==3.1.2   # via flask\ntyping_extensions==4.1\nurllib3==1.21.1\n"
    installed = {"jinja2": "3.1.2", "typing-extensions": "4.1", "urllib3": "1.21.1", "pip": "1"}
    assert other_versions(lock, installed) == []
    assert other_versions(lock, {**installed, "urllib3": "1.26.5"}) == ["urllib3 1.26.5"]
    del installed["jinja2"]
    assert other_versions(lock, installed) == ["Jinja2 None"]
    with pytest.raises(NothingTestedError):
        other_versions("requests>=2.25.1\n", installed)


@pytest.mark.parametrize("age", ["oldest", "newest"])
def test_each_library_is_pinned_once_for_the_oldest_python(age: str) -> None:
    lines = (REQUIREMENTS / f"libraries-{age}.txt").read_text().splitlines()
    pins = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", pin) for pin in pins)
    names = [pin.partition("==")[0] for pin in pins]
    assert len(set(names)) == len(names)
    assert {"requests", "jsonschema", "urllib3"} <= set(names)


def test_the_oldest_libraries_are_those_that_the_requirements_allow() -> None:
    """The lower bounds of requirements.txt, and that of requests 2.25.1 for urllib3."""
    bounds = dict(
        re.findall(r"^(\w+)>=(\S+)$", (COLLECTION / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert bounds.keys() == {"requests", "jsonschema"}
    lock = (REQUIREMENTS / "libraries-oldest.txt").read_text()
    for name, version in {**bounds, "urllib3": "1.21.1"}.items():
        assert re.search(rf"^{name}=={re.escape(version)} ", lock, re.MULTILINE), name
