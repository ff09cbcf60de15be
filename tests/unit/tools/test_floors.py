# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of the floors and the counts in the documentation match the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(COLLECTION / "tests" / "tools"))

import code_metrics  # noqa: E402
import floors  # noqa: E402
from code_metrics import Code, Lines, Source  # noqa: E402

PLUGINS = COLLECTION / "plugins"
RUN = "make floors"
SOURCE = '''\
# A comment.
"""A docstring
of two lines."""

DOCUMENTATION = r"""
options: {}
"""


def double(number):
    """Return twice as much."""
    # Why.
    text = """one
two"""

    return (  # and why again
        number * 2,
        text,
    )
'''


@pytest.fixture(scope="module")
def code() -> Code:
    """Return the current code."""
    return Code(PLUGINS)


def small(tmp_path: Path, files: dict[str, str]) -> Code:
    """Create plugins from some files, each with the lines that import others."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Code(tmp_path)


THREE_FLOORS = {
    "action/walk.py": "from ..modules.walk import MODULE\n",
    "modules/walk.py": (
        "from ansible_collections.evenkeel.paas.plugins.module_utils._engine.run import go\n"
    ),
    "module_utils/_engine/run.py": (
        "from .options import read\nfrom .._core import fields\nimport json\n"
    ),
    "module_utils/_engine/options.py": "",
    "module_utils/_engine/__init__.py": "",
    "module_utils/_core/fields.py": "",
}


def test_picture_of_the_floors_is_up_to_date(code: Code) -> None:
    text = floors.CONTRIBUTING.read_text(encoding="utf-8")
    assert floors.contributing(text, code) == text, f"run {RUN}"


def test_counts_in_the_guide_are_up_to_date(code: Code) -> None:
    text = floors.GUIDE.read_text(encoding="utf-8")
    assert floors.guide(text, code) == text, f"run {RUN}"


def test_another_resource_costs_at_most_250_lines_of_code(code: Code) -> None:
    assert 100 < sum(code.sources[name].lines.code for name in floors.RESOURCE.files) <= 250


def test_every_file_that_contributing_names_exists() -> None:
    text = floors.CONTRIBUTING.read_text(encoding="utf-8")
    section = text.partition("## How the code is organized")[2].partition("\n## ")[0]
    prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
    named = set(re.findall(r"`([\w/.]+\.(?:py|rst))`", prose))
    assert len(named) > 15
    files = {path.relative_to(COLLECTION).as_posix() for path in COLLECTION.rglob("*.py")}
    assert [
        name for name in sorted(named) if not any(f"/{f}".endswith(f"/{name}") for f in files)
    ] == []


def test_picture_shows_the_floors_in_the_order_of_imports(tmp_path: Path) -> None:
    picture = floors.picture(small(tmp_path, THREE_FLOORS))
    assert re.findall(r"floor (\d) ─ (\w+)/", picture) == [
        ("4", "action"),
        ("3", "modules"),
        ("2", "_engine"),
        ("1", "_core"),
    ]
    assert re.findall(r"imports ([\w, ]+?) ─", picture) == [
        "modules",
        "_engine",
        "_core",
        "nothing",
    ]
    assert "│ run → options " in picture
    assert {len(line) for line in picture.splitlines()} == {floors.WIDTH}


def test_picture_of_an_import_cycle_is_refused(tmp_path: Path) -> None:
    upward = {"module_utils/_core/fields.py": "def go():\n    from .._engine import options\n"}
    code = small(tmp_path, {**THREE_FLOORS, **upward})
    with pytest.raises(ValueError, match="circle"):
        floors.picture(code)
    assert code.upward() == [
        ("module_utils/_core/fields.py", "module_utils/_engine/options.py"),
        ("module_utils/_engine/run.py", "module_utils/_core/fields.py"),
    ]


def test_files_that_import_each_other_are_a_cycle(tmp_path: Path) -> None:
    back = {"module_utils/_engine/options.py": "from .run import go\n"}
    assert small(tmp_path, THREE_FLOORS).circles() == []
    assert small(tmp_path, {**THREE_FLOORS, **back}).circles() == [
        ["module_utils/_engine/options.py", "module_utils/_engine/run.py"]
    ]


def test_lines_of_code_are_without_docstrings_comments_blanks_and_documentation(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.py").write_text(SOURCE)
    source = Source(tmp_path, "one.py")
    assert source.lines == Lines(code=7, documentation=6, total=19)
    assert [(each.name, each.code) for each in source.functions()] == [("double", 7)]


def test_metrics_of_a_commit_are_printed_beside_those_of_the_checkout(code: Code) -> None:
    now = code_metrics.measurements(code)
    lines = list(code_metrics.table({"old": {"files": code_metrics.Measured("7")}, "now": now}))
    assert re.fullmatch(r" +old +now", lines[0])
    assert any(re.fullmatch(r"files +7", line) for line in lines)
    assert any(re.fullmatch(r"circles of imports +0", line) for line in lines)
    assert any(re.fullmatch(r"imports upward +0", line) for line in lines)


def test_an_unknown_commit_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(COLLECTION / "tests/tools/code_metrics.py"), "--base", "no-such"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no commit no-such" in done.stderr
