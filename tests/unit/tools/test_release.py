# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release is prepared completely or not at all. With a small collection and real git."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(COLLECTION / "tests" / "tools"))

import release as tool  # noqa: E402
from release import RefusedError, refusals, release  # noqa: E402

GALAXY = """\
# A comment that stays.
namespace: evenkeel
name: paas
version: 1.1.0  # and one that need not
readme: README.md
authors: [somebody]
"""
CHANGELOG = """\
ancestor: null
releases:
  1.0.0:
    changes:
      release_summary: The first.
    release_date: '2026-01-01'
  1.1.0:
    changes:
      release_summary: The second.
    release_date: '2026-02-01'
"""
FRAGMENT = "---\nbugfixes:\n  - It is mended.\n"
MODULE = '''\
#!/usr/bin/python
DOCUMENTATION = r"""
module: bread
short_description: Bake bread
version_added: "1.0.0"
description: Bakes bread.
author: Somebody (@somebody)
options:
  seeds:
    description: Which seeds.
    type: str
    version_added: "1.1.0"
"""
'''


def git(root: Path, *arguments: str) -> str:
    """Run git."""
    settings = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.test")
    return subprocess.run(
        ["git", *settings, *arguments], cwd=root, capture_output=True, text=True, check=True
    ).stdout


pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Create a checkout with the releases 1.0.0 and 1.1.0, and a change since then."""
    checkout = tmp_path / "ansible_collections" / "evenkeel" / "paas"
    (checkout / "changelogs" / "fragments").mkdir(parents=True)
    (checkout / "plugins" / "modules").mkdir(parents=True)
    (checkout / "galaxy.yml").write_text(GALAXY)
    (checkout / "README.md").write_text("# Bread\n")
    shutil.copy(COLLECTION / "changelogs" / "config.yaml", checkout / "changelogs")
    (checkout / "changelogs" / "changelog.yaml").write_text(CHANGELOG)
    (checkout / "changelogs" / "fragments" / "mended.yml").write_text(FRAGMENT)
    (checkout / "plugins" / "modules" / "bread.py").write_text(MODULE)
    (checkout / ".gitignore").write_text("/changelogs/.plugin-cache.yaml\n")
    git(checkout, "init", "--quiet")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "All of it")
    git(checkout, "tag", "v1.1.0")
    return checkout


def contents(root: Path) -> dict[str, str]:
    """Return everything in the checkout that git would see."""
    listed = git(root, "ls-files", "--cached", "--others", "--exclude-standard").split()
    return {name: (root / name).read_text() for name in listed if (root / name).exists()}


@pytest.mark.parametrize("text", ["1.1.1", "1.2.0", "2.0.0", "1.2.0-rc.1"])
def test_the_next_version_is_accepted(root: Path, text: str) -> None:
    assert refusals(root, text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must be a semantic version, like 1.2.3, not ''"),
        ("1.2", "must be a semantic version"),
        ("v1.2.0", "must be a semantic version"),
        ("1.2.0; rm -rf /", "must be a semantic version"),
        ("1.1.0", "does not come after 1.1.0"),
        ("1.0.9", "does not come after 1.1.0"),
        ("1.1.0-rc.1", "does not come after 1.1.0"),
        ("0.9.0", "does not come after 1.1.0"),
    ],
)
def test_a_version_that_is_not_the_next_is_refused(root: Path, text: str, reason: str) -> None:
    assert any(reason in line for line in refusals(root, text))


def test_the_first_release_may_have_the_current_version(root: Path) -> None:
    (root / "changelogs" / "changelog.yaml").unlink()
    (root / "plugins" / "modules" / "bread.py").write_text(MODULE.replace("1.0.0", "1.1.0"))
    git(root, "tag", "--delete", "v1.1.0")
    git(root, "commit", "--quiet", "--all", "--message", "As before the first release")
    assert refusals(root, "1.1.0") == []
    (reason,) = refusals(root, "1.0.0")[:1]
    assert "1.0.0 comes before 1.1.0, which galaxy.yml has" in reason


def test_a_dirty_checkout_is_refused(root: Path) -> None:
    """A staged change, an unstaged one, and an untracked file."""
    for spoil in (
        lambda: (root / "README.md").write_text("# Other bread\n"),
        lambda: git(root, "add", "README.md"),
        lambda: (root / "notes.txt").write_text("buy flour\n"),
    ):
        spoil()
        (reason,) = refusals(root, "1.2.0")
        assert "not committed" in reason
    assert "README.md" in reason
    assert "notes.txt" in reason


def test_an_existing_tag_is_refused(root: Path) -> None:
    git(root, "tag", "1.2.0")
    assert refusals(root, "1.2.0") == ["there is a tag 1.2.0 already"]
    git(root, "tag", "v1.3.0")
    assert refusals(root, "1.3.0") == ["there is a tag 1.3.0 already"]


def test_a_release_without_changes_is_refused(root: Path) -> None:
    git(root, "rm", "--quiet", "changelogs/fragments/mended.yml")
    git(root, "commit", "--quiet", "--message", "Nothing new")
    assert refusals(root, "1.2.0") == [
        "nothing has changed: there is no fragment in changelogs/fragments"
    ]


def test_an_unknown_version_in_version_added_is_refused(root: Path) -> None:
    module = root / "plugins" / "modules" / "bread.py"
    module.write_text(MODULE.replace("1.1.0", "1.1.5"))
    git(root, "commit", "--quiet", "--all", "--message", "A new option")
    (reason,) = refusals(root, "1.2.0")
    assert reason.startswith("plugins/modules/bread.py says version_added 1.1.5")
    assert refusals(root, "1.1.5") == []


def test_all_reasons_are_reported_together(root: Path) -> None:
    (root / "notes.txt").touch()
    git(root, "tag", "1.0.5")
    with pytest.raises(RefusedError) as refused:
        release(root, "1.0.5", pytest.fail)
    assert len(str(refused.value).splitlines()) == 4
    assert (root / "notes.txt").exists()


def test_checks_run_with_the_new_version_and_changelog(root: Path) -> None:
    seen: list[dict[str, str]] = []

    def checks_pass() -> bool:
        seen.append(contents(root))
        return True

    release(root, "1.2.0", checks_pass)
    (checked,) = seen
    assert contents(root) == checked
    assert yaml.safe_load(checked["galaxy.yml"])["version"] == "1.2.0"
    assert checked["galaxy.yml"].startswith("# A comment that stays.\n")
    assert "v1.2.0" in checked["CHANGELOG.rst"]
    assert "It is mended." in checked["CHANGELOG.rst"]
    assert "1.2.0" in yaml.safe_load(checked["changelogs/changelog.yaml"])["releases"]
    assert "changelogs/fragments/mended.yml" not in checked
    # The commit is left to people.
    assert git(root, "log", "--format=%s").splitlines() == ["All of it"]


def test_a_new_module_is_listed_despite_an_old_cache(root: Path) -> None:
    """antsibull-changelog caches the modules, by version, in a file that git ignores."""
    module = root / "plugins" / "modules" / "cake.py"
    module.write_text(MODULE.replace("bread", "cake").replace('"1.0.0"', '"9.9.9"'))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Cake")
    remembering = ["antsibull-changelog", "release", "--version", "1.2.0"]
    subprocess.run(
        remembering, cwd=root, env=tool.clean_environment(), capture_output=True, check=True
    )
    git(root, "restore", ".")
    git(root, "clean", "--quiet", "--force")
    module.write_text(module.read_text().replace("9.9.9", "1.2.0"))
    git(root, "commit", "--quiet", "--all", "--message", "Cake, really")
    release(root, "1.2.0", lambda: True)
    text = (root / "CHANGELOG.rst").read_text()
    assert "New Modules" in text
    assert "evenkeel.paas.cake" in text


def test_a_failed_check_leaves_everything_unchanged(root: Path) -> None:
    before = contents(root)
    with pytest.raises(RefusedError, match="a check fails"):
        release(root, "1.2.0", lambda: False)
    assert contents(root) == before
    assert git(root, "status", "--porcelain") == ""


def test_an_interruption_leaves_everything_unchanged(root: Path, monkeypatch: Any) -> None:
    before = contents(root)

    def interrupted(folder: Path, text: str) -> None:
        (folder / "galaxy.yml").write_text(f"version: {text}\n")
        (folder / "CHANGELOG.rst").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(tool, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        release(root, "1.2.0", pytest.fail)
    assert contents(root) == before


def test_a_failed_changelog_leaves_everything_unchanged(root: Path) -> None:
    (root / "changelogs" / "fragments" / "bad.yml").write_text("bugfixes: no list\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A fragment that is none")
    before = contents(root)
    with pytest.raises(RefusedError, match="antsibull-changelog made no release"):
        release(root, "1.2.0", pytest.fail)
    assert contents(root) == before


@pytest.mark.parametrize("arguments", [[], [""], ["one"]])
def test_the_script_reports_the_reasons_and_fails(
    root: Path, monkeypatch: Any, capsys: Any, arguments: list[str]
) -> None:
    monkeypatch.setattr(tool, "ROOT", root)
    monkeypatch.setattr(sys, "argv", ["release.py", *arguments])
    assert tool.main() == 1
    assert "VERSION must be a semantic version" in capsys.readouterr().err
