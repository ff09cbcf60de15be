# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test on everything that the collection supports, as far as this machine's Pythons allow.

There is a cell for each ansible-core, one for the oldest libraries, one for the oldest and the
newest libraries on the oldest Python, one for the newest Python, one for packaging, one for slow
tests, one for many more examples of the properties, one for the documentation site, one for random
changes of the code, and one for planted defects. Runs all cells or the named ones, and prints a
table at the end. Fails when a cell failed, when fewer than two versions of ansible-core could be
tested, or when a named cell could not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from counts import LEFT_OUT, SCORE, Counts, from_output
from environment import PRERELEASE, Environment, SetupError, usable, wanted
from places import CACHE, ROOT, core_version

LOGS = CACHE / "logs" / "matrix"
TOOLS = ROOT / "tests" / "tools"
# Not 2.17, which is no longer maintained and not part of any product.
CORES = ("2.16", "2.18", "2.19", "2.20", "2.21", PRERELEASE)
FEWEST_CORES = 2
# The default ansible-core runs the unit tests on every Python; make test and the cell slow run its
# plays. The oldest and the newest ansible-core run everything, and those between them what depends
# on ansible-core in make test.
USUAL_CHECKS = ("sanity", "units", "integration")
END_CHECKS = ("sanity", "units-ends", "plays", "integration")
BETWEEN_CHECKS = ("sanity-ends", "units-oldest", "plays-daily", "integration-oldest")
LANES = 2
PASSED, FAILED, COULD_NOT_RUN = "ok", "FAIL", "could not run"


@dataclass(frozen=True)
class Cell:
    """One cell: its environment, and its command: one of our tools with its arguments."""

    name: str
    core: str
    environment: str
    tool: tuple[str, ...]
    about: str
    alone: bool = False


@dataclass(frozen=True)
class Outcome:
    """The result of a cell, with its own summary: versions, counts, and what was omitted."""

    cell: Cell
    verdict: str
    remarks: tuple[str, ...]
    seconds: float = 0


def cells() -> list[Cell]:
    """List all cells, in the order in which they run."""
    usual = core_version()
    versions = [
        Cell(
            f"ansible-core-{core}",
            "" if core == usual else core,
            "",
            ("run_checks.py", *_checks_with(core, usual)),
            "sanity, units, plays, integration; modules on Python 3.9, with the oldest libraries",
        )
        for core in CORES
    ]
    return [
        *versions,
        Cell(
            "oldest-libraries",
            "",
            "oldest",
            ("run_checks.py", "pytest-oldest"),
            "unit and playbook tests with Python and libraries of Ubuntu 22.04",
        ),
        Cell(
            "libraries-3.9",
            "",
            "libraries",
            ("run_checks.py", "units-libraries"),
            "unit tests on Python 3.9, with the oldest and with the newest libraries",
        ),
        # make test does the same on the newest Python that a released ansible-core supports.
        Cell(
            "python-3.15",
            "",
            "python-3.15",
            ("run_checks.py", "pytest"),
            "unit and playbook tests with the newest libraries on Python 3.15",
        ),
        Cell(
            "packaging",
            "",
            "packaging",
            ("run_checks.py", "packaging"),
            "tarball, galaxy-importer, execution environment, AWX's engine",
        ),
        Cell(
            "slow",
            "",
            "",
            ("run_checks.py", "slow"),
            "a fleet of 200 applications, in slices too; a long play; releases; 2,000 random lists",
        ),
        Cell(
            "properties",
            "",
            "",
            ("run_checks.py", "properties"),
            "properties on forty times as many examples, other ones each time",
        ),
        Cell("docs", "", "docs", ("run_checks.py", "docs"), "the documentation's site, its links"),
        Cell(
            "mutants",
            "",
            "mutants",
            ("mutants.py",),
            "random changes of the code, of which the tests notice enough",
            alone=True,
        ),
        Cell("defects", "", "", ("plant_defects.py",), "planted defects, each caught", alone=True),
    ]


def _checks_with(core: str, usual: str) -> tuple[str, ...]:
    """Name the checks that run with a version of ansible-core."""
    if core == usual:
        return USUAL_CHECKS
    return END_CHECKS if core in (CORES[0], CORES[-1]) else BETWEEN_CHECKS


def main() -> int:
    """Run the cells that are named on the command line, or all."""
    every = cells()
    names = sys.argv[1:] or [cell.name for cell in every]
    unknown = sorted(set(names) - {cell.name for cell in every})
    if unknown:
        known = ", ".join(cell.name for cell in every)
        print(f"no such cell: {', '.join(unknown)}; there are {known}", file=sys.stderr)
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    chosen = [cell for cell in every if cell.name in names]
    together = [cell for cell in chosen if not cell.alone]
    print(f"{len(chosen)} cells, logs in {LOGS}", flush=True)
    with ThreadPoolExecutor(LANES) as pool:
        outcomes = list(pool.map(_run, together))
    outcomes += [_run(cell) for cell in chosen if cell.alone]
    return report(outcomes, named=bool(sys.argv[1:]))


def _run(cell: Cell) -> Outcome:
    """Create a cell's environment, run its tool there, and print its result in one line."""
    start = time.monotonic()
    outcome = _outcome(cell)
    outcome = Outcome(cell, outcome.verdict, outcome.remarks, time.monotonic() - start)
    print(f"{outcome.verdict:<14}{cell.name}", flush=True)
    return outcome


def _outcome(cell: Cell) -> Outcome:
    """Return the result of a cell, without its duration."""
    try:
        environment = wanted(cell.environment, cell.core)
    except SetupError as error:
        return Outcome(cell, FAILED, (str(error),))
    if not usable(environment):
        return Outcome(cell, COULD_NOT_RUN, (f"no Python {_range(environment)} here",))
    surroundings = {**os.environ, "ANSIBLE_CORE": cell.core}
    log = LOGS / f"{cell.name}.log"
    made, text = _call(
        [sys.executable, str(TOOLS / "environment.py"), *filter(None, [cell.environment])],
        surroundings,
    )
    log.write_text(text)
    if not made:
        return Outcome(cell, FAILED, (f"no environment, see {log}",))
    versions = _versions(environment)
    if cell.core == PRERELEASE and not re.search(r"\d(a|b|rc)\d", versions):
        return Outcome(cell, COULD_NOT_RUN, (f"there is no pre-release after {versions}",))
    tool, *arguments = cell.tool
    ok, text = _call([environment.python, str(TOOLS / tool), *arguments], surroundings)
    with log.open("a") as file:
        file.write(text)
    counts = from_output(text)
    left_out = sorted({line for line in _all_logs(text) if line.startswith(LEFT_OUT)})
    scores = [line for line in text.splitlines() if line.startswith(SCORE)]
    details = (versions, str(counts), *scores, *left_out)
    if not counts.ran or counts.failed:
        ok = False
    return Outcome(cell, PASSED if ok else FAILED, details if ok else (*details, f"see {log}"))


def _all_logs(text: str) -> list[str]:
    """Return the output of a tool, and the logs in the folder that it names."""
    lines = text.splitlines()
    for folder in re.findall(r"logs in (\S+)$", text, re.MULTILINE):
        for name in ("sanity", "units-ends", "units", "plays", "integration"):
            path = ROOT / folder / f"{name}.log"
            if path.exists():
                lines += path.read_text().splitlines()
    return lines


def _versions(environment: Environment) -> str:
    """Return the Python and ansible-core of an environment."""
    code = (
        "import platform as p, ansible.release as r;"
        " print(f'ansible-core {r.__version__} on Python {p.python_version()}')"
    )
    return subprocess.run(
        [environment.python, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def _range(environment: Environment) -> str:
    """Return the Pythons that an environment supports."""
    oldest, newest = (".".join(map(str, end)) for end in (environment.oldest, environment.newest))
    return oldest if oldest == newest else f"{oldest} to {newest}"


def _call(command: list[str], env: dict[str, str]) -> tuple[bool, str]:
    """Run a command; return whether it succeeded, and its output."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode == 0, done.stdout


def report(outcomes: list[Outcome], named: bool) -> int:
    """Print the table and the verdict; return the exit status.

    A cell that could not run is not a failure in a run of all cells, if enough versions of
    ansible-core ran; it is a failure if it was named.
    """
    print()
    for outcome in outcomes:
        first, *rest = [*outcome.remarks, outcome.cell.about]
        print(f"{outcome.verdict:<14}{outcome.cell.name:<20}{outcome.seconds:6.0f} s  {first}")
        for line in rest:
            print(f"{'':44}{line}")
    verdicts = [outcome.verdict for outcome in outcomes]
    problems = []
    if FAILED in verdicts:
        problems.append(f"{verdicts.count(FAILED)} of {len(outcomes)} cells failed")
    if named and COULD_NOT_RUN in verdicts:
        problems.append(f"{verdicts.count(COULD_NOT_RUN)} of the named cells could not run")
    ran = [
        outcome
        for outcome in outcomes
        if outcome.cell.name.startswith("ansible-core") and outcome.verdict != COULD_NOT_RUN
    ]
    if not named and len(ran) < FEWEST_CORES:
        problems.append(f"only {len(ran)} of {len(CORES)} versions of ansible-core could run")
    missing = [each.cell.name for each in outcomes if each.verdict == COULD_NOT_RUN]
    if missing:
        print(f"\nNOT TESTED, since it could not run here: {', '.join(missing)}")
    print(f"\nmatrix: {'; '.join(problems) or 'everything that could run is fine'}")
    bad = bool(problems)
    print(Counts(passed=verdicts.count(PASSED), failed=verdicts.count(FAILED) or int(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
