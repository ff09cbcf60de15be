# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the documentation site from the collection, with antsibull-docs and Sphinx."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[2]
FOLDER = Path(sys.prefix).parent / "docs"
"""Beside the environment, in .cache/docs of the checkout. The site is kept, so that you can view
it."""


def run(*command: str) -> None:
    """Run one of the environment's tools; fail the test with its output if it fails."""
    done = subprocess.run(
        [str(Path(sys.prefix) / "bin" / command[0]), *command[1:]],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def site() -> Path:
    """Build the site and return its folder. Warnings of the tools are errors."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    sources, site = FOLDER / "rst", FOLDER / "html"
    # antsibull-docs requires a folder that nobody else can write to.
    sources.mkdir(parents=True, mode=0o755)
    run(
        *("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"),
        *("--dest-dir", str(sources), "evenkeel.paas"),
    )
    # This front page has a grouped menu. antsibull-docs writes a plain list of all pages.
    shutil.copy(COLLECTION / "docs" / "site" / "index.rst", sources / "index.rst")
    # antsibull-docs copies the guides, but not their pictures.
    images = COLLECTION / "docs" / "docsite" / "rst" / "images"
    shutil.copytree(images, sources / "docsite" / "images")
    run(
        *("sphinx-build", "--builder", "html", "--fail-on-warning", "--fresh-env", "--quiet"),
        *("--conf-dir", str(COLLECTION / "docs" / "site"), str(sources), str(site)),
    )
    print(f"the site is in {site}")
    return site
