# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of this project: their names, and the commands that they run in the mirror."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

COLLECTION = "ansible_collections.evenkeel.paas"
RUN_ANSIBLE_TEST = str(Path(__file__).resolve().parent / "run_ansible_test.py")


@dataclass(frozen=True)
class Check:
    """One check. A check that counts tests fails if it ran none."""

    name: str
    command: tuple[str, ...]
    counts_tests: bool = False


LINT = (
    Check("ruff", ("ruff", "check", ".")),
    Check("ruff-format", ("ruff", "format", "--check", "--diff", ".")),
    Check("codespell", ("codespell",)),
    # ansible-test looks only at files that end in .sh.
    Check("shellcheck", ("shellcheck", ".ci/run")),
    Check("yamllint", ("yamllint", "--strict", ".")),
    Check(
        "workflows",
        (
            *("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
            *(".github/workflows/ci.yml", ".github/workflows/drift.yml"),
            ".github/workflows/pages.yml",
            "docs/examples/ci/github-actions.yml",
        ),
    ),
    Check(
        "gitlab-ci",
        (
            *("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci"),
            "docs/examples/ci/gitlab-ci.yml",
        ),
    ),
    Check(
        "zizmor",
        (
            *("zizmor", "--offline", "--no-progress", "--pedantic"),
            *(".github", "docs/examples/ci/github-actions.yml"),
        ),
    ),
    Check(
        "mypy",
        (
            *("mypy", "-p", f"{COLLECTION}.plugins.module_utils"),
            *("-p", f"{COLLECTION}.plugins.plugin_utils", "-p", f"{COLLECTION}.plugins.action"),
        ),
    ),
    Check("mypy-tools", ("mypy", "tests/tools", "tests/bench", "docs/examples/ci")),
    Check("ansible-lint", ("ansible-lint", "--offline", "--strict")),
    Check(
        "antsibull-docs",
        (
            *("antsibull-docs", "lint-collection-docs", "--plugin-docs"),
            *("--validate-collection-refs", "self", "--check-extra-docs-refs", "."),
        ),
    ),
    Check("antsibull-changelog", ("antsibull-changelog", "lint")),
)
# The unit tests and the playbook tests, with this project's own Python.
PYTEST = Check(
    "pytest",
    (
        *("nice", sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal"),
        # For the list of the slowest tests at the end of make test.
        *("--durations", "10", "--durations-min", "1"),
    ),
    counts_tests=True,
)
# The same without the tests of the emulator, which only runs with the newest libraries.
PYTEST_OLDEST = Check(
    "pytest-oldest",
    (
        *(sys.executable, "-m", "pytest", "-n", "2"),
        *("tests/unit/plugins", "tests/playbooks"),
    ),
    counts_tests=True,
)
# The parts that depend on ansible-core: plays, the plugins that Ansible runs, and modules in its
# worker.
PLAYS_DAILY = Check(
    "plays-daily",
    (
        *(sys.executable, "-m", "pytest", "-n", "2"),
        *("tests/playbooks", "tests/unit/plugins/plugin_utils", "tests/unit/plugins/inventory"),
    ),
    counts_tests=True,
)
PLAYS = Check("plays", (*PLAYS_DAILY.command, "-m", "slow or not slow"), counts_tests=True)
# The tests that those omit: they are marked as slow.
SLOW = Check(
    "slow",
    (sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "slow"),
    counts_tests=True,
)
# The properties with forty times as many examples, which differ each time.
PROPERTIES = Check(
    "properties",
    (
        *("env", "EVENKEEL_EXAMPLES=40", sys.executable),
        *("-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "hypothesis"),
    ),
    counts_tests=True,
)
# Runs in the environment of that name.
PACKAGING = Check(
    "packaging", (sys.executable, "-m", "pytest", "tests/packaging"), counts_tests=True
)
# Runs in the environment of that name. Builds the documentation site, which stays in .cache.
DOCS = Check("docs", (sys.executable, "-m", "pytest", "tests/site"), counts_tests=True)
SANITY = Check("sanity", (sys.executable, RUN_ANSIBLE_TEST, "sanity"), counts_tests=True)
SANITY_ENDS = Check(
    "sanity-ends", (sys.executable, RUN_ANSIBLE_TEST, "sanity-ends"), counts_tests=True
)
UNITS = Check("units", (sys.executable, RUN_ANSIBLE_TEST, "units"), counts_tests=True)
# The Python that pytest has not covered and that differs most.
UNITS_OLDEST = Check(
    "units-oldest", (sys.executable, RUN_ANSIBLE_TEST, "units-oldest"), counts_tests=True
)
# For other versions of ansible-core than the default.
UNITS_ENDS = Check(
    "units-ends", (sys.executable, RUN_ANSIBLE_TEST, "units-ends"), counts_tests=True
)
# On the oldest Python, with the oldest and the newest libraries that it supports.
UNITS_LIBRARIES = Check(
    "units-libraries", (sys.executable, RUN_ANSIBLE_TEST, "units-libraries"), counts_tests=True
)
INTEGRATION = Check(
    "integration", (sys.executable, RUN_ANSIBLE_TEST, "integration"), counts_tests=True
)
INTEGRATION_OLDEST = Check(
    "integration-oldest",
    (sys.executable, RUN_ANSIBLE_TEST, "integration-oldest"),
    counts_tests=True,
)

# Two lanes, for two cores. ansible-test's commands share a folder of environments, so they run one
# at a time.
LANES = (
    (*LINT, PYTEST, PYTEST_OLDEST, PLAYS, PLAYS_DAILY, SLOW, PROPERTIES, PACKAGING, DOCS),
    (
        *(SANITY, SANITY_ENDS, UNITS_OLDEST, UNITS_ENDS, UNITS_LIBRARIES, UNITS),
        *(INTEGRATION, INTEGRATION_OLDEST),
    ),
)
CHECKS = {check.name: check for lane in LANES for check in lane}
# Checks that run only by name: they take minutes, or need their own environment.
NOT_USUAL = (
    *(SANITY, UNITS, UNITS_ENDS, UNITS_LIBRARIES, INTEGRATION, PYTEST_OLDEST),
    *(PLAYS, PLAYS_DAILY, SLOW, PROPERTIES, PACKAGING, DOCS),
)
DEFAULT = [name for name, check in CHECKS.items() if check not in NOT_USUAL]
