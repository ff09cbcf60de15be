# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant the defects of ``defects.py`` one by one and print which unit test catches each.

Plants all defects, or those whose names contain one of the arguments, in copies of the mirror, one
for each core. It is a failure if a defect no longer matches the code, if no test catches it, or if
a test fails without a defect. The last line has the form ``N passed, M failed``; passed means
caught.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import mirror
from counts import Counts, from_output
from defects import DEFECTS, Defect
from places import CACHE
from surroundings import clean_environment

WORKERS = 2
MODULE_UTILS = "plugins/module_utils"
UNIT_TESTS = "tests/unit/plugins/module_utils"
OPTIONS = (
    *("-q", "-p", "no:cacheprovider", "-p", "without_shrinking"),
    # A test that a defect names may be slow.
    *("-m", "slow or not slow"),
)
# Created by tools in the mirror.
NOT_COPIED = (".git", "__pycache__", ".*_cache", ".hypothesis", "output")
# Tests that take longer than this many seconds count as hanging.
LONGEST = 240
# A failed property is not shrunk to its smallest example, which takes up to a minute.
WITHOUT_SHRINKING = """\
from hypothesis import Phase, settings

settings.register_profile("without_shrinking", phases=(Phase.explicit, Phase.generate))
settings.load_profile("without_shrinking")
"""
CAUGHT_BY, SURVIVED, UNFIT = "caught by", "SURVIVED", "DOES NOT FIT:"
# A line of pytest's summary that names a test; a line with only a file is a file that could not be
# run.
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?::.+?)(?: - .*)?$", re.MULTILINE)


class UnfitError(Exception):
    """A defect that cannot be planted, or that breaks more than it should."""


@dataclass(frozen=True)
class Outcome:
    """The result of a defect, and the test that caught it or the reason why it does not match."""

    defect: Defect
    verdict: str
    remark: str
    seconds: float

    def __str__(self) -> str:
        mark = "ok  " if self.verdict == CAUGHT_BY else "FAIL"
        summary = f"{self.verdict} {self.remark}".rstrip()
        return f"{mark} {self.seconds:5.1f} s  {self.defect.name}\n{'':14}{summary}"


class Copy:
    """A copy of the collection in which defects are planted."""

    def __init__(self, source: Path, collections: Path, without: tuple[str, ...] = ()) -> None:
        """Copy the collection, without the files and folders of some patterns."""
        self.folder = collections / "ansible_collections" / "evenkeel" / "paas"
        shutil.copytree(source, self.folder, symlinks=True, ignore=shutil.ignore_patterns(*without))
        (collections / "without_shrinking.py").write_text(WITHOUT_SHRINKING)
        self._environment = {
            name: value
            for name, value in clean_environment().items()
            # Options of pytest and numbers of examples that developers have set for themselves.
            if not name.startswith(("PYTEST_", "EVENKEEL_"))
        }
        self._environment.update(
            PYTHONPATH=str(collections),
            ANSIBLE_COLLECTIONS_PATH=str(collections),
            # All examples of a property, the same ones each time.
            EVENKEEL_EXAMPLES="4",
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run pytest; return its exit status and its output."""
        try:
            result = subprocess.run(
                [sys.executable, "-m", "pytest", *OPTIONS, *arguments],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnfitError(f"the tests did not end within {LONGEST} s") from None
        return result.returncode, result.stdout

    def failing(self, tests: list[str]) -> list[str]:
        """Run tests on the unchanged code; return those that fail."""
        status, output = self.run("--tb=no", "-n", str(WORKERS), *tests)
        failed = FAILED.findall(output)
        if status != 0 and not (status == 1 and failed):
            raise UnfitError(f"{output.rstrip()}\nthe tests cannot be run without any defect")
        print(f"{from_output(output)} without any defect", flush=True)
        for name in failed:
            print(f"FAIL  without any defect, so left out: {name}", flush=True)
        return failed

    def examine(self, defect: Defect, tests: list[str], broken: list[str]) -> Outcome:
        """Plant a defect, run all tests except the broken ones until one fails, and remove the
        defect."""
        path = self.folder / MODULE_UTILS / defect.file
        sound = path.read_text()
        start = time.monotonic()
        try:
            self._write(path, planted(defect, sound))
            status, output = self.run(
                "-x", "--tb=no", *tests, *(f"--deselect={name}" for name in broken)
            )
            match = FAILED.search(output)
            if status == 1 and match:
                verdict, remark = CAUGHT_BY, match[1].removeprefix(f"{UNIT_TESTS}/")
            elif status == 0:
                verdict, remark = SURVIVED, ""
            else:
                last = (output.rstrip().splitlines() or ["nothing"])[-1]
                raise UnfitError(f"pytest ended with exit status {status} and: {last}")
        except UnfitError as error:
            verdict, remark = UNFIT, str(error)
        finally:
            self._write(path, sound)
        return Outcome(defect, verdict, remark, time.monotonic() - start)

    def _write(self, path: Path, text: str) -> None:
        """Write a file and remove its compiled version, which would be used if size and time were
        the same."""
        path.write_text(text)
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()


def planted(defect: Defect, sound: str) -> str:
    """Return a file's text with a defect in it; it must be valid Python with another effect."""
    text = sound
    for old, new in defect.edits.items():
        count = sound.count(old)
        if count != 1:
            raise UnfitError(f"{defect.file} has {count} times, and not once: {old!r}")
        text = text.replace(old, new)
    try:
        changed = ast.dump(ast.parse(text)) != ast.dump(ast.parse(sound))
        compile(text, defect.file, "exec")
    except SyntaxError as error:
        raise UnfitError(f"{defect.file} is no Python any more: {error}") from None
    if not changed:
        raise UnfitError(f"{defect.file} does the same as before")
    return text


def main() -> int:
    """Plant all defects, or those whose names contain a word of the command line."""
    words = [word.lower() for word in sys.argv[1:]] or [""]
    chosen = [known for known in DEFECTS if any(word in known.name.lower() for word in words)]
    if not chosen:
        print(f"no defect has a name with {' or '.join(words)}", file=sys.stderr)
        return 2
    start = time.monotonic()
    base = CACHE / "defects"
    base.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=base) as scratch:
            outcomes, broken = _plant(chosen, Path(scratch))
    except (mirror.EmptyMirrorError, UnfitError) as error:
        print(f"{error}\n{Counts(failed=1)}")
        return 1
    return _report(outcomes, broken, time.monotonic() - start)


def _plant(chosen: list[Defect], scratch: Path) -> tuple[list[Outcome], list[str]]:
    """Test defects with the tests named for them; also return the tests that fail without any
    defect."""
    copies = [Copy(mirror.update(), scratch / "1", NOT_COPIED)]
    broken = copies[0].failing(sorted({path for defect in chosen for path in _paths(defect)}))
    # With its compiled Python, which saves half a second in every run.
    copies += [Copy(copies[0].folder, scratch / str(n)) for n in range(2, WORKERS + 1)]
    outcomes = _examine(copies, chosen, broken)
    return outcomes, broken


def _paths(defect: Defect) -> list[str]:
    """Return the paths of the tests that are named for a defect, or of all tests."""
    return [f"{UNIT_TESTS}/{name}" for name in defect.tests] or [UNIT_TESTS]


def _examine(copies: list[Copy], chosen: list[Defect], broken: list[str]) -> list[Outcome]:
    """Test defects, one at a time in each copy; print the results in their order."""
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def examine(defect: Defect) -> Outcome:
        copy = free.get()
        try:
            return copy.examine(defect, _paths(defect), broken)
        finally:
            free.put(copy)

    outcomes = []
    with ThreadPoolExecutor(len(copies)) as pool:
        for outcome in pool.map(examine, chosen):
            print(outcome, flush=True)
            outcomes.append(outcome)
    return outcomes


def _report(outcomes: list[Outcome], broken: list[str], seconds: float) -> int:
    """Print the result in one line, and again as plain counts; return the exit status."""
    caught = sum(outcome.verdict == CAUGHT_BY for outcome in outcomes)
    failed = len(outcomes) - caught + len(broken)
    good = caught > 0 and failed == 0
    verdict = "everything is fine" if good else "NOT fine"
    besides = f"; {len(broken)} tests fail without any" if broken else ""
    print(f"{verdict}: {caught} of {len(outcomes)} defects caught in {seconds:.0f} s{besides}")
    print(Counts(passed=caught, failed=failed))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
