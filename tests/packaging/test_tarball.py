# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tarball contains what users need, and passes galaxy-importer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[2]

# Added by ansible-galaxy.
MADE = {"FILES.json", "MANIFEST.json"}
# Files that must always exist: those that the hub shows, and those that Ansible reads.
NEEDED = {
    "CHANGELOG.rst",
    "COPYING",
    "README.md",
    "meta/execution-environment.yml",
    "meta/runtime.yml",
    "playbooks/awx.yml",
    "requirements.txt",
}
# Files of a checkout that are only for developers. All other files that git tracks are for users.
DEVELOPERS = re.compile(
    r"""
    \.ci/ | \.github/ | \.gitignore$ | galaxy\.yml$
    """,
    re.VERBOSE,
)


def tracked() -> set[str]:
    """Return the files of the checkout that git would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=COLLECTION,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.split("\0") if name and (COLLECTION / name).exists()}


def held(tarball: Path) -> set[str]:
    """Return the files in the tarball."""
    with tarfile.open(tarball) as tar:
        members = tar.getmembers()
    assert all(member.isfile() or member.isdir() for member in members)
    return {member.name for member in members if member.isfile()}


def test_the_tarball_contains_only_files_for_users(tarball: Path) -> None:
    for_users = {name for name in tracked() if not DEVELOPERS.match(name)}
    assert for_users >= NEEDED
    assert held(tarball) == for_users | MADE


def test_the_tarball_contains_no_files_that_tools_left_behind(tarball: Path) -> None:
    """Whatever git says about them: compiled files, caches, settings, archives, keys."""
    suspicious = re.compile(
        r"(^|/)(__pycache__|\.[a-z_]+cache|\.cache|\.venv|venv|output)/"
        r"|\.(pyc|log|retry|swp|orig|rej|gz|whl|pem|key)$|~$|(^|/)\.env|^[^/]+\.cfg$"
        r"|integration_config|sanity/ignore"
    )
    assert [name for name in sorted(held(tarball)) if suspicious.search(name)] == []


def test_the_manifest_lists_this_version_and_every_file(tarball: Path) -> None:
    with tarfile.open(tarball) as tar:
        manifest, files = (
            json.load(tar.extractfile(name))  # type: ignore[arg-type]
            for name in ("MANIFEST.json", "FILES.json")
        )
    galaxy = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())
    info = manifest["collection_info"]
    assert tarball.name == f"evenkeel-paas-{galaxy['version']}.tar.gz"
    assert info["version"] == galaxy["version"]
    assert info["license"] == ["GPL-3.0-or-later"]
    assert info["dependencies"] == {}
    listed = {entry["name"] for entry in files["files"] if entry["ftype"] == "file"}
    assert listed == held(tarball) - MADE


def test_the_importer_of_the_hub_reports_nothing(shell: Any, tarball: Path, tmp_path: Path) -> None:
    """galaxy-importer runs with ansible-doc, ansible-lint and the checks that are off by default.

    It succeeds whatever it finds; the result is in its output.
    """
    output = shell.run(
        "python",
        "-m",
        "galaxy_importer.main",
        str(tarball),
        folder=tmp_path,
        GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true",
        # The working folder of ansible-lint.
        XDG_CACHE_HOME=str(tmp_path / "cache"),
    )
    bad = [line for line in output.splitlines() if re.match(r"(WARNING|ERROR|CRITICAL)", line)]
    assert bad == [], output
    for sign in ("Linting collection via ansible-lint", "...ansible-lint run complete"):
        assert sign in output, output
    assert "Importer processing completed successfully" in output, output


@pytest.mark.parametrize("playbook", ["site.yml", "change.yml"])
def test_an_example_is_in_the_installed_collection(installed: Path, playbook: str) -> None:
    assert (installed / "docs" / "examples" / playbook).is_file()


def test_ansible_doc_shows_every_module(shell: Any, installed: Path, tmp_path: Path) -> None:
    """ansible-doc finds each module in the tarball, without warnings."""
    modules = sorted(path.stem for path in (installed / "plugins" / "modules").glob("*.py"))
    assert modules
    for module in modules:
        output = shell.run("ansible-doc", f"evenkeel.paas.{module}", folder=tmp_path)
        assert all(each in output for each in ("check_mode", "diff_mode", "idempotent")), module
        assert "EXAMPLES" in output
        assert "WARNING" not in output


def test_the_first_example_works_in_a_new_environment(
    shell: Any, tarball: Path, emulator: Any, tmp_path: Path
) -> None:
    """An environment with only what the README names, and an unchanged copy of the first example:
    the second run changes nothing."""
    bin_folder = tmp_path / "venv" / "bin"
    shell.run(sys.executable, "-m", "venv", str(bin_folder.parent), folder=tmp_path)
    variables = {
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "collections"),
        "SEVALLA_API_URL": emulator.sevalla_url,
        "SEVALLA_API_KEY": emulator.token,
        "LARAVEL_CLOUD_BASE_URL": emulator.laravel_cloud_url,
        "LARAVEL_CLOUD_API_TOKEN": emulator.token,
    }

    def run(*command: str) -> str:
        return str(shell.run(*command, folder=tmp_path, **variables))

    run("python", "-m", "pip", "install", "--quiet", "ansible-core", "requests", "jsonschema")
    run("ansible-galaxy", "collection", "install", "--offline", str(tarball))
    installed = tmp_path / "collections" / "ansible_collections" / "evenkeel" / "paas"
    for path in (installed / "plugins" / "modules").glob("*.py"):
        output = run("ansible-doc", f"evenkeel.paas.{path.stem}")
        assert "EXAMPLES" in output
        assert "WARNING" not in output
    shutil.copy(installed / "docs" / "examples" / "site.yml", tmp_path)
    first, second = (run("ansible-playbook", "site.yml") for _time in range(2))
    assert "WARNING" not in first
    assert not re.search(r"changed=0\b", first)
    assert re.search(r"changed=0\b", second)
    assert not re.search(r"changed=[1-9]", second)
