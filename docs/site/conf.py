# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx's settings for the documentation's site; "make docs" builds it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes

project = "evenkeel.paas"
copyright = "evenkeel.paas contributors"
html_title = project
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/icon.svg"
html_logo = "static/icon.svg"
html_copy_source = False
html_use_index = False
html_baseurl = "https://evenkeel.github.io/evenkeel.paas/"
html_theme_options = {
    "source_repository": "https://github.com/evenkeel/evenkeel.paas/",
    "footer_icons": [],
    "light_css_variables": {"color-brand-primary": "#0b5f8a", "color-brand-content": "#0b5f8a"},
    "dark_css_variables": {"color-brand-primary": "#6cc3f0", "color-brand-content": "#6cc3f0"},
}

extensions = ["sphinx_antsibull_ext", "sphinx_copybutton", "sphinx_design"]
antsibull_ext_color_scheme = "default-autodark"
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
# A reference that leads nowhere is a warning, and "make docs" makes warnings errors.
nitpicky = True
# A workflow has "${{ !cancelled() }}", which is not Jinja. Show it without highlighting.
suppress_warnings = ["misc.highlighting_failure"]
# Copy the commands of a console block, without the prompt and the output.
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"

# What the pages that antsibull-docs writes refer to in Ansible's own documentation. A table and not
# intersphinx, so that the site is built the same without a network.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "callback_plugins": "plugins/callback.html#callback-plugins",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}
BUILTIN = "ansible_collections.ansible.builtin."
MESSAGES = "docsite/guide_troubleshooting"
PLUGIN_PAGE = re.compile(r"(?:(sevalla|laravel_cloud)_)?(\w*?)_?(module|inventory|callback)")


def refer_to_ansible(app: Any, env: Any, node: Any, content: Any) -> nodes.reference | None:
    """Resolve a reference to Ansible's own documentation, or leave it unresolved."""
    target = str(node["reftarget"])
    if node["reftype"] == "envvar" and target.startswith("ANSIBLE_"):
        page = f"reference_appendices/config.html#envvar-{target}"
    elif target in ANSIBLE_PAGES:
        page = ANSIBLE_PAGES[target]
    elif target.startswith(BUILTIN):
        page = f"collections/ansible/builtin/{target[len(BUILTIN) :]}.html"
    else:
        return None
    return nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE}/{page}")


def tidy(app: Any, doctree: nodes.document) -> None:
    """Fit the pages that antsibull-docs writes into this site."""
    page = app.env.docname
    # The theme has a table of contents beside each page and reports one within.
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
    for heading in doctree.findall(nodes.title):
        heading.attributes.pop("refid", None)  # leads back to that table
    found = PLUGIN_PAGE.fullmatch(page)
    if found:
        _shorten_menu_entry(app, page, found)
        _put_examples_first(doctree)
        _let_title_break(doctree)
    if page == MESSAGES:
        app.env.messages = [*_messages(doctree), *_codes(doctree)]
    for table in doctree.findall(nodes.table):
        _label_cells(table)


def _shorten_menu_entry(app: Any, page: str, found: re.Match[str]) -> None:
    """The menu has a group for each service, so that an entry is a short name."""
    service, name, kind = found.groups()
    title = name if kind == "module" else f"{name or service} ({kind})"
    entry = next(app.env.tocs[page].findall(nodes.reference))
    entry.children = [nodes.Text("inventory plugin" if kind == "inventory" else title)]


def _put_examples_first(doctree: nodes.document) -> None:
    """Move the examples behind the synopsis, and how to install the collection behind them."""
    sections = {section[0].astext(): section for section in doctree.findall(nodes.section)}
    synopsis, examples = sections["Synopsis"], sections["Examples"]
    examples.parent.remove(examples)
    page = synopsis.parent
    page.insert(page.index(synopsis) + 1, examples)
    note = next(node for node in page.children if isinstance(node, nodes.note))
    page.remove(note)
    page.insert(page.index(examples) + 1, note)


def _let_title_break(doctree: nodes.document) -> None:
    """Let a long name in a heading break behind a dot or an underscore, and nowhere else."""
    heading = next(doctree.findall(nodes.title))
    parts = re.split(r"(?<=[._])(?=\w)", heading.astext())
    heading.children = []
    for part in parts:
        if heading.children:
            heading += nodes.raw("", "<wbr>", format="html")
        heading += nodes.Text(part)


def _label_cells(table: nodes.table) -> None:
    """Repeat a column's heading in each of its cells, for screens that show a cell as a line."""
    head = next(table.findall(nodes.thead), None)
    if head is None or "ansible-option-table" in table.get("classes", []):
        return
    labels = [entry.astext().strip() for entry in head.findall(nodes.entry)]
    for row in next(table.findall(nodes.tbody)).findall(nodes.row):
        for label, entry in list(zip(labels, row.children))[1:]:
            if label and entry.children:
                entry.insert(0, nodes.paragraph("", label, classes=["cell-label"]))


def _messages(doctree: nodes.document) -> list[tuple[str, str]]:
    """Return each message of the guide to messages, with the anchor of its heading."""
    return [
        (section[0].astext(), section["ids"][0])
        for section in doctree.findall(nodes.section)
        if isinstance(section.parent.parent, nodes.section)
    ]


def _codes(doctree: nodes.document) -> list[tuple[str, str]]:
    """Return each code of a failure, with the anchor that its row in the table gets."""
    found = []
    for row in next(doctree.findall(nodes.tbody)).findall(nodes.row):
        cell = row[0]
        code = cell.astext()
        cell["ids"] = [nodes.make_id(f"code-{code}")]
        found.append((code, cell["ids"][0]))
    return found


def add_message_search(app: Any, pagename: str, *_other: Any) -> None:
    """Let the page with search results find messages."""
    if pagename == "search":
        app.add_js_file("messages.js")
        app.add_js_file("message_search.js")


def write_messages(app: Any, exception: Exception | None) -> None:
    """Write the messages for that search. A script and not JSON, to work from a folder as well."""
    if exception is None:
        data = json.dumps({"page": f"{MESSAGES}.html", "messages": app.env.messages})
        (Path(app.outdir) / "_static" / "messages.js").write_text(f"var MESSAGES = {data};\n")


def setup(app: Any) -> None:
    """Register what is above."""
    app.connect("missing-reference", refer_to_ansible)
    # After Sphinx has taken the page's titles into the menu.
    app.connect("doctree-read", tidy, priority=900)
    app.connect("html-page-context", add_message_search)
    app.connect("build-finished", write_messages)
