# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to messages and the source contain the same messages.

Messages are read from the source's text, as templates: the values of an f-string may be anything.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

COLLECTION = Path(__file__).resolve().parents[3]
PAGE = COLLECTION / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst"
SOURCES = [
    path
    for folder in ("module_utils", "plugin_utils", "inventory", "callback")
    for path in sorted((COLLECTION / "plugins" / folder).rglob("*.py"))
] + [COLLECTION / "docs" / "examples" / "ci" / "check_drift.py"]

ANYTHING = "\N{HORIZONTAL ELLIPSIS}"
"""Replaces a value in a template. The page has an example value there, or this."""

VALUE = r"(?:(?!\. [A-Z]).)*?"
"""A value on the page: any text up to the next sentence."""

NO_MESSAGES = {
    # Internal errors, which no user can cause.
    f"{ANYTHING} {ANYTHING} while only reading",
    f"{ANYTHING}: emptied by a PATCH that does not take it",
    f"{ANYTHING}: has a default for a POST that does not take it",
    f"{ANYTHING}: an option that is not given must stay not managed",
    # Parts of messages that replace a value: an addressed object, a service, an option.
    f"process with id {ANYTHING}",
    f"instance with id {ANYTHING}",
    f"process with key {ANYTHING}",
    f"process with display_name {ANYTHING}",
    f"custom process with command {ANYTHING}",
    f"worker with {ANYTHING}",
    "any connection and queue",
    "An application",
    f"An environment of {ANYTHING}",
    f"An instance of {ANYTHING}",
    "web process",
    "connection and queue",
    f"{ANYTHING} and type",
    f"HTTP {ANYTHING} and ",
    f" (did you mean {ANYTHING}?)",
    f"; did you mean {ANYTHING}?",
    f"; {ANYTHING} to create a new {ANYTHING}{ANYTHING}",
    "set another name",
    ", or delete this one first",
    f"; set the id in {ANYTHING}",
    "nothing is deleted",
    f"{ANYTHING} of {ANYTHING} writes done, ",
    f"Expected one {ANYTHING}, found {ANYTHING}: {ANYTHING}",
    "a process",
    "an instance",
    "not shown",
    "an integer",
    "timeout and api_timeout together",
    "a string",
    "true or false",
    "a dictionary",
    "a list",
    f"a new {ANYTHING} is created beside it",
    "would delete",
    f"is a {ANYTHING}",
    "has no type",
    f"the {ANYTHING} names in its documentation, such as {ANYTHING}",
    "Names are case-sensitive; an id always works.",
    f"If it is a name, set {ANYTHING} too.",
    "shows no type",
    f"is of type {ANYTHING}",
    "Laravel Cloud",
    f"api_token or the environment variable {ANYTHING}",
    "no content type",
    f"from {ANYTHING} to {ANYTHING}",
    f"{ANYTHING} or more",
    f"at most {ANYTHING}",
    ", and before it ",
    f"{ANYTHING} {ANYTHING} of {ANYTHING}",
    f" in step {ANYTHING}{ANYTHING}",
    # The heading and the summary of the drift report.
    "what differs",
    f"{ANYTHING} application{ANYTHING}: {ANYTHING} as wanted, {ANYTHING} differ{ANYTHING}",
    f", {ANYTHING} could not be compared",
    f"The {ANYTHING} as wanted.",
    "other application is",
    f"other {ANYTHING} applications are",
    f"Drift: {ANYTHING}{ANYTHING}: {ANYTHING}",
    "%Y-%m-%d %H:%M %Z",
    # Ansible's own messages that the page also has.
    f"Unsupported parameters for ({ANYTHING}) module: {ANYTHING}",
}


def strings_of(source: Path) -> Iterator[str]:
    """Yield the strings of a file except docstrings, with f-strings as templates."""
    tree = ast.parse(source.read_text())
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else ANYTHING
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A placeholder of str.format is a value as well.
            yield re.sub(r"\{\w+\}", ANYTHING, node.value)


def is_prose(text: str) -> bool:
    """Return whether a string is text for a person: at least two words in one line. Longer strings
    are documentation or a page."""
    return (
        "\n" not in text
        and re.search(r"[A-Za-z],? (.* )?[A-Za-z]", text) is not None
        and not re.search(r"^application/|\\w", text)
    )


TEMPLATES = sorted(
    {text for path in SOURCES for text in strings_of(path) if is_prose(text)} - NO_MESSAGES
)


def quoted() -> list[str]:
    """Return the messages that the page quotes: literals that are a heading."""
    return re.findall(r"^``([^`\n]+)``\n~{3,}\n", PAGE.read_text(), re.MULTILINE)


def matches(message: str, template: str) -> bool:
    """Return whether a message is a template with values, or complete sentences of one."""
    sentences = re.split(r"(?<=[.;:]) ", template.strip())
    for first in range(len(sentences)):
        for last in range(first, len(sentences)):
            part = " ".join(sentences[first : last + 1])
            if not is_prose(part):
                continue
            pattern = re.escape(part.rstrip(".;:")).replace(re.escape(ANYTHING), VALUE)
            if re.fullmatch(f"{pattern}[.;:]?", message):
                return True
    return False


def test_messages_are_found_in_the_source_and_on_the_page() -> None:
    assert len(TEMPLATES) > 80
    assert len(quoted()) > 80


@pytest.mark.parametrize("message", quoted())
def test_a_quoted_message_is_in_the_source(message: str) -> None:
    assert any(matches(message, template) for template in TEMPLATES)


def test_every_message_is_explained() -> None:
    """Text follows each heading, and not another heading."""
    text = PAGE.read_text()
    headings = re.findall(r"^(.+)\n~{3,}$", text, re.MULTILINE)
    explained = re.findall(r"^(.+)\n~{3,}\n\n[A-Z`(:-].*[.)]?$", text, re.MULTILINE)
    assert explained == headings
    assert len(set(headings)) == len(headings)
    assert set(quoted()) <= {heading.strip("`") for heading in headings}


def test_every_quoted_message_is_a_heading() -> None:
    """Otherwise the previous test would not read it, and the search does not find a term of a
    definition."""
    assert re.findall(r"^``[^`\n]+``\n {2,}\S.*", PAGE.read_text(), re.MULTILINE) == []


def test_every_message_is_on_the_page() -> None:
    missing = [each for each in TEMPLATES if not any(matches(quote, each) for quote in quoted())]
    assert missing == []


def test_quoted_text_that_is_not_a_message_is_in_the_source() -> None:
    everything = {text for path in SOURCES for text in strings_of(path)}
    assert sorted(NO_MESSAGES - everything) == []


def codes_of(source: Path) -> Iterator[str]:
    """Yield the values that a file assigns to the code of a failure, by a table or a condition."""
    for node in ast.walk(ast.parse(source.read_text())):
        given: list[ast.expr] = []
        if isinstance(node, ast.keyword) and node.arg == "code":
            given = [node.value]
        elif isinstance(node, ast.Assign):
            names = {
                name.id
                for target in node.targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            }
            given = [node.value] if names & {"code", "_ADVICE"} else []
        for value in given:
            for part in ast.walk(value):
                text = part.value if isinstance(part, ast.Constant) else None
                if isinstance(text, str) and re.fullmatch("[a-z]+(_[a-z]+)*", text):
                    yield text


def test_the_table_lists_exactly_the_codes() -> None:
    rows = re.findall(r"^   \* - ``([a-z_]+)``$", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(codes_of_source())


def test_the_head_of_failure_py_lists_exactly_the_codes() -> None:
    source = COLLECTION / "plugins" / "module_utils" / "_core" / "failure.py"
    head = ast.get_docstring(ast.parse(source.read_text())) or ""
    branches = re.findall(r"── [a-z ]+? {2,}(.+)$", head, re.MULTILINE)
    listed = [code for branch in branches for code in branch.split(", ")]
    assert sorted(listed) == sorted(codes_of_source())


def codes_of_source() -> set[str]:
    """Return the codes of all failures."""
    codes = {code for path in SOURCES for code in codes_of(path)}
    assert {"rate_limited", "refused", "invalid_options"} <= codes
    return codes
