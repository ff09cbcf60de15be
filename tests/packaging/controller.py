# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of AWX's API that its own modules need to register credential types and job
templates."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import make_server

ENCRYPTED = "$encrypted$"


class Controller:
    """AWX as a web server, in a thread of this process; ``writes`` are the requests except GET."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(20)
        self.writes: list[tuple[str, str]] = []
        self._objects: dict[str, dict[int, dict[str, Any]]] = {
            "credential_types": {},
            "credentials": {},
            "job_templates": {},
            "organizations": {1: {"name": "Default"}},
            "projects": {2: {"name": "Infrastructure", "organization": 1}},
            "inventories": {3: {"name": "Local"}},
        }
        for kind in self._objects:
            for number, each in self._objects[kind].items():
                each.update(self._address(kind, number))
        self._next = 10
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Controller:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of a kind, with their secrets."""
        return list(self._objects[kind].values())

    @staticmethod
    def _address(kind: str, number: int) -> dict[str, Any]:
        return {"id": number, "type": kind[:-1], "url": f"/api/v2/{kind}/{number}/"}

    def _shown(self, kind: str, each: dict[str, Any]) -> dict[str, Any]:
        """Return an object as the API shows it: secrets are always encrypted."""
        if kind != "credentials":
            return each
        about = self._objects["credential_types"][each["credential_type"]]["inputs"]
        secret = {field["id"] for field in about["fields"] if field.get("secret")}
        inputs = {
            name: ENCRYPTED if name in secret else value for name, value in each["inputs"].items()
        }
        return {**each, "inputs": inputs}

    def _app(self) -> Flask:
        app = Flask("controller", static_folder=None)

        @app.before_request
        def check() -> None:
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                abort(401)
            if request.method != "GET":
                self.writes.append((request.method, request.path))

        @app.get("/api/v2/<kind>/")
        def find(kind: str) -> Response:
            wanted = {name: text for name, text in request.args.items() if name != "page_size"}
            found = [
                self._shown(kind, each)
                for each in self._objects[kind].values()
                if all(str(each.get(name)) == text for name, text in wanted.items())
            ]
            return jsonify(count=len(found), next=None, results=found)

        @app.post("/api/v2/<kind>/")
        def create(kind: str) -> tuple[Response, int]:
            self._next += 1
            made = {**request.get_json(), **self._address(kind, self._next)}
            self._objects[kind][self._next] = made
            if kind == "job_templates":
                made["credentials"] = []
            return jsonify(self._shown(kind, made)), 201

        @app.patch("/api/v2/<kind>/<int:number>/")
        def update(kind: str, number: int) -> Response:
            each = self._objects[kind][number]
            each.update(request.get_json())
            return jsonify(self._shown(kind, each))

        @app.get("/api/v2/job_templates/<int:number>/credentials/")
        def has(number: int) -> Response:
            found = [
                self._shown("credentials", self._objects["credentials"][each])
                for each in self._objects["job_templates"][number]["credentials"]
            ]
            return jsonify(count=len(found), next=None, results=found)

        @app.post("/api/v2/job_templates/<int:number>/credentials/")
        def associate(number: int) -> tuple[str, int]:
            asked = request.get_json()
            held = self._objects["job_templates"][number]["credentials"]
            if asked.get("disassociate"):
                held.remove(asked["id"])
            else:
                held.append(asked["id"])
                held.sort()
            return "", 204

        return app
