# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make quick`` runs the tests that a change can affect, the nearest first, and reports skipped
ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / "tests" / "tools"
sys.path.insert(0, str(TOOLS))

from counts import Counts  # noqa: E402
from reached import reached_tests  # noqa: E402
from run_checks import Outcome, slowest_parts, slowest_tests  # noqa: E402


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Create a small collection: high imports low, each file in another way."""
    files = {
        "plugins/module_utils/_core/low.py": "VALUE = 1\n",
        "plugins/module_utils/_engine/high.py": "from .._core.low import VALUE\n",
        "plugins/module_utils/_engine/other.py": "",
        "plugins/modules/thing.py": "",
        "tests/unit/conftest.py": "from ansible_collections.evenkeel.paas.tests import emulator\n",
        "tests/emulator/__init__.py": "from .server import start\n",
        "tests/emulator/server.py": "",
        "tests/unit/tools/test_tool.py": "import tool\n",
        "tests/tools/tool.py": "import helper\n",
        "tests/tools/helper.py": "",
        "tests/unit/plugins/test_low.py": "from ansible_collections.evenkeel.paas.plugins"
        ".module_utils._core import low\n",
        "tests/unit/plugins/test_high.py": "import ansible_collections.evenkeel.paas.plugins"
        ".module_utils._engine.high\n",
        "tests/unit/plugins/test_text.py": 'NAME = "ansible_collections.evenkeel.paas.plugins'
        '.module_utils._engine.high.VALUE"\n',
        "tests/unit/plugins/test_none.py": "import json\n",
        "tests/unit/plugins/module_utils/parity/test_options.py": "",
        "tests/playbooks/test_play.py": "from ansible_collections.evenkeel.paas.plugins"
        ".module_utils._core import low\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


UNIT = "tests/unit/plugins"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # A test that is farther away runs later. Playbook tests are not unit tests.
        (
            ["plugins/module_utils/_core/low.py"],
            [f"{UNIT}/test_low.py", f"{UNIT}/test_high.py", f"{UNIT}/test_text.py"],
        ),
        (["plugins/module_utils/_engine/other.py"], []),
        ([f"{UNIT}/test_none.py"], [f"{UNIT}/test_none.py"]),
        (["plugins/modules/thing.py"], [f"{UNIT}/module_utils/parity/test_options.py"]),
        (["tests/tools/helper.py", "CHANGELOG.rst"], ["tests/unit/tools/test_tool.py"]),
    ],
)
def test_tests_are_found_by_their_imports(
    tree: Path, changed: list[str], expected: list[str]
) -> None:
    assert reached_tests(tree, changed) == expected


def test_a_conftest_applies_to_every_test_below_it(tree: Path) -> None:
    every = {path.relative_to(tree).as_posix() for path in tree.glob("tests/unit/**/test_*.py")}
    assert set(reached_tests(tree, ["tests/emulator/server.py"])) == every
    assert len(every) == 6


def run_near_tests(tmp_path: Path, seconds: str) -> Any:
    """Run two tests that pass."""
    test = tmp_path / "test_two.py"
    test.write_text("def test_first():\n    pass\n\n\ndef test_second():\n    pass\n")
    return subprocess.run(
        [sys.executable, str(TOOLS / "near_tests.py"), seconds, str(test)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tests_that_exceed_the_time_are_reported_as_skipped(tmp_path: Path) -> None:
    done = run_near_tests(tmp_path, "0")
    assert "left out: 2 tests of 1 files" in done.stdout
    assert "passed" not in done.stdout


def test_tests_within_the_time_are_run(tmp_path: Path) -> None:
    done = run_near_tests(tmp_path, "600")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert "left out" not in done.stdout


def test_the_slowest_checks_and_tests_are_listed() -> None:
    output = (
        "===== slowest 10 durations =====\n"
        "54.99s call     tests/playbooks/test_drift.py::test_async\n"
        "2.50s setup    tests/unit/test_a.py::test_b[x y]\n"
        "(6 durations < 0.5s hidden.)\n2 passed in 60.00s\n"
    )
    tests = slowest_tests(output)
    assert slowest_parts(
        [Outcome(True, Counts(), "lint", 3), Outcome(True, Counts(2), "pytest", 61, tests)]
    ) == [
        "    61.0 s  pytest",
        "     3.0 s  lint",
        "    55.0 s  tests/playbooks/test_drift.py::test_async",
        "     2.5 s  tests/unit/test_a.py::test_b[x y]",
    ]
