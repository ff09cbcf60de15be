# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common code for deployments and commands of a Laravel Cloud environment."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from .._core.fields import at
from .._engine.pending import is_oldest_first
from .._engine.watch import Operation, Operations
from .._http.client import Client
from .pages import ends
from .service import SERVICE, find_environment, of_parent, resource_in


class EnvironmentOperations(Operations):
    """A kind of operation of an environment. A subclass must also set the attributes."""

    service = SERVICE

    collection: ClassVar[str]
    """The part of the paths for the kind: ``deployments``, ``commands``."""

    listed_time: ClassVar[str]
    """The attribute whose values show the order of the list, which is not documented."""

    def find_scope(self, client: Client, params: dict[str, Any]) -> str:
        """Return the id of the environment; raise Failure ``not_found`` if there is none."""
        return find_environment(client, params["environment"], params["application"])

    def newest(self, client: Client, scope: str) -> list[Operation]:
        """Return the last hundred operations in the list's order, and perhaps the oldest."""
        path = self.list_path(scope)
        with of_parent("environment", scope):
            items = ends(client, path, self._is_oldest_first)
        return [self.receive(client, "GET", path, {"data": item}, scope) for item in items]

    def list_path(self, scope: str) -> str:
        """Return the path of the list, to which a POST adds an operation."""
        return f"/environments/{quote(scope, safe='')}/{self.collection}"

    def item_path(self, scope: str, operation_id: str) -> str:
        """Return the path of an operation."""
        return f"/{self.collection}/{quote(operation_id, safe='')}"

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Operation:
        """Return the operation in a JSON:API document: flattened attributes, id, environment_id."""
        resource = resource_in(client, path, at(answer, "data"), method)
        return {**resource["attributes"], "id": resource["id"], "environment_id": scope}

    def _is_oldest_first(self, page: list[Any]) -> bool | None:
        return is_oldest_first(page, lambda item: at(item, f"attributes.{self.listed_time}"))
