# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader of inventories: the plugin's own parse, in this process, from a real file."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ansible import constants
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

PACKAGE = "ansible_collections.evenkeel.paas.plugins"
PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
TOKENS = ("SEVALLA_API_KEY", "SEVALLA_API_TOKEN", "LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN")
ANSIBLES_OWN = {
    *("inventory_hostname", "inventory_hostname_short", "inventory_file", "inventory_dir"),
}
URLS = ("SEVALLA_API_URL", "LARAVEL_CLOUD_BASE_URL")


def text_of(plugin: str, name: str) -> str:
    """Return the DOCUMENTATION or EXAMPLES of an inventory plugin, without importing it."""
    tree = ast.parse((PLUGINS / "inventory" / f"{plugin}.py").read_text(encoding="utf-8"))
    (text,) = (
        ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    )
    return str(text)


def documented(plugin: str) -> dict[str, Any]:
    """Return an inventory plugin's documentation, merged with its fragments and Ansible's."""
    merged: dict[str, Any] = yaml.safe_load(text_of(plugin, "DOCUMENTATION"))
    for name in merged["extends_documentation_fragment"]:
        ours = name.startswith("evenkeel.paas.")
        package = f"{PACKAGE}.doc_fragments" if ours else "ansible.plugins.doc_fragments"
        where, _dot, part = ".".join(name.split(".")[2:]).partition(".")
        fragment = importlib.import_module(f"{package}.{where}").ModuleDocFragment
        about = yaml.safe_load(getattr(fragment, part.upper() or "DOCUMENTATION"))
        twice = merged["options"].keys() & about["options"].keys()
        assert not twice, f"{plugin}: {twice} is documented twice"
        merged["options"].update(about["options"])
    return merged


class Read(NamedTuple):
    """The contents of an inventory: variables by host, hosts by group, the warnings, and a templar
    with the variables of a host."""

    hosts: dict[str, dict[str, Any]]
    groups: dict[str, list[str]]
    warnings: list[str]
    data: Any

    def template(self, host: str, text: str) -> Any:
        """Return a string of a playbook, templated with a host's variables."""
        templar = Templar(loader=DataLoader(), variables=self.data.get_host(host).get_vars())
        return templar.template(trusted(text))


def trusted(text: str) -> str:
    """Return a string as if the author of a playbook had written it."""
    try:
        from ansible.template import trust_as_template
    except ImportError:  # before 2.19, every string is trusted
        return text
    return trust_as_template(text)


class Reader:
    """Reads configurations against one emulator."""

    def __init__(self, emulator: Any, folder: Path, monkeypatch: Any) -> None:
        self.emulator = emulator
        self._folder = folder
        self.monkeypatch = monkeypatch
        for name in (*TOKENS, *URLS):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SEVALLA_API_KEY", emulator.token)
        monkeypatch.setenv("SEVALLA_API_URL", emulator.sevalla_url)
        monkeypatch.setenv("LARAVEL_CLOUD_API_TOKEN", emulator.token)
        monkeypatch.setenv("LARAVEL_CLOUD_BASE_URL", emulator.laravel_cloud_url)

    def __call__(self, name: str, *, refresh: bool = False, **options: Any) -> Read:
        """Read an inventory; ``refresh`` is the effect of --flush-cache."""
        # This process has no collection loader, which would provide the full name.
        options = {
            name: value.replace("ansible.builtin.", "") if name == "cache_plugin" else value
            for name, value in options.items()
        }
        path = self._folder / f"{name}.yml"
        path.write_text(yaml.safe_dump({"plugin": f"evenkeel.paas.{name}", **options}))
        plugin = self.plugin(name)
        assert plugin.verify_file(str(path))
        warnings: list[str] = []
        self.monkeypatch.setattr(plugin.display, "warning", warnings.append)
        data = InventoryData()
        plugin.parse(data, DataLoader(), str(path), cache=not refresh)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        data.reconcile_inventory()
        hosts = {
            host: {name: value for name, value in about.vars.items() if name not in ANSIBLES_OWN}
            for host, about in data.hosts.items()
        }
        groups = {
            group: [str(host) for host in hosts]
            for group, hosts in data.get_groups_dict().items()
            if group not in ("all", "ungrouped")
        }
        return Read(hosts, groups, warnings, data)

    @staticmethod
    def plugin(name: str) -> Any:
        """Return a plugin as Ansible's loader creates it, before it is configured."""
        module = importlib.import_module(f"{PACKAGE}.inventory.{name}")
        full = f"evenkeel.paas.{name}"
        constants.config.initialize_plugin_configuration_definitions(
            "inventory", full, documented(name)["options"]
        )
        plugin = module.InventoryModule()
        # The attributes that the loader sets, by their names in all versions of ansible-core.
        plugin._load_name = full
        plugin._redirected_names = [full]
        plugin.ansible_name = full
        return plugin

    def asked(self) -> list[str]:
        """Return the requests since the last call."""
        paths = [f"{each['method']} {each['path']}" for each in self.emulator.requests]
        self.emulator._log.clear()
        return paths
