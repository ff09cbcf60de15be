# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The score of the mutants: what counts as caught, when it is too low, and which are tested."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(COLLECTION / "tests" / "tools"))

import mutants  # noqa: E402
from counts import Counts, from_output  # noqa: E402
from plant_defects import UnfitError  # noqa: E402

HERE = "ansible_collections.evenkeel.paas.plugins.module_utils."


def verdicts(**numbers: int) -> dict[str, str]:
    """Return that many mutants of the client with each verdict."""
    return {
        f"{HERE}_http.client.x_{verdict}__mutmut_{number}": verdict.replace("_", " ")
        for verdict, count in numbers.items()
        for number in range(count)
    }


def test_score_at_the_floor_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(killed=mutants.FLOOR - 5, timeout=5, survived=100 - mutants.FLOOR - 3)
    assert mutants.report({**found, **verdicts(no_tests=3)}, [], 7) == 0
    text = capsys.readouterr().out
    assert f"mutation score: {mutants.FLOOR} %, {mutants.FLOOR} of 100 mutants noticed" in text
    assert "_http.client" in text
    assert from_output(text) == Counts(passed=mutants.FLOOR)


def test_score_below_the_floor_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(killed=mutants.FLOOR - 2, survived=102 - mutants.FLOOR)
    assert mutants.report(found, [], 7) == 1
    assert from_output(capsys.readouterr().out) == Counts(passed=mutants.FLOOR - 2, failed=2)


def test_test_that_fails_without_a_mutant_is_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert mutants.report(verdicts(killed=10), ["tests/unit/test_it.py::test_it"], 7) == 1
    assert from_output(capsys.readouterr().out) == Counts(passed=10, failed=1)


@pytest.mark.parametrize("found", [{}, {"x__mutmut_1": "not checked"}])
def test_untested_mutants_are_an_error(found: dict[str, str]) -> None:
    with pytest.raises(UnfitError):
        mutants.report(found, [], 7)


def test_sample_stays_the_same_when_functions_come_and_go() -> None:
    names = [f"x_function_{number}__mutmut_1" for number in range(1000)]
    first = mutants.sample(names, 100)
    assert len(set(first)) == 100
    assert mutants.sample(names[::-1], 100) == first
    assert len(set(mutants.sample(names[50:], 100)) & set(first)) > 80


def test_mutated_files_and_their_tests_exist() -> None:
    module_utils = COLLECTION / "plugins" / "module_utils"
    assert [file for file in mutants.FILES if not (module_utils / file).is_file()] == []
    tests = COLLECTION / mutants.UNIT_TESTS
    names = (*mutants.TESTS, *mutants.NOT_FOR_MUTANTS)
    assert [name for name in names if not (tests / name).exists()] == []
