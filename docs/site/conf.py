# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx's settings for the documentation's site; "make docs" builds it."""

from __future__ import annotations

from typing import Any

from docutils import nodes

project = "evenkeel.paas"
copyright = "evenkeel.paas contributors"
html_title = project
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
html_theme_options = {
    "source_repository": "https://github.com/evenkeel/evenkeel.paas/",
    "footer_icons": [],
}

extensions = ["sphinx_antsibull_ext"]
antsibull_ext_color_scheme = "default-autodark"
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
# A reference that leads nowhere is a warning, and "make docs" makes warnings errors.
nitpicky = True

# What the pages that antsibull-docs writes refer to in Ansible's own documentation. A table and not
# intersphinx, so that the site is built the same without a network.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "callback_plugins": "plugins/callback.html#callback-plugins",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def refer_to_ansible(app: Any, env: Any, node: Any, content: Any) -> nodes.reference | None:
    """Resolve a reference to Ansible's own documentation, or leave it unresolved."""
    target = str(node["reftarget"])
    if node["reftype"] == "envvar" and target.startswith("ANSIBLE_"):
        page = f"reference_appendices/config.html#envvar-{target}"
    elif target in ANSIBLE_PAGES:
        page = ANSIBLE_PAGES[target]
    else:
        return None
    return nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE}/{page}")


def tidy(app: Any, doctree: nodes.document) -> None:
    """Fit the pages that antsibull-docs writes into this theme.

    The theme has a table of contents beside each page and reports one within. The menu has no room
    for titles such as "evenkeel.paas.sevalla_process module" with what it does behind a dash.
    """
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
    for heading in doctree.findall(nodes.title):
        heading.attributes.pop("refid", None)  # leads back to that table
    name, separator, kind = app.env.docname.rpartition("_")
    if separator and kind in ("module", "inventory", "callback"):
        title = name if kind == "module" else f"{name} ({kind})"
        entry = next(app.env.tocs[app.env.docname].findall(nodes.reference))
        entry.children = [nodes.Text(title)]
    elif app.env.docname == "index":
        heading = next(doctree.findall(nodes.title))
        heading.children = [nodes.Text(project)]


def setup(app: Any) -> None:
    """Register what is above."""
    app.connect("missing-reference", refer_to_ansible)
    # After Sphinx has taken the page's titles into the menu.
    app.connect("doctree-read", tidy, priority=900)
