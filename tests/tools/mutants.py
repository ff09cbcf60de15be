# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the code at random places with mutmut, and print how many changes a test catches.

mutmut changes operators, constants and arguments: mistakes that need no knowledge of the code's
purpose. Those that need it are in ``defects.py``. It tests a sample, which stays the same as long
as the functions do. Fails when the score is below the floor. The last line has the form ``N passed,
M failed``: caught changes, and by how many changes the score misses the floor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import mirror
from counts import SCORE, Counts
from places import CACHE
from plant_defects import NOT_COPIED, UNIT_TESTS, WITHOUT_SHRINKING, Copy, UnfitError
from surroundings import clean_environment

PACKAGE = "ansible_collections/evenkeel/paas"
MODULE_UTILS = f"{PACKAGE}/plugins/module_utils"
FILES = (
    *("_core/fields.py", "_core/plan.py", "_core/planner.py", "_core/rivals.py"),
    *("_core/stored.py", "_http/client.py", "_http/retry.py"),
)
TESTS = (
    *("plan", "client", "lists/test_lists_plan.py", "lists/test_lists_stored.py"),
    *("scenarios/test_clearing.py", "scenarios/test_near_names.py"),
)
# These read the source, which mutmut rewrites, or count its calls.
NOT_FOR_MUTANTS = ("plan/test_plan_growth.py", "plan/test_plan_purity.py")
# These run while the field tables are created, before mutmut selects a mutant.
AT_IMPORT = ("x_argument_spec_", "x_nullable_", "xǁFieldǁ__post_init__")
SAMPLE = 200
FLOOR = 85
# The start of lines that mutmut overwrites in the terminal.
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
# mutmut's word for each result of a mutant; a mutant that makes the tests hang counts as caught.
NOTICED = ("killed", "timeout", "segfault")
OVERLOOKED = ("survived", "no tests", "suspicious")


class Mutmut:
    """mutmut in a folder with a copy of the collection."""

    def __init__(self, folder: Path, broken: list[str]) -> None:
        """Configure mutmut; tests that fail without any mutant are excluded."""
        self._folder = folder
        plugins = folder / "pytest_plugins"
        plugins.mkdir()
        (plugins / "without_shrinking.py").write_text(WITHOUT_SHRINKING)
        # Not the collection itself, which would be imported instead of its mutants.
        self._environment = {
            **clean_environment(),
            "PYTHONPATH": str(plugins),
            "EVENKEEL_EXAMPLES": "4",  # all examples of each property
        }
        tests = f"{PACKAGE}/{UNIT_TESTS}"
        left_out = [*(f"{UNIT_TESTS}/{name}" for name in NOT_FOR_MUTANTS), *broken]
        options = ("-p", "no:cacheprovider", "-p", "without_shrinking", "--import-mode=importlib")
        settings = {
            "source_paths": [MODULE_UTILS],
            "only_mutate": [f"{MODULE_UTILS}/{file}" for file in FILES],
            "also_copy": ["ansible_collections"],
            "pytest_add_cli_args": [
                *options,
                *(f"--deselect={PACKAGE}/{name}" for name in left_out),
            ],
            "pytest_add_cli_args_test_selection": [f"{tests}/{name}" for name in TESTS],
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        (folder / "pyproject.toml").write_text("\n".join(["[tool.mutmut]", *lines, ""]))

    def names(self) -> list[str]:
        """Create all mutants, and return their names."""
        # mutmut creates them before it runs a test, so it gets one: the first test of a file.
        self._call("run", "--max-children", "2", f"*.{Path(FILES[-1]).stem}.*__mutmut_1")
        found = [line.strip().rpartition(": ")[0] for line in self._call("results", "--all", "1")]
        return [name for name in found if name and not any(each in name for each in AT_IMPORT)]

    def verdicts(self, names: list[str]) -> dict[str, str]:
        """Run the tests on some mutants, and return the result of each in mutmut's words."""
        self._call("run", "--max-children", "2", *names)
        lines = (line.strip().rpartition(": ") for line in self._call("results", "--all", "1"))
        found = {name: verdict for name, _colon, verdict in lines}
        return {name: found[name] for name in names}

    def difference(self, name: str) -> list[str]:
        """Return the lines that a mutant changes."""
        lines = self._call("show", name)
        return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]

    def _call(self, *arguments: str) -> list[str]:
        done = subprocess.run(
            [str(Path(sys.prefix) / "bin" / "mutmut"), *arguments],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            said = "\n".join(line for line in done.stdout.splitlines() if line[:1] not in SPINNER)
            raise UnfitError(f"mutmut {arguments[0]} ended with {done.returncode}:\n{said[-4000:]}")
        return done.stdout.splitlines()


def sample(names: list[str], size: int) -> list[str]:
    """Return a sample of the names, most of which stays the same when other names change."""
    return sorted(sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:size])


def main() -> int:
    """Test a sample of mutants; return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="how many (%(default)s)")
    size = parser.parse_args().sample
    start = time.monotonic()
    base = CACHE / "mutants"
    base.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=base) as scratch:
            return _try(Path(scratch), size, start)
    except (mirror.EmptyMirrorError, UnfitError) as error:
        print(f"{error}\n{Counts(failed=1)}")
        return 1


def _try(scratch: Path, size: int, start: float) -> int:
    copy = Copy(mirror.update(), scratch, NOT_COPIED)
    broken = copy.failing([f"{UNIT_TESTS}/{name}" for name in TESTS])
    (scratch / "without_shrinking.py").unlink()
    for compiled in scratch.rglob("__pycache__"):
        shutil.rmtree(compiled)
    mutmut = Mutmut(scratch, broken)
    names = mutmut.names()
    chosen = sample(names, size)
    print(f"{len(chosen)} of {len(names)} mutants of {', '.join(FILES)}", flush=True)
    verdicts = mutmut.verdicts(chosen)
    for name, verdict in verdicts.items():
        if verdict not in NOTICED:
            print(f"{verdict}: {name.partition('.module_utils.')[2]}")
            print("".join(f"    {line}\n" for line in mutmut.difference(name)), end="", flush=True)
    return report(verdicts, broken, time.monotonic() - start)


def report(verdicts: dict[str, str], broken: list[str], seconds: float) -> int:
    """Print the score for each file and in total; return the exit status."""
    noticed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for name, verdict in verdicts.items():
        if verdict not in (*NOTICED, *OVERLOOKED):
            raise UnfitError(f"{name} was not tried: {verdict}")
        file = ".".join(name.split(".")[-3:-1])
        tried[file] += 1
        noticed[file] += verdict in NOTICED
    if not tried:
        raise UnfitError("there is no mutant")
    for file in sorted(tried):
        print(
            f"{100 * noticed[file] / tried[file]:5.0f} %  {noticed[file]} of {tried[file]}  {file}"
        )
    score = 100 * noticed.total() / tried.total()
    print(
        f"{SCORE}{score:.0f} %, {noticed.total()} of {tried.total()} mutants noticed; the floor is "
        f"{FLOOR} %; {seconds:.0f} s"
    )
    missing = max(0, -(-FLOOR * tried.total() // 100) - noticed.total())
    print(Counts(passed=noticed.total(), failed=missing + len(broken)))
    return 1 if missing or broken else 0


if __name__ == "__main__":
    sys.exit(main())
