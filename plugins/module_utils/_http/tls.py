# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trusted CA certificates, loaded once. Imported for https only.

Loading them is the slowest part of a first request. requests does it for each connection; this
module does it once in a process, and before the fork if there is one.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import cache
from typing import Any

from .settings import verification

try:
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # reported by _engine/module.py before this module is used
    HTTPAdapter = object  # type: ignore[assignment,misc]


@cache
def tls_context(authorities: str) -> ssl.SSLContext:
    """Return the SSLContext of requests, with the CA certificates of a file or folder.

    Raises OSError if they cannot be loaded.
    """
    context = create_urllib3_context()
    # urllib3 before 1.24.2 also loads the system's authorities into it (CVE-2019-11324).
    context.load_default_certs = lambda *_: None  # type: ignore[method-assign]
    if os.path.isdir(authorities):
        context.load_verify_locations(capath=authorities)
    else:
        context.load_verify_locations(authorities)
    return context


class _Preloaded(HTTPAdapter):
    """An adapter with a preloaded context, which requests would load for each connection."""

    def __init__(self, context: ssl.SSLContext, connections: int) -> None:
        self._context = context
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        conn.ca_certs = conn.ca_cert_dir = None


def adapter(url: str, verify: Any, connections: int) -> HTTPAdapter | None:
    """Return an adapter with preloaded certificates, or None to use the one of requests.

    ``verify`` is that of ``Settings``. It returns None for a proxy, which may use its own TLS, and
    if the certificates cannot be loaded, because requests reports that itself.
    """
    if verify is False or get_environ_proxies(url):
        return None
    with suppress(OSError):
        context = tls_context(DEFAULT_CA_BUNDLE_PATH if verify is True else str(verify))
        return _Preloaded(context, connections)
    return None


def preload(url: str) -> None:
    """Load the CA certificates for tasks that do not set their own connection options."""
    adapter(url, verification(True, None), 1)
