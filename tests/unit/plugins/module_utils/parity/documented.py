# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each module documents, accepts and returns, for tests to compare."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROOT = Path(__file__).resolve().parents[5]
PLUGINS = ROOT / "plugins"
PACKAGE = "ansible_collections.evenkeel.paas.plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))

SERVICES = {"sevalla": "sevalla", "laravel_cloud": "laravel_cloud"}
"""The prefix of a service's modules, and its action group."""

ANSIBLES_OWN = {"changed", "failed", "msg", "warnings", "deprecations", "exception", "invocation"}
ANSIBLES_OWN |= {"skipped"}
"""Keys of a result that no module documents, since Ansible does."""


def service_of(module: str) -> str:
    """Return the prefix of a module's service."""
    return next(prefix for prefix in SERVICES if module.startswith(f"{prefix}_"))


def _texts(module: str) -> dict[str, str]:
    tree = ast.parse((PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    }


def fragment(name: str) -> dict[str, Any]:
    """Return a documentation fragment of this collection, by its full name."""
    namespace, collection, file, *part = name.split(".")
    assert (namespace, collection) == ("evenkeel", "paas"), name
    # Ansible looks for a file with the name of the part first, whatever is before the name.
    assert not part or not (PLUGINS / "doc_fragments" / f"{part[0]}.py").exists(), name
    found = importlib.import_module(f"{PACKAGE}.doc_fragments.{file}").ModuleDocFragment
    return yaml.safe_load(getattr(found, part[0].upper() if part else "DOCUMENTATION"))


def documentation(module: str) -> dict[str, Any]:
    """Return a module's documentation, merged with its fragments. The module takes precedence over
    a fragment, and two fragments never document the same option."""
    merged = yaml.safe_load(_texts(module)["DOCUMENTATION"])
    own = {key: dict(merged.get(key) or {}) for key in ("options", "attributes")}
    for name in merged.get("extends_documentation_fragment", []):
        shared = fragment(name)
        for key, known in own.items():
            for item, value in (shared.pop(key, None) or {}).items():
                assert item not in known, f"{module}: {item} is documented twice, also in {name}"
                known[item] = value
        for key, value in shared.items():
            merged[key] = [*(merged.get(key) or []), *value]
    return {**merged, **own}


def examples(module: str) -> list[dict[str, Any]]:
    """Return the tasks of a module's EXAMPLES."""
    return yaml.safe_load(_texts(module)["EXAMPLES"])


def returns(module: str) -> dict[str, Any]:
    """Return a module's RETURN."""
    return yaml.safe_load(_texts(module)["RETURN"])


class _EndedError(Exception):
    """Raised instead of exit_json or fail_json, to end a module."""


def _main(module: str) -> None:
    importlib.import_module(f"{PACKAGE}.modules.{module}").main()


def module_arguments(module: str) -> dict[str, Any]:
    """Return the arguments with which a module calls AnsibleModule."""
    taken: dict[str, Any] = {}

    def record(_self: Any, argument_spec: dict[str, Any], **more: Any) -> None:
        taken.update(more, argument_spec=argument_spec)
        raise _EndedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnsibleModule, "__init__", record)
        with pytest.raises(_EndedError):
            _main(module)
    return taken


def run(module: str, options: dict[str, Any], check_mode: bool = False) -> dict[str, Any]:
    """Return the result of a module, run in this process with options as in a task."""
    ended: list[dict[str, Any]] = []

    def begin(self: Any, argument_spec: dict[str, Any], **_more: Any) -> None:
        checked = ArgumentSpecValidator(argument_spec).validate(options)
        assert not checked.error_messages, checked.error_messages
        self.params = checked.validated_parameters
        self.check_mode = check_mode
        self.no_log = False

    def end(failed: bool) -> Any:
        def take(_self: Any, **result: Any) -> None:
            ended.append({**result, "failed": failed})
            raise _EndedError

        return take

    def warn(_self: Any, _text: str) -> None:
        pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnsibleModule, "__init__", begin)
        patch.setattr(AnsibleModule, "exit_json", end(failed=False))
        patch.setattr(AnsibleModule, "fail_json", end(failed=True))
        patch.setattr(AnsibleModule, "warn", warn)
        with pytest.raises(_EndedError):
            _main(module)
    return ended[0]


def _differences(documented: dict[str, Any], value: Any, where: str, whole: bool) -> list[str]:
    if value is None:
        return []
    contains = documented.get("contains")
    if contains is None:
        return []
    found = []
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        place = f"{where}[{index}]" if isinstance(value, list) else where
        if not isinstance(item, dict):
            found.append(f"{place} is documented with contents and has none")
            continue
        found += [f"{place}.{key} is not documented" for key in item.keys() - contains.keys()]
        missing = contains.keys() - item.keys()
        found += [
            f"{place}.{key} is documented and missing"
            for key in missing
            if contains[key]["returned"] == "always"
            or (whole and not contains[key]["returned"].startswith("when the service shows it"))
        ]
        for key in item.keys() & contains.keys():
            found += _differences(contains[key], item[key], f"{place}.{key}", whole)
    return found


_TYPES = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": float,
    "dict": dict,
    "list": list,
    "raw": object,
}


def _wrong_types(documented: dict[str, Any], value: Any, where: str) -> list[str]:
    kind = _TYPES[documented["type"]]
    if value is None:
        return []
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return [f"{where} is documented as {documented['type']} and is {type(value).__name__}"]
    found = []
    contains = documented.get("contains", {})
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for key in item.keys() & contains.keys():
                found += _wrong_types(contains[key], item[key], f"{where}.{key}")
    return found


def undocumented(module: str, result: dict[str, Any], *, check_mode: bool = False) -> list[str]:
    """Return the differences between a result of a module and its RETURN; any result is allowed.

    A value that is documented as ``returned: success`` must exist on success, ``failure`` on
    failure, ``always`` in both; a returned value must be documented for that case. The keys of a
    process must be complete, except in check mode.
    """
    case = "failure" if result.get("failed") else "success"
    documented = returns(module)
    result = {key: value for key, value in result.items() if key not in ANSIBLES_OWN}
    found = []
    for key in sorted(documented.keys() | result.keys()):
        if key not in documented:
            found.append(f"{key} is not documented")
            continue
        returned = documented[key]["returned"]
        if key not in result:
            if returned in ("always", case):
                found.append(f"{key} is documented as returned: {returned}, and missing")
            continue
        if returned != "always" and case not in returned:
            found.append(f"{key} is documented as returned: {returned}, and there on {case}")
        found += _differences(documented[key], result[key], key, whole=not check_mode)
        found += _wrong_types(documented[key], result[key], key)
    return found
