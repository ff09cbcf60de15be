# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check what has changed, in half a minute: lint the changed files, and run the unit tests that
import them.

What has changed is the difference to the named commit, or to the last one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import mirror
from checks import Check
from counts import LEFT_OUT
from places import ROOT, logs_path
from reached import reached_tests
from run_checks import run_lanes

# Tests that have started by then are completed.
SECONDS_FOR_TESTS = 20


def main() -> int:
    """Run the quick checks; return the exit status."""
    start = time.monotonic()
    base = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    logs_path().mkdir(parents=True, exist_ok=True)
    changed = changed_files(base)
    if not changed:
        print(f"quick: nothing differs from {base}; BASE=main compares with another commit")
        return 0
    folder = mirror.update()
    tests = reached_tests(folder, changed)
    print(
        f"quick: {len(changed)} changed files, {len(tests)} files of unit tests reach them",
        flush=True,
    )
    lanes = [lint_of(changed), tests_of(tests)]
    status = run_lanes(folder, lanes, start)
    for line in (logs_path() / "near-tests.log").read_text().splitlines() if tests else ():
        if line.startswith(LEFT_OUT):
            print(line)
    return status


def changed_files(base: str) -> list[str]:
    """List the files that differ from a commit, and the untracked ones."""
    listed = [
        _git("diff", "--name-only", "--diff-filter=d", "-z", base),
        _git("ls-files", "--others", "--exclude-standard", "-z"),
    ]
    return sorted({name for text in listed for name in text.split("\0") if name})


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def lint_of(changed: list[str]) -> list[Check]:
    """Return the checks of files that need no other files."""
    python = [name for name in changed if name.endswith(".py")]
    yaml = [name for name in changed if name.endswith((".yml", ".yaml"))]
    checks = []
    if python:
        checks += [
            Check("ruff", ("ruff", "check", *python)),
            Check("ruff-format", ("ruff", "format", "--check", "--diff", *python)),
        ]
    if yaml:
        checks.append(Check("yamllint", ("yamllint", "--strict", *yaml)))
    # With the prefix that the paths in codespell's settings have.
    return [*checks, Check("codespell", ("codespell", *(f"./{name}" for name in changed)))]


def tests_of(files: list[str]) -> list[Check]:
    """Return the check that runs the tests of some files, if there are any."""
    runner = str(Path(__file__).resolve().parent / "near_tests.py")
    command = (sys.executable, runner, str(SECONDS_FOR_TESTS), *files)
    return [Check("near-tests", command, counts_tests=True)] if files else []


if __name__ == "__main__":
    sys.exit(main())
