# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module in its own process does not import, because importing takes time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    LISTS,
    MODULES,
    Runner,
    list_of_one,
)

ROOT = Path(str(_module.__file__)).parents[6]
TASKS: dict[str, dict[str, Any]] = {
    "sevalla_process": {
        "application": "shop-x1y2z",
        "display_name": "queue",
        "type": "worker",
        "entrypoint": "node w.js",
        "resource_type": "s1",
    },
    "laravel_cloud_background_process": {
        "application": "shop",
        "environment": "production",
        "instance": "Workers",
        "type": "worker",
        "config": {"connection": "redis", "queue": "mail"},
    },
}
CHANGES: dict[str, dict[str, Any]] = {
    "sevalla_process": {"port": 8081},
    "laravel_cloud_background_process": {"processes": 3},
}
SCRIPT = f"""
import importlib, json, sys
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
name, options, check_mode = json.loads(sys.argv[1])
module = importlib.import_module("{MODULES}." + name)
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
assert _module.missing_libraries() == []
parsed = ArgumentSpecValidator(module.MODULE.argument_spec).validate(options)
assert not parsed.error_messages, parsed.error_messages
task = _module.Task(parsed.validated_parameters, check_mode, print)
result = _module.perform(module.MODULE, task)
here = _module.__name__.rpartition("._engine.")[0] + "."
ours = [name[len(here):] for name in sys.modules if name.startswith(here)]
print(json.dumps([result["plan"], "jsonschema" in sys.modules, ours]))
"""
"""The work of ``run_module``, in a Python that has imported nothing else."""


ONLY_FOR_CHANGES = {
    *("_core.near_misses", "_core.rivals"),
    *("_engine.apply", "_engine.lost_post", "_engine.remarks", "_engine.validation"),
}
ONLY_FOR_FAULTS = {"_http.faults", "_http.retry"}
ONLY_FOR_HTTPS = {"_http.tls"}
IMPORTED_BYTES = 144_000
"""An upper bound of what a module imports of module_utils if nothing changes.

Imported code is compiled: a sixth of a millisecond for each KB, of about 200 (a module run in
November 2026).
"""


def ran(emulator: Any, module: str, options: dict[str, Any], check_mode: bool) -> list[Any]:
    """Return the plan of a module in its own process, whether it imported jsonschema, and which
    files of module_utils it imported."""
    url = emulator.sevalla_url if module.startswith("sevalla") else emulator.laravel_cloud_url
    given = {"api_url": url, "api_token": emulator.token, **options}
    path = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps([module, given, check_mode])],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    output: list[Any] = json.loads(done.stdout)
    return output


@pytest.mark.parametrize("module", list(TASKS))
def test_the_schema_check_is_imported_only_for_a_body(emulator: Any, module: str) -> None:
    """Not by a run that changes nothing; by one that does, in check mode too."""
    options = TASKS[module]
    assert Runner(emulator)(module, **options).message is None
    assert ran(emulator, module, options, False)[:2] == [[], False]
    listed = list_of_one(emulator, module, options)
    assert ran(emulator, LISTS[module], listed, False)[:2] == [[], False]
    plan, imported, _files = ran(emulator, module, {**options, **CHANGES[module]}, True)
    assert len(plan) == 1
    assert imported


@pytest.mark.parametrize("module", list(TASKS))
def test_a_run_imports_no_more_than_it_needs(emulator: Any, module: str) -> None:
    """The code that sends, validates and reports failures is imported only if needed."""
    options = TASKS[module]
    plan, _jsonschema, creating = ran(emulator, module, options, False)
    assert len(plan) == 1
    assert set(creating) >= ONLY_FOR_CHANGES
    assert not (ONLY_FOR_FAULTS | ONLY_FOR_HTTPS) & set(creating)
    plan, _jsonschema, idle = ran(emulator, module, options, False)
    assert plan == []
    assert not (ONLY_FOR_CHANGES | ONLY_FOR_FAULTS | ONLY_FOR_HTTPS) & set(idle)
    assert "_sevalla.remarks" not in idle
    sources = Path(str(_module.__file__)).parents[1]
    files = [sources.joinpath(*name.split(".")).with_suffix(".py") for name in idle]
    assert sum(file.stat().st_size for file in files if file.exists()) < IMPORTED_BYTES


@pytest.mark.parametrize("module", list(TASKS))
def test_a_deletion_does_not_import_the_schema_check(emulator: Any, module: str) -> None:
    """A deletion has no body, so nothing that validates one is imported."""
    runner = Runner(emulator)
    assert runner(module, **TASKS[module]).message is None
    plan, jsonschema, files = ran(emulator, module, {**TASKS[module], "state": "absent"}, False)
    assert [step["method"] for step in plan] == ["DELETE"]
    assert not jsonschema
    assert "_engine.validation" not in files


PACKAGE = "ansible_collections.evenkeel.paas.plugins.module_utils"
FROM_ZIP = """
import gc, importlib, json, sys, zipimport
package, *places = sys.argv[1:]
sys.path[:0] = places
compiled = []
frozen = gc.get_freeze_count()  # Python 3.12 starts with some
before = zipimport._compile_source
def compile_source(path, *rest):
    compiled.append(path)
    return before(path, *rest)
zipimport._compile_source = compile_source
module = importlib.import_module(package + "._engine.module")
importlib.import_module(package + "._core.planner")
garbage = [gc.isenabled(), gc.get_freeze_count() > frozen]
module._AnsibleModule = lambda *_arguments, **_options: sys.exit()
try:
    module.run_module(module.Module({}, None))
except SystemExit:
    garbage += [gc.isenabled(), gc.get_freeze_count() > frozen]
print(json.dumps([compiled, hasattr(zipimport._get_module_code, "cache_info"), garbage]))
"""
"""Import the planner as a module does, and start to run a module.

Print the path of each compilation of a file of a zip, whether zipimport was changed, and whether
garbage is collected and something is exempt from that: after the imports, and in the run. The
arguments are the package and where to search for it.
"""


def imported(*places: str) -> tuple[list[str], bool, list[bool]]:
    """Return what FROM_ZIP prints."""
    done = subprocess.run(
        [sys.executable, "-c", FROM_ZIP, PACKAGE, *places],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    compiled, is_changed, garbage = json.loads(done.stdout)
    return compiled, is_changed, garbage


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a zip file with module_utils, like the one that Ansible sends."""
    sources = Path(str(_module.__file__)).parents[1]
    inside = PurePosixPath(*PACKAGE.split("."))
    archive = tmp_path / "module.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for package in (inside, *list(inside.parents)[:-1]):
            written.writestr(str(package / "__init__.py"), "")
        for file in sources.glob("*/*.py"):
            written.write(file, str(inside / file.relative_to(sources)))
    return archive


def test_a_module_compiles_each_file_of_its_zip_once(archive: Path) -> None:
    """Ansible sends a module as a zip, and Python before 3.15 compiles its files twice."""
    compiled, _is_changed, _garbage = imported(str(archive), *sys.path)
    files = [path for path in compiled if {"_core", "_http"} & set(Path(path).parts)]
    assert len(files) >= 10
    assert sorted(files) == sorted(set(files))


def test_a_module_does_not_search_what_it_imports_for_garbage(archive: Path) -> None:
    """It collects the garbage of the task itself, which may take long."""
    _compiled, _is_changed, garbage = imported(str(archive), *sys.path)
    assert garbage == [False, False, True, True]


def test_only_a_module_changes_how_python_starts() -> None:
    """In Ansible's worker, other imports and their garbage are not ours to change."""
    compiled, is_changed, garbage = imported(str(ROOT), *sys.path)
    assert compiled == []
    assert not is_changed
    assert garbage == [True, False, True, False]
