# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test on the mirror: ``sanity``, ``units`` or ``integration``.

ansible-test reports success in many cases in which it tested nothing: no target found, a missing
tool or Python, an excluded target. Each of these is a failure here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import ansible_test
import yaml
from ansible_test._util.target.common.constants import (
    CONTROLLER_PYTHON_VERSIONS,
    REMOTE_ONLY_PYTHON_VERSIONS,
)

import mirror
from counts import LEFT_OUT, Counts, from_junit
from pythons import find_interpreters
from start_emulator import EmulatorError, running_emulator
from surroundings import clean_environment

# The oldest Python that the modules support; tests/config.yml has the same for ansible-test.
OLDEST_TARGET = (3, 9)

# These test the development tools, and need their requirements, which ansible-test does not have.
TOOLS = ("tests/unit/tools/",)

# The broadest unit tests, which take twice as long as all others. ansible-test runs them only on
# the oldest Python with the oldest libraries; plain pytest runs them on the newest Python.
WIDEST = (
    "tests/unit/plugins/module_utils/faults/",
    "tests/unit/plugins/module_utils/fuzz/",
    "tests/unit/plugins/module_utils/limits/",
    "tests/unit/plugins/module_utils/lists/",
    "tests/unit/plugins/module_utils/secrets/",
    "tests/unit/plugins/module_utils/scenarios/test_switches.py",
)

# The tests of make test on the oldest Python: each module's work, from its options to its result.
# The matrix runs all of them there.
MAIN_PATHS = (
    "tests/unit/plugins/module_utils/scenarios/test_laravel_cloud.py",
    "tests/unit/plugins/module_utils/scenarios/test_sevalla.py",
)
MAIN_TARGETS = ("laravel_cloud_background_process", "sevalla_deployment", "sevalla_process")

# Warnings that do not affect what was tested. Every other one is a failure.
HARMLESS = (
    "Reviewing previous",
    "Using locale",
    # The mirror's repository has no commits to compare with.
    "The validate-modules sanity test cannot compare against the base commit",
    "may be slow due to missing libyaml support in PyYAML.",
    "PyYAML will be slow due to installation without libyaml support",
    # The collection has no PowerShell.
    'Required program "pwsh" not found.',
    # Our own warning, in targets that prune.
    "prune would delete",
    "prune deleted",
)


class NothingTestedError(Exception):
    """Something that should have been tested was not."""


def main() -> int:
    """Run one of ansible-test's commands and print a final line with counts."""
    command = {
        "sanity": sanity,
        "sanity-ends": sanity_ends,
        "units": units,
        "units-oldest": units_oldest,
        "units-ends": units_ends,
        "units-libraries": units_libraries,
        "integration": integration,
        "integration-oldest": integration_oldest,
    }[sys.argv[1]]
    try:
        counts, failed = command(mirror.update())
        if not counts.ran:
            raise NothingTestedError("no test ran")
    except (NothingTestedError, mirror.EmptyMirrorError, EmulatorError) as error:
        print(f"ansible-test {sys.argv[1]}: {error}")
        counts, failed = Counts(failed=1), True
    if failed and not counts.failed:
        counts += Counts(failed=1)
    print(counts)
    return 1 if failed else 0


def sanity(folder: Path) -> tuple[Counts, bool]:
    """Run the sanity tests on every Python that modules support and this machine has."""
    return _sanity_on(folder, _pythons()[1], [])


def sanity_ends(folder: Path) -> tuple[Counts, bool]:
    """Run the sanity tests on the oldest and the newest Python; pylint only on the plugins.

    pylint takes longer than all others together, most of it for the tests.
    """
    return _sanity_on(folder, _ends(), ["plugins/"])


def _sanity_on(folder: Path, targets: list[str], linted: list[str]) -> tuple[Counts, bool]:
    """Run the sanity tests on some Pythons; pylint on everything, or only on ``linted``."""
    ignored = sorted(folder.glob("tests/sanity/ignore-*.txt"))
    if ignored:
        raise NothingTestedError(
            f"this collection ignores no sanity error: remove {', '.join(map(str, ignored))}"
        )
    options = ["--junit", "--color", "no", *_controller(_pythons()[0]), *_target_pythons(targets)]
    missing = _out_of_reach("pylint")
    for requirement in missing:
        print(f"{LEFT_OUT}sanity test pylint: {requirement} is not to be had from here", flush=True)
    apart = ["--skip-test", "pylint"] if missing or linted else []
    failed = _run(folder, "sanity", *options, *apart)
    counts = _junit(folder)
    if linted and not missing:
        failed = _run(folder, "sanity", "--test", "pylint", *options, *linted) or failed
        counts += _junit(folder)
    return counts, failed


def units(folder: Path) -> tuple[Counts, bool]:
    """Run most unit tests on every Python that modules support and this machine has."""
    return _units_on(folder, _pythons()[1], WIDEST)


def units_oldest(folder: Path) -> tuple[Counts, bool]:
    """Run the main paths on the oldest Python that modules support and this machine has."""
    return _units_on(folder, _pythons()[1][:1], only=MAIN_PATHS)


def units_ends(folder: Path) -> tuple[Counts, bool]:
    """Run most unit tests on the oldest and the newest Python that modules support here."""
    return _units_on(folder, _ends(), WIDEST)


def units_libraries(folder: Path) -> tuple[Counts, bool]:
    """Run the unit tests on the oldest Python, all with the oldest libraries, most with the newest.

    The mirror's requirements are replaced; the next update of the mirror restores them.
    """
    oldest = f"{OLDEST_TARGET[0]}.{OLDEST_TARGET[1]}"
    if oldest not in _pythons()[1]:
        raise NothingTestedError(f"there is no Python {oldest} here")
    total, any_failed = Counts(), False
    for age, left_out in (("oldest", ()), ("newest", WIDEST)):
        lock = folder / "tests" / "requirements" / f"libraries-{age}.txt"
        shutil.copy(lock, folder / "tests" / "unit" / "requirements.txt")
        counts, failed = _units_on(folder, [oldest], left_out)
        python = folder / "tests/output/.tmp/delegation" / f"python{oldest}" / "bin" / "python"
        others = other_versions(lock.read_text(), installed_versions(python))
        if others:
            raise NothingTestedError(f"not the {age} libraries: {', '.join(others)}")
        print(f"the {age} libraries on Python {oldest}: {counts}", flush=True)
        total, any_failed = total + counts, any_failed or failed
    return total, any_failed


def installed_versions(python: Path) -> dict[str, str]:
    """Return the version of each installed distribution of a Python, by its normalized name."""
    code = (
        "import importlib.metadata as m, json;"
        " print(json.dumps([(d.metadata['Name'], d.version) for d in m.distributions()]))"
    )
    listed = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    return {_normalized(name): version for name, version in json.loads(listed)}


def other_versions(lock: str, installed: dict[str, str]) -> list[str]:
    """List the distributions that are missing or have another version than the pinned one."""
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", lock, re.MULTILINE)
    if not pinned:
        raise NothingTestedError("no library is pinned")
    return [
        f"{name} {installed.get(_normalized(name))}"
        for name, version in pinned
        if installed.get(_normalized(name)) != version
    ]


def _normalized(name: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _units_on(
    folder: Path,
    pythons: list[str],
    left_out: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
) -> tuple[Counts, bool]:
    """Run the unit tests, or only some, on some Pythons; fail if one of them runs none."""
    left_out = () if only else (*TOOLS, *left_out)
    gone = [path for path in (*left_out, *only) if not (folder / path).exists()]
    if gone:
        raise NothingTestedError(f"there is no {', '.join(gone)}")
    controller = _pythons()[0]
    options = [*_controller(controller), *_target_pythons(pythons, "venv/")]
    options += [word for path in left_out for word in ("--exclude", path)]
    failed = _run(folder, "units", "--color", "no", *options, *only)
    results = folder / "tests/output/junit"
    ran = {
        python: from_junit(results.glob(f"python{python}-*-units.xml")).ran for python in pythons
    }
    # After a failure on one Python, ansible-test does not continue with the next.
    if not failed and not all(ran.values()):
        silent = [python for python, number in ran.items() if not number]
        raise NothingTestedError(f"no unit test ran on Python {', '.join(silent)}")
    return _junit(folder), failed


def integration(folder: Path) -> tuple[Counts, bool]:
    """Run the targets against the emulator: in Ansible's worker, and as modules on the oldest
    Python."""
    controller, targets = _pythons()
    return _integration_in(folder, [(controller, True), (targets[0], False)])


def integration_oldest(folder: Path) -> tuple[Counts, bool]:
    """Run the main targets against the emulator, as modules on the oldest Python."""
    return _integration_in(folder, [(_pythons()[1][0], False)], MAIN_TARGETS)


def _integration_in(
    folder: Path, runs: list[tuple[str, bool]], only: tuple[str, ...] = ()
) -> tuple[Counts, bool]:
    """Run the targets, or only some, with each Python, in Ansible's worker or as modules."""
    controller = _pythons()[0]
    total, any_failed = Counts(), False
    with running_emulator() as emulator:
        settings = {
            "emulator_url": emulator["EMULATOR_URL"],
            "sevalla_api_url": emulator["SEVALLA_API_URL"],
            "laravel_cloud_api_url": emulator["LARAVEL_CLOUD_BASE_URL"],
            "emulator_token": emulator["EMULATOR_TOKEN"],
        }
        config = folder / "tests/integration/integration_config.yml"
        try:
            for python, in_worker in runs:
                switched = {**settings, "evenkeel_paas_in_worker": in_worker}
                config.write_text(yaml.safe_dump(switched, explicit_start=True))
                counts, failed = _integration_on(folder, controller, python, in_worker, only)
                total, any_failed = total + counts, any_failed or failed
        finally:
            config.unlink()
    return total, any_failed


def _integration_on(
    folder: Path, controller: str, python: str, in_worker: bool, only: tuple[str, ...]
) -> tuple[Counts, bool]:
    """Run all targets, or only some, in one way, with the modules on one Python; count targets."""
    # At this verbosity each task reports in which way it runs.
    options = ["-vvv", *_controller(controller), "--target", f"controller:python=venv/{python}"]
    wanted = _output(folder, "integration", "--list-targets", *only).split()
    lines: list[str] = []
    failed = _run(
        folder, "integration", "--color", "no", "--continue-on-error", *options, *only, lines=lines
    )
    started = {
        match[1] for line in lines if (match := re.match(r"Running (\S+) integration test ", line))
    }
    ways = {
        match[1]
        for line in lines
        if (match := re.search(r" evenkeel\.paas\.\w+ (runs in|runs as) ", line))
    }
    if ways != {"runs in" if in_worker else "runs as"}:
        raise NothingTestedError(f"the targets did not run in the way they should: {ways}")
    missing = sorted(set(wanted) - started)
    if missing or not wanted:
        raise NothingTestedError(
            f"integration targets that did not run: {', '.join(missing) or 'there are none'}"
        )
    listed = [
        match
        for line in lines
        if (match := re.search(r"The (\d+) integration test\(s\) listed below", line))
    ]
    number = int(listed[-1][1]) if listed else int(failed)
    return Counts(passed=len(started) - number, failed=number), failed


def _pythons() -> tuple[str, list[str]]:
    """Return the controller's Python, and all that modules support here, oldest first."""
    supported = {*CONTROLLER_PYTHON_VERSIONS, *REMOTE_ONLY_PYTHON_VERSIONS}
    found = sorted(version for version in find_interpreters() if version >= OLDEST_TARGET)
    targets = [f"{major}.{minor}" for major, minor in found if f"{major}.{minor}" in supported]
    return f"{sys.version_info[0]}.{sys.version_info[1]}", targets


def _ends() -> list[str]:
    """Return the oldest and the newest Python that modules support here."""
    targets = _pythons()[1]
    return list(dict.fromkeys([targets[0], targets[-1]]))


def _out_of_reach(test: str) -> list[str]:
    """List the requirements of a sanity test whose own download address does not respond.

    ansible-core 2.22 pins a package of pylint to an archive that is not on any index.
    """
    pinned = Path(ansible_test.__path__[0]) / "_data" / "requirements" / f"sanity.{test}.txt"
    addresses = [line for line in pinned.read_text().splitlines() if " @ " in line]
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
    ]
    missing = []
    with tempfile.TemporaryDirectory() as folder:
        for requirement in addresses:
            command = [
                *download,
                "--retries",
                "0",
                "--timeout",
                "15",
                "--dest",
                folder,
                requirement,
            ]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                missing.append(requirement.partition("#")[0])
    return missing


def _controller(python: str) -> list[str]:
    """Return the options for a controller in its own environment."""
    return ["--controller", f"origin:python=venv/{python}"]


def _target_pythons(pythons: list[str], kind: str = "") -> list[str]:
    """Return the options with the target Pythons: a missing one is then an error, not a warning."""
    return [word for python in pythons for word in ("--target-python", kind + python)]


def _run(folder: Path, command: str, *options: str, lines: list[str] | None = None) -> bool:
    """Run ansible-test and pass on its output; return True if it failed."""
    listed = _output(folder, "env", "--list-files").splitlines()
    if not any(name.startswith("plugins/modules/") for name in listed):
        raise NothingTestedError(f"ansible-test sees no modules in {folder}")
    shutil.rmtree(folder / "tests/output/junit", ignore_errors=True)
    process = subprocess.Popen(
        ["ansible-test", command, *options],
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    lines = [] if lines is None else lines
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    failed = process.wait() != 0
    warnings = [
        line.strip()
        for line in lines
        # Those of ansible-test, and those of the ansible-playbook that it runs.
        if re.search(r"WARNING\]?: ", line) and not any(text in line for text in HARMLESS)
    ]
    skipped = [line.strip() for line in lines if "All targets skipped" in line]
    if warnings or skipped:
        raise NothingTestedError("something was left out: " + "; ".join(warnings + skipped))
    return failed


def _output(folder: Path, *arguments: str) -> str:
    """Return the output of ansible-test."""
    command = ["ansible-test", *arguments]
    result = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return result.stdout


def _junit(folder: Path) -> Counts:
    """Add up the junit files of the last run of ansible-test."""
    return from_junit((folder / "tests/output/junit").glob("*.xml"))


if __name__ == "__main__":
    sys.exit(main())
