# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README as the hub shows it: without the files beside it. Also all links to the repository and
to the documentation site, including those of the guides and the plugins."""

from __future__ import annotations

import re
from pathlib import Path

COLLECTION = Path(__file__).resolve().parents[3]
README = (COLLECTION / "README.md").read_text()
GUIDES = COLLECTION / "docs" / "docsite" / "rst"
OURS = re.compile(
    r"https://(?:github\.com/evenkeel/evenkeel\.paas/(?:blob|tree)"
    r"|raw\.githubusercontent\.com/evenkeel/evenkeel\.paas)/main/(.+)"
)
SITE = re.compile(r"https://evenkeel\.github\.io/evenkeel\.paas/(?:docsite/(guide_\w+)\.html)?")
SECTIONS = [
    "Description",
    "Requirements",
    "Installation",
    "Use cases",
    "Testing",
    "Support",
    "Release notes",
    "License",
]


def links() -> list[str]:
    """Return the links and pictures of the README."""
    inline = re.findall(r"\]\(([^)]+)\)", README)
    return inline + re.findall(r"^\[[^\]]+\]: (\S+)$", README, re.MULTILINE)


def test_the_sections_required_by_the_hub_are_in_its_order() -> None:
    titles = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert [title for title in titles if title in SECTIONS] == SECTIONS


def test_the_tables_list_exactly_the_modules_and_plugins() -> None:
    rows = re.findall(r"^\| `evenkeel\.paas\.(\w+)`(?: \((\w+)\))? \|", README, re.MULTILINE)
    there = {(path.stem, "") for path in (COLLECTION / "plugins" / "modules").glob("*.py")}
    for kind in ("inventory", "callback"):
        there |= {(path.stem, kind) for path in (COLLECTION / "plugins" / kind).glob("*.py")}
    assert sorted(rows) == sorted(there)


def test_links_work_outside_the_repository() -> None:
    assert len(links()) > 20
    assert [link for link in links() if not link.startswith("https://")] == []


def test_every_reference_is_defined_and_every_definition_is_used() -> None:
    body = re.sub(r"^\[[^\]]+\]: [^\n]+|```.*?```", "", README, flags=re.MULTILINE | re.DOTALL)
    full = set(re.findall(r"\]\[([^\]]+)\]", body))
    alone = set(re.findall(r"(?<!\])\[([^\]]+)\](?![\[(])", body))
    defined = re.findall(r"^\[([^\]]+)\]: ", README, re.MULTILINE)
    assert sorted(full | alone) == sorted(defined)


def test_links_to_the_repository_have_a_target() -> None:
    files = [found[1] for link in links() for found in [OURS.fullmatch(link)] if found]
    assert len(files) > 4
    assert [file for file in files if not (COLLECTION / file).exists()] == []


def links_of_guides_and_plugins() -> list[str]:
    """Return the links in the guides and plugins, as written."""
    return [
        link.rstrip(".,;:")
        for folder, ending in (("docs", "rst"), ("docs", "py"), ("plugins", "py"))
        for path in (COLLECTION / folder).rglob(f"*.{ending}")
        for link in re.findall(r"https://[^\s<>()\"'`#]+", path.read_text())
    ]


def test_links_of_guides_and_plugins_to_the_repository_have_a_target() -> None:
    matches = [OURS.fullmatch(link) for link in links_of_guides_and_plugins()]
    files = {found[1] for found in matches if found}
    assert len(files) > 3
    assert [file for file in sorted(files) if not (COLLECTION / file).exists()] == []


def test_links_to_the_site_are_to_a_guide_or_the_front_page() -> None:
    own = [link.partition("#")[0] for link in [*links(), *links_of_guides_and_plugins()]]
    own = [link for link in own if link.startswith("https://evenkeel.github.io/")]
    matches = [SITE.fullmatch(link) for link in own]
    assert [link for link, found in zip(own, matches) if not found] == []
    guides = {found[1] for found in matches if found and found[1]}
    assert len(guides) > 10
    assert [guide for guide in sorted(guides) if not (GUIDES / f"{guide}.rst").exists()] == []


def test_no_link_is_to_the_source_of_a_guide() -> None:
    assert [link for link in [*links(), *links_of_guides_and_plugins()] if ".rst" in link] == [
        "https://github.com/evenkeel/evenkeel.paas/blob/main/CHANGELOG.rst"
    ]


def test_every_guide_is_linked() -> None:
    linked = {found[1] for link in links() for found in [SITE.fullmatch(link)] if found}
    guides = {path.stem for path in GUIDES.glob("*.rst")}
    assert sorted(guides - linked) == []


def test_a_program_that_users_start_is_in_the_collection() -> None:
    pages = [README, *(path.read_text() for path in sorted(GUIDES.glob("*.rst")))]
    command = r"\$ python -m ansible_collections\.evenkeel\.paas\.(\S+)"
    programs = {name for page in pages for name in re.findall(command, page)}
    assert "tests.emulator" in programs
    for name in programs:
        assert (COLLECTION / name.replace(".", "/") / "__main__.py").is_file()
