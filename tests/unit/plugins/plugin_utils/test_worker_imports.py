# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible imports for an action before it forks its workers, because every play pays for
it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.evenkeel.paas.plugins.plugin_utils import _worker

HERE = _worker.__name__.removesuffix(".plugin_utils._worker")
ROOT = Path(str(_worker.__file__)).parents[5]
LOADED = f"""
import importlib, json, sys
importlib.import_module("{HERE}.action." + sys.argv[1])
tls = sys.modules.get("{HERE}.module_utils._http.tls")
loaded = tls.tls_context.cache_info().currsize if tls else None
print(json.dumps(["jsonschema" in sys.modules, loaded]))
"""
"""What Ansible does before it forks a worker for an action."""


@pytest.mark.parametrize(
    ("environment", "loaded"),
    [
        ({}, 1),
        ({"SEVALLA_API_URL": ""}, 1),
        ({"LARAVEL_CLOUD_BASE_URL": "http://127.0.0.1:1"}, 1),
        ({"SEVALLA_API_URL": "http://127.0.0.1:1"}, None),
        ({"HTTPS_PROXY": "http://127.0.0.1:1"}, 0),
        ({"SSL_CERT_FILE": "/nonexistent"}, 0),
    ],
)
def test_certificates_are_loaded_before_the_fork_only_if_needed(
    environment: dict[str, str], loaded: int | None
) -> None:
    """And the schema check is not imported there: most runs send no body."""
    unset = ("sevalla", "laravel_cloud", "proxy", "ca_bundle", "ssl_cert")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not any(word in name.lower() for word in unset)
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "sevalla_process"],
        env={**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, loaded]
