# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An execution environment with the collection gets what the modules import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

MODULES_IMPORT = {"jsonschema", "requests"}


def packages(requirements: str) -> set[str]:
    """Return the names in a requirements file."""
    names = set()
    for line in requirements.splitlines():
        text = line.partition("#")[0].strip()
        if text:
            names.add(text.split(">")[0].split("=")[0].strip().lower())
    return names


def test_introspection_finds_the_requirements_of_the_modules(
    shell: Any, installed: Path, tmp_path: Path
) -> None:
    """ansible-builder follows meta/execution-environment.yml to a file that is in the tarball."""
    collections = installed.parents[2]
    found = tmp_path / "found.txt"
    shell.run(
        *("ansible-builder", "introspect", str(collections), f"--write-pip={found}"),
        folder=tmp_path,
    )
    text = found.read_text()
    assert "from collection evenkeel.paas" in text
    assert packages(text) == MODULES_IMPORT


def test_requirements_from_introspection_can_be_installed(
    shell: Any, installed: Path, tmp_path: Path
) -> None:
    """pip resolves it, as it does when the image is built. Nothing is installed."""
    found = tmp_path / "found.txt"
    collections = installed.parents[2]
    shell.run(
        *("ansible-builder", "introspect", str(collections), f"--write-pip={found}"),
        folder=tmp_path,
    )
    # With the machine's own settings of pip, which define the package index.
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "-r", str(found)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_builder_describes_an_image_and_its_collections_install(
    shell: Any, tarball: Path, tmp_path: Path
) -> None:
    """ansible-builder creates everything for an image, and the command that installs the
    collections works. Building the image needs a container engine and is not tested."""
    (tmp_path / tarball.name).write_bytes(tarball.read_bytes())
    in_image = f"tarballs/{tarball.name}"
    definition = {
        "version": 3,
        "images": {"base_image": {"name": "quay.io/centos/centos:stream9"}},
        "dependencies": {
            "python_interpreter": {
                "package_system": "python3.12",
                "python_path": "/usr/bin/python3.12",
            },
            "ansible_core": {"package_pip": "ansible-core>=2.16"},
            "ansible_runner": {"package_pip": "ansible-runner"},
            "galaxy": {"collections": [{"name": in_image, "type": "file"}]},
        },
        "additional_build_files": [{"src": tarball.name, "dest": "tarballs"}],
    }
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(definition))
    shell.run("ansible-builder", "create", "--output-filename", "Containerfile", folder=tmp_path)
    context = tmp_path / "context"
    built = (context / "Containerfile").read_text()
    assert "ansible-galaxy collection install" in built
    assert "introspect" in built
    install = ("ansible-galaxy", "collection", "install", "--offline", "-r", "requirements.yml")
    target = tmp_path / "usr"
    shell.run(
        *(*install, "-p", str(target)),
        folder=context / "_build",
        ANSIBLE_COLLECTIONS_PATH=str(target),
    )
    assert (target / "ansible_collections" / "evenkeel" / "paas" / "MANIFEST.json").is_file()
