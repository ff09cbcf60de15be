# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirror the checkout to ``ansible_collections/evenkeel/paas``, as ansible-test needs it.

The mirror has copies of the tracked files and of the untracked files that are not ignored. Links do
not work: ansible-test does not find targets behind them, and reports success. Without its own git
repository, the mirror would be ignored by the checkout's, with the same result.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from places import ROOT, mirror_path

# Files that every run must find; a mirror without them tests nothing.
NEEDED = (
    "galaxy.yml",
    "plugins/modules/*.py",
    "plugins/module_utils/*/*.py",
    "tests/unit/**/test_*.py",
    "tests/playbooks/test_*.py",
    "tests/integration/targets/*/tasks/main.yml",
)


class EmptyMirrorError(Exception):
    """The mirror does not contain the files to test."""


def update() -> Path:
    """Update the mirror and return its path; unchanged files are not written, for caches."""
    target = mirror_path()
    target.mkdir(parents=True, exist_ok=True)
    if not (target / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    wanted = [name for name in _files(ROOT) if os.path.lexists(ROOT / name)]
    for name in set(_files(target)) - set(wanted):
        _remove(target, target / name)
    for name in wanted:
        _copy(ROOT / name, target / name)
    missing = [pattern for pattern in NEEDED if not any(target.glob(pattern))]
    if missing:
        raise EmptyMirrorError(f"nothing to test: {target} has no {', no '.join(missing)}")
    return target


def _files(folder: Path) -> list[str]:
    """List the tracked files of a git work tree, and the untracked ones that are not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listing.stdout.split("\0") if name]


def _copy(source: Path, target: Path) -> None:
    """Copy a file unless the copy is up to date already."""
    if os.path.lexists(target):
        old, new = target.lstat(), source.lstat()
        if (old.st_mtime_ns, old.st_size, old.st_mode) == (
            new.st_mtime_ns,
            new.st_size,
            new.st_mode,
        ):
            return
        _unlink(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _unlink(path: Path) -> None:
    """Remove whatever is at the path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove(top: Path, path: Path) -> None:
    """Remove a file that was deleted, and the folders that contained nothing else (but compiled
    Python)."""
    _unlink(path)
    for folder in path.parents:
        if folder == top or any(entry.name != "__pycache__" for entry in folder.iterdir()):
            return
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        print(update())
    except EmptyMirrorError as error:
        sys.exit(f"mirror: {error}")
