# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requirements for every file of the plugins, and for the collection's metadata."""

from __future__ import annotations

import ast
import re
import sys

import pytest
import yaml

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.parity.documented import (
    MODULES,
    PLUGINS,
    ROOT,
    SERVICES,
    documentation,
    service_of,
)

FILES = sorted(
    path.relative_to(PLUGINS).as_posix()
    for path in PLUGINS.rglob("*.py")
    # ansible-test requires them to be empty.
    if path.name != "__init__.py"
)
HERE = "ansible_collections.evenkeel.paas."
THIRD_PARTY = {"requests", "urllib3", "jsonschema"}

CONTROLLER = ("action/", "callback/", "inventory/", "plugin_utils/")
"""Folders of plugins that run inside Ansible, and so can import all of it."""

MODULE_UTILS_BYTES = 327_000
"""An upper bound for the size of module_utils. It is sent to the target for every task."""

SHIPPED_BYTES = 227_000
"""An upper bound for a module with everything that it may import of module_utils.

These are sources with their comments and docstrings; compressed, as a task sends them, they have a
third of that size, and sending them costs little. Importing them costs more, and test_imports.py
limits it.
"""


def source(file: str) -> str:
    """Return the text of a file of the plugins."""
    return (PLUGINS / file).read_text(encoding="utf-8")


def imported(file: str) -> list[str]:
    """Return the modules that a file imports anywhere in it, by their full names."""
    names: list[str] = []
    package = ["plugins", *file.split("/")[:-1]]
    for node in ast.walk(ast.parse(source(file))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package[: len(package) - node.level + 1]
                base = HERE + ".".join([*above, *([base] if base else [])])
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return names


def shipped(file: str) -> set[str]:
    """Return the files that are sent to the target when a module runs: itself and all its
    imports."""
    seen = {file}
    waiting = [file]
    while waiting:
        for name in imported(waiting.pop()):
            if name.startswith(HERE + "plugins."):
                other = name[len(HERE + "plugins.") :].replace(".", "/") + ".py"
                if other in FILES and other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return seen


def size(files) -> int:
    """Return the total size of some files of the plugins, in bytes."""
    return sum((PLUGINS / file).stat().st_size for file in files)


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_a_licence_header(file):
    head = "\n".join(source(file).splitlines()[:10])
    assert "# SPDX-License-Identifier: GPL-3.0-or-later" in head
    assert re.search(r"^# Copyright \(c\) \d{4} ", head, re.MULTILINE)
    assert "# GNU General Public License v3.0+ (see COPYING" in head


@pytest.mark.parametrize("file", FILES)
def test_a_file_compiles_with_python_3_9(file):
    ast.parse(source(file), feature_version=(3, 9))
    assert "from __future__ import annotations" in source(file)


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_a_docstring(file):
    assert ast.get_docstring(ast.parse(source(file)))


@pytest.mark.parametrize("file", FILES)
def test_a_file_imports_only_what_modules_can_import(file):
    standard = getattr(sys, "stdlib_module_names", None)
    if standard is None:
        pytest.skip("this Python cannot tell what belongs to it")
    for name in imported(file):
        known = (
            name.split(".")[0] in standard
            or name.split(".")[0] in THIRD_PARTY
            or f"{name}.".startswith("ansible.module_utils.")
            or name.startswith(HERE + "plugins.module_utils")
            or (
                file.startswith("doc_fragments/") and name.startswith(HERE + "plugins.plugin_utils")
            )
            or (
                file.startswith(CONTROLLER)
                and (name == "ansible" or name.startswith(("ansible.", HERE + "plugins.")))
            )
        )
        assert known, name


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("modules/")])
def test_a_module_file_is_executable_as_ansible_wants_it(file):
    assert source(file).startswith("#!/usr/bin/python\n")


def test_module_utils_are_private():
    for file in FILES:
        if file.startswith(("module_utils/", "plugin_utils/")):
            assert file.split("/")[1].startswith("_"), file


def test_exactly_the_modules_have_action_plugins():
    actions = [file for file in FILES if file.startswith("action/")]
    assert actions == [f"action/{module}.py" for module in MODULES]
    shapes = {source(f"action/{module}.py").replace(module, "NAME") for module in MODULES}
    assert len(shapes) == 1, "an action file is its module's name and nothing else"


def test_module_utils_are_not_large():
    assert size(file for file in FILES if file.startswith("module_utils/")) < MODULE_UTILS_BYTES


@pytest.mark.parametrize("module", MODULES)
def test_the_payload_of_a_module_is_not_large(module):
    files = shipped(f"modules/{module}.py")
    assert len(files) > 5
    assert size(files) < SHIPPED_BYTES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_does_not_ship_code_of_the_other_service(module):
    others = SERVICES.keys() - {service_of(module)}
    for file in shipped(f"modules/{module}.py"):
        assert not any(f"/_{other}/" in file for other in others), file


# Action groups and attributes.


def test_an_action_group_contains_exactly_the_modules_of_its_service():
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    groups = runtime["action_groups"]
    assert groups.keys() == set(SERVICES.values())
    for prefix, group in SERVICES.items():
        assert sorted(groups[group]) == [
            module for module in MODULES if module.startswith(f"{prefix}_")
        ]


def test_requires_ansible_has_no_upper_bound():
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert re.fullmatch(r">=\d+\.\d+\.\d+", runtime["requires_ansible"])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_all_attributes(module):
    attributes = documentation(module)["attributes"]
    wanted = {"check_mode", "diff_mode", "platform", "action_group", "idempotent"}
    assert attributes.keys() == wanted
    for name, about in attributes.items():
        assert about["description"], name
        assert about["support"] in ("full", "partial", "none", "N/A"), name
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["platform"]["platforms"] == "posix"
    group = f"evenkeel.paas.{SERVICES[service_of(module)]}"
    assert attributes["action_group"]["membership"] == [group]
    assert f"group/{group}" in str(attributes["action_group"]["description"])


@pytest.mark.parametrize(
    "module",
    [
        "sevalla_process",
        "sevalla_processes",
        "laravel_cloud_background_process",
        "laravel_cloud_background_processes",
        "laravel_cloud_instance",
    ],
)
def test_a_module_that_writes_supports_diff_and_is_idempotent(module):
    attributes = documentation(module)["attributes"]
    assert attributes["diff_mode"]["support"] == "full"
    idempotent = attributes["idempotent"]
    if module.startswith("sevalla_"):
        # It removes a process at the next deployment, and lists it until then.
        assert idempotent["support"] == "partial"
        assert "until then" in " ".join(idempotent["details"])
    else:
        assert idempotent["support"] == "full"


@pytest.mark.parametrize(
    "module",
    ["sevalla_process_run", "sevalla_process_exec", "laravel_cloud_command"],
)
def test_an_action_module_documents_that_it_is_not_idempotent(module):
    attributes = documentation(module)["attributes"]
    assert attributes["diff_mode"]["support"] == "none"
    assert attributes["idempotent"]["support"] == "none"


@pytest.mark.parametrize("module", ["sevalla_deployment", "laravel_cloud_deployment"])
def test_a_deployment_documents_that_only_pending_is_idempotent(module):
    attributes = documentation(module)["attributes"]
    assert attributes["diff_mode"]["support"] == "none"
    assert attributes["idempotent"]["support"] == "partial"
    assert "trigger=pending" in " ".join(attributes["idempotent"]["details"])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_complete_documentation(module):
    about = documentation(module)
    assert about["module"] == module
    assert about["short_description"]
    assert not about["short_description"].endswith(".")
    assert about["description"]
    assert isinstance(about["version_added"], str)
    assert about["author"]
    assert {"python >= 3.9", "requests >= 2.25.1", "jsonschema >= 3.2.0"} <= set(
        about["requirements"]
    )
