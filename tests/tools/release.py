# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a release: its version in galaxy.yml, its changelog, and checks with both.

Refuses, with all reasons together, before anything is changed; and restores everything when a check
fails afterwards. Irreversible steps are left to people: the commit, the tag and the publication.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml
from semantic_version import Version

from places import ROOT
from surroundings import clean_environment

GALAXY = "galaxy.yml"
CHANGELOG = "changelogs/changelog.yaml"
FRAGMENTS = "changelogs/fragments"
VERSION_LINE = re.compile(r"^version: .*$", re.MULTILINE)
VERSION_ADDED = re.compile(r"""version_added: ["']?([\w.+-]+)""")


class RefusedError(Exception):
    """The release is refused; the text has a line for each reason."""


def main() -> int:
    """Prepare the release of the given version."""
    text = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        release(ROOT, text, _run_checks)
    except RefusedError as error:
        print(f"release: not made:\n{error}", file=sys.stderr)
        return 1
    print(
        f"\nrelease: {text} is ready. Look at it with git diff, and then:\n"
        f"  git add --all && git commit --message 'Release {text}'\n"
        f"  make matrix && git tag {text} && git push --atomic origin HEAD {text}\n"
        f"  ansible-galaxy collection publish evenkeel-paas-{text}.tar.gz"
    )
    return 0


def release(root: Path, text: str, checks_pass: Callable[[], bool]) -> None:
    """Write version and changelog in a clean checkout and run the checks.

    Raise RefusedError; the checkout is restored then.
    """
    reasons = refusals(root, text)
    if reasons:
        raise RefusedError("\n".join(f"- {reason}" for reason in reasons))
    try:
        _write(root, text)
        if not checks_pass():
            raise RefusedError("- a check fails, see above; everything is as it was")
    except BaseException:
        _git(root, "restore", "--staged", "--worktree", ".")
        _git(root, "clean", "--quiet", "--force", "-d", "changelogs", "CHANGELOG.rst")
        raise


def refusals(root: Path, text: str) -> list[str]:
    """List the reasons why a version cannot be released from this checkout."""
    dirty = _git(root, "status", "--porcelain").splitlines()
    reasons = []
    if dirty:
        reasons.append(f"the checkout has changes that are not committed: {', '.join(dirty)}")
    if not list((root / FRAGMENTS).glob("*.y*ml")):
        reasons.append(f"nothing has changed: there is no fragment in {FRAGMENTS}")
    try:
        version = Version(text)
    except ValueError:
        return [*reasons, f"VERSION must be a semantic version, like 1.2.3, not {text!r}"]
    released = _released(root)
    last = max(released, default=None)
    if last and version <= last:
        reasons.append(f"{text} does not come after {last}, which is released")
    stated = Version(str(yaml.safe_load((root / GALAXY).read_text())["version"]))
    if version < stated:
        reasons.append(f"{text} comes before {stated}, which {GALAXY} has")
    if _git(root, "tag", "--list", text, f"v{text}"):
        reasons.append(f"there is a tag {text} already")
    for name, added in sorted(_versions_added(root)):
        # The changelog lists a module as new in the release of its version_added.
        if added not in {text, *map(str, released)}:
            reasons.append(
                f"{name} says version_added {added}: it is no release, nor the one to be made"
            )
    return reasons


def _write(root: Path, text: str) -> None:
    """Write the version and the changelog."""
    galaxy = root / GALAXY
    content, number = VERSION_LINE.subn(f"version: {text}", galaxy.read_text())
    if number != 1:
        raise RefusedError(f"- {GALAXY} has {number} lines with a version")
    galaxy.write_text(content)
    # Its cache of the modules may be out of date.
    done = subprocess.run(
        ["antsibull-changelog", "release", "--reload-plugins", "--version", text],
        cwd=root,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or text not in map(str, _released(root)):
        raise RefusedError(f"- antsibull-changelog made no release:\n{done.stdout}")


def _released(root: Path) -> list[Version]:
    """List the released versions in the changelog."""
    path = root / CHANGELOG
    if not path.exists():
        return []
    return [Version(str(each)) for each in yaml.safe_load(path.read_text())["releases"]]


def _versions_added(root: Path) -> set[tuple[str, str]]:
    """List the plugin files and each version_added in them."""
    return {
        (str(path.relative_to(root)), added)
        for path in (root / "plugins").rglob("*.py")
        for added in VERSION_ADDED.findall(path.read_text())
    }


def _git(root: Path, *arguments: str) -> str:
    """Run git and return its output."""
    return subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    ).stdout


def _run_checks() -> bool:
    """Run the checks and tests of ``make test``; the matrix runs on the commit, before its tag."""
    tool = str(Path(__file__).with_name("run_checks.py"))
    return subprocess.run([sys.executable, tool], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
