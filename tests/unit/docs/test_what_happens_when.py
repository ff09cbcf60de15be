# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to failures: every row has a test, and every fault has a row.

CONTRIBUTING.md names the tests of each row. The rows about single writes are compared with the
expectations of the fault tests.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ansible_collections.evenkeel.paas.tests.emulator.faults import KINDS, LIMITS, WRONG
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults import (
    test_faults_writes as writes,
)

CHECKOUT = Path(__file__).resolve().parents[3]
GUIDE = CHECKOUT / "docs" / "docsite" / "rst" / "guide_what_happens_when.rst"
CONTRIBUTING = CHECKOUT / "CONTRIBUTING.md"
WORDS = {
    writes.ONCE: "Done",
    writes.TWICE: "Done",
    writes.BUSY: "Done",
    writes.LOST: "Unknown",
    writes.KEPT: "Unknown",
    writes.REFUSED: "Unchanged",
    writes.BELIEVED: "Undetected",
    writes.WARNED: "Warned",
}
FAULTS = [kind.name for kind in KINDS]


class Row(NamedTuple):
    """One row of a table: its section and its cells."""

    section: str
    cells: list[str]

    @property
    def tests(self) -> list[str]:
        """The tests that CONTRIBUTING.md names for this row."""
        return NAMED.get((self.section, self.cells[0]), [])

    @property
    def faults(self) -> list[str]:
        """The faults that its first cell names."""
        return [name for name in re.findall(r"``(\w+)``", self.cells[0]) if name in FAULTS]


def read(text: str) -> list[Row]:
    """Return the rows of all tables of the guide, including the header rows."""
    rows: list[Row] = []
    section, before = "", ""
    for line in text.splitlines():
        if re.fullmatch("-{3,}", line):
            section = before
        before = line
        if line.startswith("   * - "):
            rows.append(Row(section, [line[len("   * - ") :]]))
        elif line.startswith("     - "):
            rows[-1].cells.append(line[len("     - ") :])
    return rows


def named(text: str) -> list[tuple[tuple[str, str], list[str]]]:
    """Return the rows of CONTRIBUTING.md: section and first cell as in the guide, and the tests."""
    rows = []
    section = ""
    for line in text.partition("## The tests behind the guide to failures")[2].splitlines():
        if line.startswith("### "):
            section = line[len("### ") :]
        elif line.startswith("| ") and not line.startswith(("| Row |", "| --- |")):
            first, _separator, tests = line[len("| ") :].rpartition(" | ")
            key = (section, re.sub(r"`([^`]+)`", r"``\1``", first))
            rows.append((key, re.findall(r"`(test_\w+)`", tests)))
    return rows


NAMED_ROWS = named(CONTRIBUTING.read_text(encoding="utf-8"))
NAMED = dict(NAMED_ROWS)
ROWS = read(GUIDE.read_text(encoding="utf-8"))
# Each section has one table, and the first row of a table is its header.
HEADS = [row for last, row in zip([None, *ROWS], ROWS) if not last or last.section != row.section]
FACTS = [row for row in ROWS if row not in HEADS]


def known_tests() -> dict[str, str]:
    """Return the names of all tests, with the text of their files."""
    known: dict[str, str] = {}
    for folder in ("unit", "playbooks"):
        for file in sorted((CHECKOUT / "tests" / folder).rglob("test_*.py")):
            text = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    known[node.name] = known.get(node.name, "") + text
    return known


TESTS = known_tests()


def test_the_tables_of_the_page_are_read() -> None:
    """Otherwise the other tests would check nothing: every section has a table, and every table has
    a header with as many cells as its rows."""
    sections = re.findall(r"^(.+)\n-{3,}$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [head.section for head in HEADS] == sections
    assert len(FACTS) > 50
    for row in FACTS:
        (head,) = [each for each in HEADS if each.section == row.section]
        assert len(row.cells) == len(head.cells), row
    tables = GUIDE.read_text(encoding="utf-8").count(".. list-table::")
    assert len(HEADS) == tables


def test_contributing_has_exactly_the_rows_of_the_guide() -> None:
    rows = [key for key, _tests in NAMED_ROWS]
    assert rows == [(row.section, row.cells[0]) for row in FACTS]


def test_the_guide_names_no_test() -> None:
    assert re.findall(r"test_\w+", GUIDE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row.cells[0][:40])
def test_every_row_has_existing_tests(row: Row) -> None:
    assert row.tests
    assert [name for name in row.tests if name not in TESTS] == []


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_has_a_row_and_a_test_that_uses_it(kind: str) -> None:
    """A test uses a fault if its file contains the name of the fault or of its group."""
    rows = [row for row in FACTS if kind in row.faults]
    assert rows, f"{kind} has no row"
    names = [f'"{kind}"']
    if kind in LIMITS:
        names.append("*LIMITS")
    if kind.rpartition("_")[0] in WRONG:
        names.append("for name in WRONG")
    for row in rows:
        assert any(name in TESTS[test] for test in row.tests for name in names), row


def test_every_named_fault_exists() -> None:
    for row in FACTS:
        names = re.findall(r"``(\w+_(?:before|after|late|low|high)|429_\w+)``", row.cells[0])
        assert [name for name in names if name not in FAULTS] == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [(1, writes.POST), (2, writes.PATCH), (3, writes.DELETE)],
    ids=["creation", "update", "deletion"],
)
def test_single_writes_end_as_the_fault_tests_expect(column: int, expected: dict[str, str]) -> None:
    rows = [row for row in FACTS if row.section == "When a write goes wrong"]
    outcomes = {
        fault: re.findall(r"^\*\*(\w+)\.", row.cells[column])
        for row in rows
        for fault in row.faults
    }
    assert {fault: words for fault, words in outcomes.items() if words} == {
        fault: [WORDS[end]] for fault, end in expected.items()
    }
    assert {
        fault for fault, words in outcomes.items() if not words
    } == outcomes.keys() - expected.keys()
