# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site: all pages, each with an example, and no broken internal link.

Links to other sites are only checked by tools with a network: ``sphinx-build -b linkcheck``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

COLLECTION = Path(__file__).resolve().parents[2]
GUIDES = sorted(path.stem for path in (COLLECTION / "docs/docsite/rst").glob("*.rst"))
PLUGINS = {
    "module": sorted(path.stem for path in (COLLECTION / "plugins/modules").glob("*.py")),
    "inventory": sorted(path.stem for path in (COLLECTION / "plugins/inventory").glob("*.py")),
    "callback": sorted(path.stem for path in (COLLECTION / "plugins/callback").glob("*.py")),
}


class Page(HTMLParser):
    """The links of a page, its link targets, and its number of code blocks, in total and below the
    heading ``Examples``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.blocks = 0
        self.examples = 0
        self._in_heading = False
        self._heading = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self._in_heading, self._heading = True, ""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.anchors.add(value)
            elif name == "class" and value and re.search(r"\bhighlight-", value):
                self.blocks += 1
                self.examples += self._heading.startswith("Examples")

    def handle_endtag(self, tag: str) -> None:
        self._in_heading = self._in_heading and tag != "h2"

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self._heading += data


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text()) for path in site.rglob("*.html")}


def own_links(pages: dict[Path, Page]) -> Iterator[tuple[Path, str, Path, str]]:
    """Yield each internal link: its page, its text, the file and the anchor of its target."""
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc:
                target = path.parent / unquote(parts.path) if parts.path else path
                yield path, link, target.resolve(), unquote(parts.fragment)


def test_every_internal_link_has_a_target(pages: dict[Path, Page]) -> None:
    checked, broken = 0, []
    for path, link, target, anchor in own_links(pages):
        checked += 1
        page = pages.get(target)
        if not target.is_file() or (page is not None and anchor not in page.anchors):
            broken.append(f"{path.name}: {link}")
    assert checked > 500
    assert broken == []


def test_links_to_other_sites_use_https(pages: dict[Path, Page]) -> None:
    links = {link for page in pages.values() for link in page.links if urlsplit(link).netloc}
    assert links
    assert [link for link in sorted(links) if not link.startswith("https://")] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_is_in_the_menu_and_has_an_example(
    site: Path, pages: dict[Path, Page], guide: str
) -> None:
    path = site / "docsite" / f"{guide}.html"
    assert pages[path].blocks
    assert f"docsite/{guide}.html" in pages[site / "index.html"].links


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in PLUGINS.items() for name in names]
)
def test_a_plugin_has_a_page_with_an_example(
    site: Path, pages: dict[Path, Page], kind: str, name: str
) -> None:
    path = site / f"{name}_{kind}.html"
    assert pages[path].examples
    assert path.name in pages[site / "index.html"].links


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in PLUGINS.items() for name in names]
)
def test_the_examples_follow_the_synopsis(site: Path, kind: str, name: str) -> None:
    text = (site / f"{name}_{kind}.html").read_text()
    headings = re.findall(r"<h2>([\w ]+)<", text)
    assert headings.index("Examples") == headings.index("Synopsis") + 1
    assert headings.index("Parameters") > headings.index("Examples")


def test_the_menu_has_a_group_for_each_service(site: Path) -> None:
    menu = (site / "index.html").read_text().partition('class="sidebar-tree"')[2]
    groups = re.findall(
        r'class="caption-text">([^<]+)<|href="(\w+)_(?:module|inventory)\.html"', menu
    )
    services: dict[str, set[str]] = {}
    group = ""
    for caption, name in groups:
        group = caption or group
        if name:
            services.setdefault(group, set()).add(name.partition("_")[0])
    assert services == {"Sevalla": {"sevalla"}, "Laravel Cloud": {"laravel"}}


def test_the_front_page_has_an_example_a_picture_and_the_cards(
    site: Path, pages: dict[Path, Page]
) -> None:
    text = (site / "index.html").read_text()
    assert text.index("evenkeel.paas.sevalla_process") < text.index("terminal.svg")
    cards = re.findall(r'class="sd-stretched-link[^"]*" href="docsite/(guide_\w+)\.html', text)
    assert len(cards) >= 6
    assert "guide_getting_started" in cards
    assert any(link.endswith("icon.svg") for link in pages[site / "index.html"].links)
