# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the cost of tasks, in one run, against servers on loopback.

Milliseconds differ from machine to machine, but ratios between tasks of one run hardly do. A cost
is marginal: a play runs with a small and a large number of units, and the difference counts, so
that the startup of Ansible and of the play does not. All cases run in turn, round after round, so
that a busy moment of the machine affects all of them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, NamedTuple

import yaml

from places import CACHE, collections_path, mirror_path
from report import Cost, Measured, report
from servers import PUBLIC_KEY, Authority, Counted, Place, Servers, running
from surroundings import clean_environment

FOLDER = CACHE / "bench"
PEERS = FOLDER / "peers"
WITHOUT_ACTIONS = FOLDER / "without_actions"
HOSTS = 50
OURS = "evenkeel.paas.sevalla_process"
BULK = "evenkeel.paas.sevalla_processes"

Task = dict[str, Any]


class BenchError(Exception):
    """A case did not do what it should, so its time is meaningless."""


class Case(NamedTuple):
    """A case to measure. ``tasks(place, n)`` are the tasks of a play with n units; measured are
    ``few`` and ``many``, and the difference is divided by ``units``.

    ``requests`` is the expected number of requests for one unit. ``here`` says whether our modules
    run in the worker; ``changes`` that every task makes a change, and that responses are slow.
    """

    name: str
    tasks: Callable[[Place, int], list[Task]]
    few: int
    many: int
    units: int
    requests: int
    here: bool = True
    changes: bool = False
    hosts: str = "localhost"
    without_actions: bool = False
    both_schemes: bool = False


def _ours(place: Place, name: str, entrypoint: str = "node worker.js") -> Task:
    return {
        OURS: {"application": place.application, "display_name": name, "entrypoint": entrypoint}
    }


def _uri(place: Place, name: str) -> Task:
    return {
        "ansible.builtin.uri": {
            "url": f"{place.api_url}/applications/{place.application}/processes?limit=100&offset=0",
            "headers": {"Authorization": f"Bearer {place.token}", "Accept": "application/json"},
            "return_content": True,
        }
    }


def _vultr(place: Place, name: str) -> Task:
    options = {"name": name, "ssh_key": PUBLIC_KEY, "api_key": place.token}
    return {"vultr.cloud.ssh_key": {**options, "api_endpoint": f"{place.peers_url}/v2"}}


def _hcloud(place: Place, name: str) -> Task:
    options = {"name": name, "labels": {}, "api_token": place.token}
    return {"hetzner.hcloud.ssh_key": {**options, "api_endpoint": f"{place.peers_url}/v1"}}


def _bulk(place: Place, entrypoint: str, parallel: int = 8) -> Task:
    processes = [{"display_name": f"p{n}", "entrypoint": entrypoint} for n in range(HOSTS)]
    options = {"application": place.application, "processes": processes, "max_parallel": parallel}
    return {BULK: options}


def single(task: Callable[[Place, str], Task]) -> Callable[[Place, int], list[Task]]:
    """Return the same task several times."""
    return lambda place, n: [task(place, "p0") for _each in range(n)]


def loop(task: Callable[[Place, str], Task]) -> Callable[[Place, int], list[Task]]:
    """Return one task in a loop."""
    return lambda place, n: [{**task(place, "p{{ item }}"), "loop": list(range(n))}]


def cases() -> list[Case]:
    """Return the cases. ``stamp`` is different in each play, so that changes are real."""

    def changed(place: Place, name: str) -> Task:
        return _ours(place, name, "{{ stamp }}")

    def same(place: Place, n: int) -> list[Task]:
        return [_bulk(place, "node worker.js") for _each in range(n)]

    def changing(place: Place, n: int) -> list[Task]:
        return [_bulk(place, f"{{{{ stamp }}}}-{number}") for number in range(n)]

    def one_by_one(place: Place, n: int) -> list[Task]:
        return [_bulk(place, f"{{{{ stamp }}}}-{number}", 1) for number in range(n)]

    def of_hosts(place: Place, n: int) -> list[Task]:
        return [
            _ours(place, "p{{ inventory_hostname | regex_replace('h') }}") for _each in range(n)
        ]

    one: dict[str, Any] = {"few": 1, "many": 11, "units": 10, "both_schemes": True}
    first: dict[str, Any] = {"few": 0, "many": 1, "units": 1}
    fifty: dict[str, Any] = {"few": 1, "many": 1 + HOSTS, "units": 1}
    slow: dict[str, Any] = {"units": 1, "changes": True}
    hosts: dict[str, Any] = {"few": 1, "many": 2, "units": 1, "requests": HOSTS, "hosts": "fifty"}
    few: dict[str, Any] = {"few": 1, "many": 3, **slow, "units": 2, "requests": 1 + HOSTS}
    return [
        Case("one task: uri", single(_uri), requests=1, **one),
        Case("one task: in the worker", single(_ours), requests=1, **one),
        Case("one task: as a module", single(_ours), requests=1, here=False, **one),
        Case(
            "one task: as a module, without the action plugin",
            single(_ours),
            requests=1,
            without_actions=True,
            **{**one, "both_schemes": False},
        ),
        Case("one task: vultr.cloud", single(_vultr), requests=1, **one),
        Case("one task: hetzner.hcloud", single(_hcloud), requests=2, **one),
        Case("first task of a play: uri", single(_uri), requests=1, **first),
        Case("first task of a play: in the worker", single(_ours), requests=1, **first),
        Case("first task of a play: as a module", single(_ours), requests=1, here=False, **first),
        Case(
            "first task of a play: as a module, without the action plugin",
            single(_ours),
            requests=1,
            without_actions=True,
            **first,
        ),
        Case("first task of a play: bulk of fifty in the worker", same, requests=1, **first),
        Case("loop of fifty: uri", loop(_uri), requests=50, **fifty),
        Case("loop of fifty: in the worker", loop(_ours), requests=50, **fifty),
        Case("loop of fifty: as a module", loop(_ours), requests=50, here=False, **fifty),
        Case("loop of fifty: vultr.cloud", loop(_vultr), requests=50, **fifty),
        Case("loop of fifty: hetzner.hcloud", loop(_hcloud), requests=100, **fifty),
        Case(
            "fifty changes at 50 ms: a loop in the worker",
            loop(changed),
            requests=100,
            **{**fifty, **slow},
        ),
        Case(
            "fifty changes at 50 ms: a loop as modules",
            loop(changed),
            requests=100,
            here=False,
            **{**fifty, **slow},
        ),
        Case("fifty hosts, five forks: in the worker", of_hosts, **hosts),
        Case("fifty hosts, five forks: as modules", of_hosts, here=False, **hosts),
        Case("fifty hosts, five forks: uri", single(_uri), **hosts),
        Case("bulk of fifty: in the worker", same, requests=1, **one),
        Case("bulk of fifty: as a module", same, requests=1, here=False, **one),
        Case("fifty changes at 50 ms: bulk in the worker", changing, **few),
        Case("fifty changes at 50 ms: bulk in the worker, one at a time", one_by_one, **few),
        Case("fifty changes at 50 ms: bulk as a module", changing, here=False, **few),
    ]


class Bench:
    """Runs plays and measures their time."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._stamp = 0
        self._inventory = FOLDER / "hosts.yml"
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        fifty: dict[str, Any] = {"hosts": {f"h{n}": {} for n in range(HOSTS)}}
        everything = {"hosts": {"localhost": {}}, "vars": local, "children": {"fifty": fifty}}
        self._inventory.write_text(yaml.safe_dump({"all": everything}))
        (FOLDER / "ansible.cfg").write_text("")

    def measure(self, case: Case, servers: Servers) -> tuple[Cost, Counted]:
        """Return the time, requests and connections of one unit; raise BenchError."""
        servers.slow(case.changes)
        try:
            few_cost, few = self._run(case, servers, case.few)
            many_cost, many = self._run(case, servers, case.many)
        finally:
            servers.slow(False)
            if case.changes:
                servers.restore()
        more = many.since(few)
        if more.requests != case.requests * case.units:
            raise BenchError(f"{case.name}: {more.requests} requests, not {case.requests}")
        return (
            Cost(
                (many_cost.seconds - few_cost.seconds) / case.units,
                (many_cost.cpu - few_cost.cpu) / case.units,
            ),
            Counted(more.requests // case.units, more.connections // case.units),
        )

    def _run(self, case: Case, servers: Servers, number: int) -> tuple[Cost, Counted]:
        self._stamp += 1
        play = {
            "hosts": case.hosts,
            "gather_facts": False,
            "vars": {"stamp": f"run {self._stamp}"},
            "tasks": [{"ansible.builtin.meta": "noop"}, *case.tasks(servers.place, number)],
        }
        path = FOLDER / "play.yml"
        path.write_text(yaml.safe_dump([play], sort_keys=False))
        command = [sys.executable, "-m", "ansible", "playbook", "-i", str(self._inventory)]
        before = servers.counted()
        started, cpu = time.perf_counter(), _cpu_of_children()
        done = subprocess.run(
            [*command, str(path)],
            env=self._environment(case, servers.place),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        cost = Cost(time.perf_counter() - started, _cpu_of_children() - cpu)
        changed = sum(int(each) for each in re.findall(r"changed=(\d+)", done.stdout))
        if done.returncode or bool(changed) != (case.changes and number > 0):
            raise BenchError(f"{case.name}: did not go as it should\n{done.stdout[-4000:]}")
        return cost, servers.counted().since(before)

    def _environment(self, case: Case, place: Place) -> dict[str, str]:
        ours = WITHOUT_ACTIONS if case.without_actions else collections_path()
        kept = {
            name: value
            for name, value in clean_environment().items()
            if not name.lower().endswith(("_proxy", "_ca_bundle", "ssl_cert_dir"))
        }
        del kept["PYTHONPATH"]
        return {
            **kept,
            "ANSIBLE_CONFIG": str(FOLDER / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(ours), str(PEERS)]),
            "ANSIBLE_FORKS": "5",
            "EVENKEEL_PAAS_IN_WORKER": "yes" if case.here else "no",
            "PYTHONPATH": os.pathsep.join([str(FOLDER / "python"), str(FOLDER / "libraries")]),
            "SSL_CERT_FILE": str(self._authority.bundle),
            "SEVALLA_API_URL": place.api_url,
            "SEVALLA_API_KEY": place.token,
        }


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fetch_peers() -> bool:
    """Extract the peers' collections from the ansible package, once; return False if that fails."""
    if (FOLDER / "libraries" / "dateutil").exists() and len(peers_versions()) == 2:
        return True
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    with contextlib.suppress(subprocess.CalledProcessError):
        print("fetching the collections vultr.cloud and hetzner.hcloud", flush=True)
        libraries = str(FOLDER / "libraries")
        subprocess.run(
            [*pip, "install", "--target", libraries, "python-dateutil"],
            check=True,
        )
        subprocess.run(
            [*pip, "download", "--no-deps", "--dest", str(FOLDER), "ansible"], check=True
        )
        wanted = ("ansible_collections/vultr/cloud/", "ansible_collections/hetzner/hcloud/")
        for wheel in FOLDER.glob("ansible-*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.startswith(wanted)]
                archive.extractall(PEERS, names)
            wheel.unlink()
        return True
    return False


def peers_versions() -> dict[str, str]:
    """Return the versions of the peers' collections."""
    found = {}
    for name in ("vultr.cloud", "hetzner.hcloud"):
        path = PEERS / "ansible_collections" / name.replace(".", "/") / "MANIFEST.json"
        if path.exists():
            found[name] = json.loads(path.read_text())["collection_info"]["version"]
    return found


def _copy_without_actions() -> None:
    """Copy the collection without its action plugins, as if there were no fast path."""
    shutil.rmtree(WITHOUT_ACTIONS, ignore_errors=True)
    inside = Path("ansible_collections/evenkeel/paas")
    for part in ("plugins", "meta", "galaxy.yml"):
        source, target = mirror_path() / part, WITHOUT_ACTIONS / inside / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("action"))
        else:
            shutil.copy2(source, target)


@contextlib.contextmanager
def both_servers(authority: Authority) -> Iterator[dict[str, Servers]]:
    """Start servers for http and for https."""
    with running(None) as plain, running(authority) as secure:
        yield {"http": plain, "https": secure}


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often (%(default)s)")
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--docs", action="store_true", help="write the table into the guide")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(f"this machine is busy (load {load:.1f} on {cores} cores): times will mean little")
        if options.docs:
            print("bench: no table for the guide is made on a busy machine")
            return 1
    chosen = [case for case in cases() if options.only in case.name]
    if not fetch_peers():
        print("left out: vultr.cloud and hetzner.hcloud, the package ansible cannot be had")
        chosen = [case for case in chosen if "vultr" not in case.name and "hcl" not in case.name]
    authority = Authority(FOLDER)
    measured: dict[tuple[str, str], Measured] = {}
    try:
        with both_servers(authority) as servers:
            _copy_without_actions()
            bench = Bench(authority)
            for number in range(1, options.rounds + 1):
                for case in chosen:
                    for scheme in ("http", "https") if case.both_schemes else ("http",):
                        cost, counted = bench.measure(case, servers[scheme])
                        entry = measured.setdefault((case.name, scheme), Measured([], counted))
                        entry.costs.append(cost)
                        cost_text = (
                            f"{cost.seconds * 1000:7.0f} ms  {cost.cpu * 1000:7.0f} ms of CPU"
                        )
                        print(f"round {number}  {cost_text}  {scheme:5}  {case.name}", flush=True)
    except BenchError as error:
        print(f"bench: {error}")
        return 1
    report(measured, peers_versions(), load, write=options.docs)
    growth = [sys.executable, str(Path(__file__).with_name("growth.py"))]
    environment = {**clean_environment(), "PYTHONPATH": str(collections_path())}
    return subprocess.run(growth, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
