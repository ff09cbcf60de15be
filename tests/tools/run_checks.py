# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run checks and report their results: the named ones, all, or with ``lint`` all except tests.

Every check runs even if another one failed. If tests ran, the last line has the form ``N passed, M
failed``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import mirror
from ansible_test_home import prepare_home
from checks import CHECKS, DEFAULT, LANES, LINT, Check
from counts import Counts, from_output
from places import CACHE, collections_path, core_version, environment_name, logs_path
from surroundings import clean_environment

# How much of a failed check's output is shown.
SHOWN_LINES = 150
# How many of the slowest are listed at the end.
SLOWEST_CHECKS = 5
SLOWEST_TESTS = 10


@dataclass(frozen=True)
class Outcome:
    """The result of a check, its duration, and the durations of its slowest tests."""

    ok: bool
    counts: Counts
    name: str = ""
    seconds: float = 0
    tests: tuple[tuple[float, str], ...] = ()


class Runner:
    """Runs checks in the mirror; prints one line for each, and the output of failed ones."""

    def __init__(self, folder: Path, live: bool) -> None:
        """Prepare for checks in a folder; with ``live``, their output is shown while they run."""
        self._folder = folder
        self._live = live
        self._printing = threading.Lock()
        self._environment = {
            **clean_environment(),
            "MYPYPATH": str(collections_path()),
            "MYPY_CACHE_DIR": str(CACHE / "mypy" / environment_name()),
            "RUFF_CACHE_DIR": str(CACHE / "ruff"),
        }

    def run_all(self, checks: list[Check]) -> list[Outcome]:
        """Run checks one after the other."""
        return [self.run(check) for check in checks]

    def run(self, check: Check) -> Outcome:
        """Run one check and print its result."""
        start = time.monotonic()
        log = logs_path() / f"{check.name}.log"
        output, status = self._execute(check, log)
        seconds = time.monotonic() - start
        counts = from_output(output) if check.counts_tests else Counts()
        ok = status == 0 and not counts.failed
        remark = str(counts) if check.counts_tests else "ok" if ok else f"exit status {status}"
        if check.counts_tests and not counts.ran:
            ok, remark = False, "ran no test"
        if not ok and not counts.failed:
            counts += Counts(failed=1)
        with self._printing:
            if not ok and not self._live:
                lines = output.rstrip().splitlines()
                print(f"\n----- {check.name}: the last of {len(lines)} lines, all are in {log}")
                print("\n".join(lines[-SHOWN_LINES:]), end="\n-----\n\n")
            print(
                f"{'ok  ' if ok else 'FAIL'} {check.name:<20} {seconds:6.1f} s  {remark}",
                flush=True,
            )
        return Outcome(ok, counts, check.name, seconds, slowest_tests(output))

    def _execute(self, check: Check, log: Path) -> tuple[str, int]:
        """Run a check's command; return its output and its exit status."""
        lines = []
        with (
            log.open("w") as file,
            subprocess.Popen(
                check.command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                file.write(line)
                if self._live:
                    print(line, end="", flush=True)
        return "".join(lines), process.returncode


def main() -> int:
    """Run the checks that are named on the command line."""
    names: list[str] = []
    for word in sys.argv[1:] or DEFAULT:
        names += [check.name for check in LINT] if word == "lint" else [word]
    unknown = sorted(set(names) - set(CHECKS))
    if unknown:
        print(
            f"no such check: {', '.join(unknown)}; there are lint, {', '.join(CHECKS)}",
            file=sys.stderr,
        )
        return 2
    start = time.monotonic()
    logs_path().mkdir(parents=True, exist_ok=True)
    try:
        folder = mirror.update()
        prepare_home()
    except mirror.EmptyMirrorError as error:
        print(f"{error}\n{Counts(failed=1)}")
        return 1
    print(
        f"{len(names)} checks with ansible-core {core_version()}, logs in {logs_path()}", flush=True
    )
    lanes = [[check for check in lane if check.name in names] for lane in LANES]
    return run_lanes(folder, lanes, start)


def run_lanes(folder: Path, lanes: list[list[Check]], start: float) -> int:
    """Run lanes of checks in parallel, report the results, and return the exit status."""
    runner = Runner(folder, live=sum(map(len, lanes)) == 1)
    with ThreadPoolExecutor(len(lanes)) as pool:
        outcomes = [outcome for lane in pool.map(runner.run_all, lanes) for outcome in lane]
    return _report(outcomes, time.monotonic() - start)


def slowest_tests(output: str) -> tuple[tuple[float, str], ...]:
    """Return the tests that pytest lists as its slowest, each with its seconds."""
    found = re.findall(r"^(\d+\.\d+)s (?:call|setup|teardown) +(\S.*)$", output, re.MULTILINE)
    return tuple((float(seconds), name) for seconds, name in found)


def slowest_parts(outcomes: list[Outcome]) -> list[str]:
    """Return a line for each of the slowest checks, and for each of the slowest tests."""
    checks = [(outcome.seconds, outcome.name) for outcome in outcomes]
    tests = [test for outcome in outcomes for test in outcome.tests]
    return [
        f"{seconds:8.1f} s  {name}"
        for parts, number in ((checks, SLOWEST_CHECKS), (tests, SLOWEST_TESTS))
        for seconds, name in sorted(parts, reverse=True)[:number]
    ]


def _report(outcomes: list[Outcome], seconds: float) -> int:
    """Print the result in one line, and again as plain counts; return the exit status."""
    total = sum((outcome.counts for outcome in outcomes), Counts())
    good = sum(outcome.ok for outcome in outcomes)
    if len(outcomes) > 1:
        print("\n".join(["slowest checks and tests:", *slowest_parts(outcomes), ""]))
    verdict = "everything is fine" if good == len(outcomes) else "NOT fine"
    print(
        f"{verdict}: {good} of {len(outcomes)} checks ok, {total.ran} tests ran in {seconds:.0f} s"
    )
    # Checks that are not tests count only when they fail.
    if total != Counts():
        print(total)
    return 0 if good == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
