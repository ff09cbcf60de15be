# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts of tests: parse the output of test runners, add them up, and print them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

# The summary line of a test runner: pytest's, or that of our own tools.
CLOSING_LINE = re.compile(r"^[= ]*((?:\d+ [a-z]+(?:, )?)+)(?: in [\d.]+s.*)?[= ]*$")
# The start of a line about what could not be tested here, for the summary of the matrix.
LEFT_OUT = "left out: "
# The start of the line with a score, for the summary of the matrix.
SCORE = "mutation score: "
PASSED = ("passed", "xfailed")
FAILED = ("failed", "error", "errors", "xpassed")
SKIPPED = ("skipped",)


@dataclass(frozen=True)
class Counts:
    """The numbers of passed, failed and skipped tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def ran(self) -> int:
        """Return how many tests ran."""
        return self.passed + self.failed

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def from_output(text: str) -> Counts:
    """Parse the last summary line of a test runner's output; return zeros if there is none."""
    for line in reversed(text.splitlines()):
        match = CLOSING_LINE.match(line)
        words = (
            {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", match[1])}
            if match
            else {}
        )
        if words.keys() & {*PASSED, *FAILED, *SKIPPED}:
            passed, failed, skipped = (
                sum(words.get(word, 0) for word in kind) for kind in (PASSED, FAILED, SKIPPED)
            )
            return Counts(passed, failed, skipped)
    return Counts()


def from_junit(paths: Iterable[Path]) -> Counts:
    """Add up the test cases in junit files."""
    passed = failed = skipped = 0
    for path in paths:
        for case in ElementTree.parse(path).iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                failed += 1
            elif "skipped" in kinds:
                skipped += 1
            else:
                passed += 1
    return Counts(passed, failed, skipped)
