# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Common code of the inventory plugins: read with the modules' client, filter, cache, construct."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple, TypeVar

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._core.failure import Failure
from ..module_utils._core.fields import Process
from ..module_utils._engine.module import Task, connected
from ..module_utils._engine.options import connection_spec
from ..module_utils._http import client as _http
from ..module_utils._http.settings import Service

try:
    from ansible.template import trust_as_template
except ImportError:  # before 2.19, every text that is not marked is a template
    from ansible.utils.unsafe_proxy import wrap_var

    def trusted(value: str) -> str:
        """Return a text of this collection, which may be a template."""
        return value

    def _inert(value: str) -> str:
        marked: str = wrap_var(value)
        return marked

    def composed(value: Any) -> Any:
        """Return a composed variable unchanged."""
        return value

else:

    def trusted(value: str) -> str:
        """Return a text of this collection, which may be a template."""
        declared: str = trust_as_template(value)
        return declared

    def _inert(value: str) -> str:
        return value

    def composed(value: Any) -> Any:
        """Return a composed variable, which ansible-inventory then shows as before 2.19."""
        return untrusted(value)


# A brace, the header that defines other delimiters, or an escape that from_yaml turns into either.
_TEMPLATE_MARKS = re.compile(r"\{|#jinja2:|\\[xuU][0-9A-Fa-f]{2}|\\\n")


def untrusted(value: Any) -> Any:
    """Return a value from the service with texts that Ansible never templates.

    ansible-inventory shows an untrusted text as a dictionary, ``{"__ansible_unsafe": ...}``.
    Programs that read its output expect texts, so a text that cannot be a template is trusted.
    """
    if isinstance(value, dict):
        return {key: untrusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [untrusted(item) for item in value]
    if not isinstance(value, str):
        return value
    return _inert(value) if _TEMPLATE_MARKS.search(value) else trusted(value)


class Found(NamedTuple):
    """A future host: the parts of its name, its id, its variables, and a reader of its processes.

    The reader sends a request if the list did not contain the processes.
    """

    name: tuple[str, ...]
    id: str
    variables: dict[str, Any]
    processes: Callable[[], list[Process]]


_CONCERNS_ONE = {
    *("forbidden", "not_found", "refused", "service_error"),
    *("redirected", "unexpected_answer"),
}
"""Codes of failures after which requests for other members may succeed."""

Read = TypeVar("Read")


class Survey:
    """One read of a fleet: its client, and the failures of omitted members."""

    def __init__(self, client: _http.Client, warn: Callable[[str], None]) -> None:
        self.client = client
        self.failures: list[Failure] = []
        self._warn = warn

    def attempt(self, member: str, read: Callable[[], Read]) -> Read | None:
        """Return the result of ``read``, or None with a warning if this member cannot be read.

        Raises Failure if the failure affects the whole fleet. ``read`` must not be lazy, because
        nothing of an omitted member may be used.
        """
        try:
            return read()
        except Failure as failure:
            if failure.code not in _CONCERNS_ONE or failure.time_spent:
                raise
            self.failures.append(failure)
            self._warn(f"{member} is omitted from the inventory: {failure.message}")
            return None

    def check(self, hosts: list[Any]) -> None:
        """Raise the first Failure if no host is left, unless all omitted members were deleted."""
        if not hosts:
            for failure in self.failures:
                if failure.code != "not_found":
                    raise failure


class FleetInventory(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    """The base class of the inventory plugins.

    ``service`` is the service from module_utils, ``group`` the group of all hosts and the prefix of
    their variables, ``processes`` the variable for processes.
    """

    service: Service
    group: str
    processes: str

    def find(self, survey: Survey) -> Iterator[Found]:
        """Yield all future hosts, unfiltered; raise Failure if they cannot be read."""
        raise NotImplementedError

    def verify_file(self, path: str) -> bool:
        """Return whether a file may be a configuration of this plugin, by the end of its name."""
        return super().verify_file(path) and path.endswith(
            (f"{self.group}.yml", f"{self.group}.yaml")
        )

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory from a configuration file; raise AnsibleParserError on failure."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        if self.get_option("cache"):
            hosts = self._cached_hosts(path, cache)
        else:
            hosts, _is_whole = self._read_hosts()
        self.inventory.add_group(self.group)
        for name, variables in _named(hosts, self.display.warning):
            self._add_host(name, variables)

    def set_options(
        self, task_keys: Any = None, var_options: Any = None, direct: dict[str, Any] | None = None
    ) -> None:
        """Set the options, after evaluating the connection options and dropping empty ones.

        Ansible would treat an empty text, or a template, as false or as the current folder.
        """
        given = dict(direct or {})
        for name, about in connection_spec(self.service).items():
            for key in given.keys() & {name, *about.get("aliases", ())}:
                value = given[key]
                if isinstance(value, str):
                    value = self.templar.template(value)
                if value is None or value == "":
                    del given[key]
                    continue
                if about["type"] == "bool":
                    try:
                        value = boolean(value)
                    except TypeError as error:
                        raise AnsibleParserError(f"{key}: {error}") from None
                given[key] = value
        super().set_options(task_keys=task_keys, var_options=var_options, direct=given)

    def _cached_hosts(self, path: str, cache: bool) -> list[dict[str, Any]]:
        # Everything that determines what is read. Of the token, only part of a digest is stored.
        used = self._vars if self.get_option("use_extra_vars") else None
        decisive = json.dumps(
            [self._connection(), self.get_options(), used], sort_keys=True, default=str
        )
        key = f"{self.get_cache_key(path)}_{hashlib.sha256(decisive.encode()).hexdigest()[:12]}"
        if cache:
            kept = self._cache.get(key)
            if kept is not None:  # otherwise never read, expired, or incomplete
                return list(kept)
        hosts, is_whole = self._read_hosts()
        # Do not cache an incomplete result: a run that uses the cache would not warn about it.
        self._cache[key] = hosts if is_whole else None
        return hosts

    def _read_hosts(self) -> tuple[list[dict[str, Any]], bool]:
        """Return the hosts that the filters include, as JSON: ``{name, id, variables}``; and
        whether no member of the fleet was omitted."""
        if _http.IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        task = Task(self._connection(), True, self.display.warning)
        hosts = []
        try:
            with connected(self.service, task) as client:
                survey = Survey(client, self.display.warning)
                for found in self.find(survey):
                    if not self._taken(found):
                        continue
                    name, variables = host_name(found.name), found.variables
                    if self.get_option("processes"):
                        processes = survey.attempt(f"Host {name}", found.processes)
                        if processes is None:
                            continue
                        variables = {**variables, self.processes: processes}
                    hosts.append({"name": name, "id": found.id, "variables": variables})
                survey.check(hosts)
        except Failure as failure:
            raise AnsibleParserError(failure.message) from None
        return hosts, not survey.failures

    def _connection(self) -> dict[str, Any]:
        """Return the connection options as a module would have them."""
        params = {}
        for name, about in connection_spec(self.service).items():
            value = self.get_option(name)
            if value in (None, "") and "fallback" in about:
                # Ansible uses a variable that is set but empty.
                value = _first_set(about) or about.get("default")
            params[name] = value
        return params

    def _taken(self, found: Found) -> bool:
        variables = untrusted(found.variables)
        for number, rule in enumerate(self.get_option("filters")):
            if len(rule) != 1 or not rule.keys() <= {"include", "exclude"}:
                raise AnsibleParserError(
                    f"filters[{number}]: a rule has exactly one of include and exclude."
                )
            for kind, condition in rule.items():
                if self._is_true(condition, variables, f"filters[{number}].{kind}"):
                    return bool(kind == "include")
        return True

    def _is_true(self, condition: Any, variables: dict[str, Any], option: str) -> bool:
        if isinstance(condition, str):
            try:
                condition = self._compose(condition, variables)
            except AnsibleError as error:
                raise AnsibleParserError(f"{option} cannot be evaluated: {error}") from None
        if not isinstance(condition, bool):
            raise AnsibleParserError(f"{option} is neither true nor false, but {condition!r}.")
        return condition

    def _add_host(self, name: str, variables: dict[str, Any]) -> None:
        self.inventory.add_host(name, group=self.group)
        own = {
            "ansible_connection": trusted("local"),
            # Otherwise Ansible discovers a Python, which may not have requests.
            "ansible_python_interpreter": trusted("{{ ansible_playbook_python }}"),
        }
        for key, value in {**own, **untrusted(variables)}.items():
            self.inventory.set_variable(name, key, value)
        strict = self.get_option("strict")
        variables = self.inventory.get_host(name).get_vars()
        compose = self.get_option("compose")
        self._set_composite_vars(compose, variables, name, strict=strict)
        made = self.inventory.get_host(name).vars
        for key in made.keys() & compose.keys():
            self.inventory.set_variable(name, key, composed(made[key]))
        self._add_host_to_composed_groups(self.get_option("groups"), {}, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), {}, name, strict=strict)


def _first_set(about: dict[str, Any]) -> str | None:
    first_set, variables = about["fallback"]
    try:
        return str(first_set(*variables))
    except AnsibleFallbackNotFound:
        return None


def picked(prefix: str, attributes: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return host variables of the named attributes only.

    Anything else that a service sends, now or later, may be secret.
    """
    return {f"{prefix}_{name}": attributes.get(name) for name in names}


def host_name(parts: tuple[str, ...]) -> str:
    """Return the parts of a name, joined with dots, as a safe host name.

    It is safe wherever Ansible uses host names: in patterns, in file names, and in variables that
    are templated.
    """
    allowed = r"[^A-Za-z0-9_.-]+" if len(parts) == 1 else r"[^A-Za-z0-9_-]+"
    return ".".join(re.sub(allowed, "-", part).strip("-") or "unnamed" for part in parts)


def _named(
    hosts: list[dict[str, Any]], warn: Callable[[str], None]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield unique host names, each with the variables of its host.

    Hosts with the same name all get their ids appended. If one of them kept the name, it could be
    another one in the next run, and host_vars would apply to the wrong host.
    """
    counts = Counter(host["name"] for host in hosts)
    for name, count in counts.items():
        if count > 1:
            warn(f"{count} hosts would have the name {name}; each has its id appended to it.")
    for host in hosts:
        name = host["name"] if counts[host["name"]] == 1 else f"{host['name']}-{host['id']}"
        yield name, host["variables"]
