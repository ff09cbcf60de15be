# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site in a real browser: on a phone, a tablet and a desktop."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE, TABLET, DESKTOP = 390, 820, 1280

MESSAGES = [
    (
        "There is no application 'webshop' on Sevalla, or the token has no access to it.",
        "There is no application 'shoop' on Sevalla",
    ),
    (
        "GET /applications: Sevalla responded with HTTP 401: Unauthorized. The token was refused:"
        " check api_token or the environment variable SEVALLA_API_KEY; it may have expired.",
        "The token was refused",
    ),
    ("No API token for Laravel Cloud. Set api_token or", "No API token for Sevalla."),
    (
        "Invalid options: port: must be from 1 to 65535, not 80000.",
        "Invalid options: port: must be from 1 to 65535",
    ),
    (
        "type: cannot change from cron (process with display_name 'mail'); set another name",
        "cannot change from worker (process with display_name",
    ),
    (
        "3 of 9 writes failed, 4 are done and 2 were not attempted; run the task again",
        "1 of 6 writes failed",
    ),
    (
        "Failed to import the required Python library (jsonschema) on ci's Python /usr/bin/python3",
        "Failed to import the required Python library",
    ),
    (
        "Sevalla accepted PATCH /applications/9a1d/processes/5f0c but did not store: schedule.",
        "Sevalla accepted PATCH",
    ),
    (
        "Deployment depl-77 of env-12 ended as deployment.failed in step Build image",
        "Deployment depl-a168db2a of env-a15fd671 ended as",
    ),
    (
        "Expected one process with display_name 'mail', found 2: 1f0c, 2f0c. Set id to select",
        "Expected one process with display_name",
    ),
    (
        "It is unknown whether POST /applications/9a1d/processes was stored. Run the task again",
        "It is unknown whether PATCH /background-processes",
    ),
    (
        "The limit is 60 requests; it resets in 12 seconds. This task has waited 290 of its"
        " 300 seconds (api_max_wait)",
        "The limit is 10 requests",
    ),
]
"""Messages that users paste into the search, with their own values, and the start of the heading
that must be first. The quotation marks of a heading are omitted."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Yield the address of a server that has the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """Yield a browser. Without one the tests fail, because nothing else checks the same."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(
            f"None of {', '.join(BROWSERS)} is installed. On Debian: apt-get install chromium"
        )
    with sync_playwright() as playwright:
        # Root cannot use Chromium's sandbox, as in a container.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        browser.close()


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    return context.new_page()


TOO_WIDE = """() => {
  const screen = document.documentElement.clientWidth;
  const wide = [];
  if (document.documentElement.scrollWidth > screen) {
    wide.push(`the page is ${document.documentElement.scrollWidth} wide`);
  }
  for (const each of document.querySelectorAll("article table, article img, article h1")) {
    const box = each.getBoundingClientRect();
    if (box.right > screen + 1 || each.scrollWidth > each.clientWidth + 1 && box.width > 0) {
      const text = each.textContent.trim().slice(0, 40);
      wide.push(`${each.tagName} ${Math.round(box.right)}: ${text}`);
    }
  }
  return wide;
}"""


def test_no_page_or_table_is_wider_than_the_screen(site: Path, address: str, page: Page) -> None:
    files = sorted(site.rglob("*.html"))
    assert len(files) > 30
    wide = []
    for file in files:
        page.goto(f"{address}/{file.relative_to(site)}", wait_until="load")
        for width in (PHONE, TABLET, DESKTOP):
            page.set_viewport_size({"width": width, "height": 900})
            wide += [f"{file.stem} at {width}: {each}" for each in page.evaluate(TOO_WIDE)]
    assert wide == []


def test_no_word_in_the_menu_is_wider_than_the_menu(address: str, page: Page) -> None:
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.goto(f"{address}/index.html")
    page.add_style_tag(content=".sidebar-tree a { overflow-wrap: normal; word-break: normal; }")
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".sidebar-tree a")]
        .map((link) => [link.textContent, link.scrollWidth > link.clientWidth])"""
    )
    assert len(wide) > 30
    assert [name for name, is_wide in wide if is_wide] == []


def test_there_are_ten_messages_to_search_for() -> None:
    assert len({query for query, _heading in MESSAGES}) >= 10


@pytest.mark.parametrize(("query", "heading"), MESSAGES)
def test_search_finds_a_message_first(address: str, page: Page, query: str, heading: str) -> None:
    page.goto(f"{address}/search.html?q={quote_plus(query)}")
    page.wait_for_selector("article a[href*='guide_']")
    first = page.locator("article .message-results a, article #search-results a").first
    assert (first.text_content() or "").lstrip("\"'\u201c").startswith(heading)
    first.click()
    page.wait_for_load_state()
    target = page.locator(":target")
    assert heading in (target.locator("h3").first.text_content() or "")


def test_search_finds_the_code_of_a_failure_first(address: str, page: Page) -> None:
    page.goto(f"{address}/search.html?q=rate_limited")
    page.wait_for_selector("#search-results li a")
    page.locator("article .message-results a, article #search-results a").first.click()
    page.wait_for_load_state()
    assert page.locator(":target").text_content() == "rate_limited"


def test_search_for_a_word_shows_pages(address: str, page: Page) -> None:
    """A word is not a message, so pages come first."""
    page.goto(f"{address}/search.html?q=horizon")
    page.wait_for_selector("#search-results li a")
    assert page.locator(".message-results").count() == 0


def test_a_button_copies_the_commands_without_the_prompt(address: str, page: Page) -> None:
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.goto(f"{address}/docsite/guide_getting_started.html")
    page.locator(".highlight-console").first.hover()
    page.locator(".highlight-console button.copybtn").first.click()
    page.wait_for_selector("button.copybtn.success")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "pip install ansible-core requests jsonschema"
    assert "$" not in copied
