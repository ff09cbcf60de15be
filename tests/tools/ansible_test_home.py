# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a home directory in which ansible-test can install its requirements with plain pip.

ansible-test passes hardly any environment variables to its commands, so pip's settings have to be
in a file. It also downloads pip's bootstrap script from its own host, which may be unreachable
where PyPI is reachable.
"""

from __future__ import annotations

import ast
import configparser
import os
import subprocess
import sys
import types

from ansible_test._internal.python_requirements import get_venv_packages

from places import home_path

# Replaces get-pip: uses the pip in the wheel beside it.
GET_PIP = """\
import glob
import os
import runpy
import sys

folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, glob.glob(os.path.join(folder, "pip-{version}-*.whl"))[0])
arguments = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.argv[1:] = ["install", "--find-links", folder, *arguments]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def prepare_home() -> None:
    """Write pip's settings and the bootstrap script. Needs the user's own environment variables."""
    _write_pip_settings()
    python = types.SimpleNamespace(version=f"{sys.version_info[0]}.{sys.version_info[1]}")
    version = get_venv_packages(python)["pip"]
    script = home_path() / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        _pip("download", "--quiet", "--no-deps", "--dest", str(script.parent), f"pip=={version}")
        script.write_text(GET_PIP.format(version=version))


def _write_pip_settings() -> None:
    """Write pip's current settings, wherever they come from, to the pip.conf of this home
    directory."""
    sections: dict[str, dict[str, str]] = {"global": {}}
    from_environment: dict[str, str] = {}
    for line in _pip("config", "list").splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        into = from_environment if section == ":env:" else sections.setdefault(section, {})
        into[option] = ast.literal_eval(value)
    # Variables override every section of a file, so a section must not contradict them.
    for options in sections.values():
        for option in from_environment:
            options.pop(option, None)
    # Settings that pip would not find in a file or a variable.
    proxy = os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY")
    certificates = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    # Fails if the user has disabled the cache.
    cache = _pip("cache", "dir", check=False).strip()
    fallback = {"proxy": proxy, "cert": certificates, "cache-dir": cache}
    sections["global"] = {
        **{option: value for option, value in fallback.items() if value},
        **sections["global"],
        **from_environment,
        # Errors only: a warning of pip looks like one of ansible-test.
        "quiet": "2",
    }
    parser = configparser.RawConfigParser()
    parser.read_dict(sections)
    path = home_path() / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The URL of a package index may contain a password.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        parser.write(file)


def _pip(*arguments: str, check: bool = True) -> str:
    """Run the environment's pip with the user's settings and return its output."""
    result = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        # A user's quiet setting would suppress the output of "pip config list".
        env={**os.environ, "PIP_QUIET": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=check,
    )
    return result.stdout
