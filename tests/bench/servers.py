# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of the benchmark: the emulator, and a replacement for the peers' services."""

from __future__ import annotations

import contextlib
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import certifi
import requests
import trustme
from flask import Flask, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import mirror
from places import collections_path

LATENCY = 0.05
PROCESSES = 60
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHc7Xh5kKZ6tq0sQ1xw1v5tJ1B3n0v9z5o0i8Vt1d2Qe b"


class Place(NamedTuple):
    """The URLs and ids for a playbook; ``application`` has the processes p0 to p59."""

    api_url: str
    token: str
    application: str
    peers_url: str


class Counted(NamedTuple):
    """Requests and connections so far."""

    requests: int
    connections: int

    def since(self, before: Counted) -> Counted:
        """Return the difference to an earlier count."""
        return Counted(self.requests - before.requests, self.connections - before.connections)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Count a connection."""
        self.server.app.connections += 1  # type: ignore[attr-defined]
        super().setup()

    def log(self, *_arguments: Any) -> None:
        """Do nothing."""


class _Peers(Flask):
    """The part of Vultr's and Hetzner's API that a task on an existing SSH key uses."""

    def __init__(self) -> None:
        super().__init__("peers")
        self.connections = 0
        self.received = 0
        self.before_request(self._count)
        self.add_url_rule("/v2/ssh-keys", view_func=self._vultr)
        self.add_url_rule("/v1/ssh_keys", view_func=self._hetzner)

    def _count(self) -> None:
        self.received += 1

    def _vultr(self) -> Any:
        keys = [
            {"id": f"{n}", "name": f"p{n}", "ssh_key": PUBLIC_KEY, "date_created": "2026-01-01"}
            for n in range(PROCESSES)
        ]
        return jsonify(ssh_keys=keys, meta={"total": len(keys), "links": {"next": "", "prev": ""}})

    def _hetzner(self) -> Any:
        keys = [
            {
                "id": n + 1,
                "name": f"p{n}",
                "fingerprint": "00:00",
                "public_key": PUBLIC_KEY,
                "labels": {},
                "created": "2026-01-01T00:00:00+00:00",
            }
            for n in range(PROCESSES)
            if request.args.get("name") in (None, f"p{n}")
        ]
        page = {"page": 1, "per_page": 50, "last_page": 1, "total_entries": len(keys)}
        return jsonify(ssh_keys=keys, meta={"pagination": {**page, "next_page": None}})


class Servers:
    """The servers of one scheme, and the requests to them."""

    def __init__(self, emulator: Any, peers: _Peers, place: Place, verify: Any) -> None:
        self._emulator = emulator
        self._peers = peers
        self._verify = verify
        self.place = place

    def restore(self) -> None:
        """Restore p0 to p59, so that tasks have nothing to change."""
        self._emulator.reset()
        place = self.place
        _populate(place.api_url, place.token, place.application, self._verify)

    def counted(self) -> Counted:
        """Return the requests and connections of both so far."""
        return Counted(
            len(self._emulator.requests) + self._peers.received,
            self._emulator.connections + self._peers.connections,
        )

    def slow(self, on: bool) -> None:
        """Delay every response of the emulator by LATENCY, or stop doing so."""
        self._emulator.faults.clear()
        if on:
            from ansible_collections.evenkeel.paas.tests.emulator.faults import Fault

            self._emulator.faults.add(Fault("slow_after", times=None, seconds=LATENCY))


class Authority:
    """An authority that signs for loopback, in a bundle with the public authorities.

    A real bundle has hundreds of authorities; a single one would load faster.
    """

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.bundle = folder / "authorities.pem"
        own = self._ca.cert_pem.bytes().decode()
        self.bundle.write_text(Path(certifi.where()).read_text() + own)
        # requests uses only the authorities of certifi.
        package = folder / "python" / "certifi"
        package.mkdir(parents=True, exist_ok=True)
        package.joinpath("__init__.py").write_text(
            f"def where():\n    return {str(self.bundle)!r}\n\n\n"
            "def contents():\n    return open(where()).read()\n"
        )

    def server_side(self) -> ssl.SSLContext:
        """Return the TLS settings of a server on loopback."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert("127.0.0.1").configure_cert(context)
        return context


@contextlib.contextmanager
def running(authority: Authority | None) -> Iterator[Servers]:
    """Start the servers, over TLS if there is an authority, and stop them at the end."""
    mirror.update()
    sys.path.insert(0, str(collections_path()))
    from ansible_collections.evenkeel.paas.tests.emulator import Emulator
    from ansible_collections.evenkeel.paas.tests.emulator.world import SEVALLA_SHOP_ID

    peers = _Peers()
    tls = authority.server_side() if authority else None
    server = make_server(
        "127.0.0.1", 0, peers, threaded=True, request_handler=_Handler, ssl_context=tls
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with Emulator(tls=authority.server_side() if authority else None) as emulator:
            scheme = "https" if authority else "http"
            peers_url = f"{scheme}://127.0.0.1:{server.server_port}"
            place = Place(emulator.sevalla_url, emulator.token, SEVALLA_SHOP_ID, peers_url)
            verify = str(authority.bundle) if authority else True
            servers = Servers(emulator, peers, place, verify)
            servers.restore()
            yield servers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _populate(url: str, token: str, application: str, verify: Any) -> None:
    """Create p0 to p59."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        session.verify = verify
        session.trust_env = False
        sizes = session.get(f"{url}/resources/process-resource-types", timeout=30).json()
        listed = sizes["data"] if isinstance(sizes, dict) else sizes
        size = next(each["id"] for each in listed if each["name"] == "s1")
        for number in range(PROCESSES):
            body = {
                "display_name": f"p{number}",
                "type": "worker",
                "entrypoint": "node worker.js",
                "resource_type_id": size,
                "scaling_strategy": {"type": "manual", "config": {"instanceCount": 1}},
            }
            path = f"{url}/applications/{application}/processes"
            session.post(path, json=body, timeout=30).raise_for_status()
