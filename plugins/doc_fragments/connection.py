# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that say how a service is reached, the same in every module."""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.connection``, and a part for each service."""

    DOCUMENTATION = r"""
options:
  api_timeout:
    description:
      - How many seconds to wait for a connection, and for each part of a response.
    type: int
    default: 30
  api_retries:
    description:
      - The maximum number of times that one request is retried.
      - Every request is retried if the rate limit refuses it, if no connection can be made, or if Laravel Cloud is busy
        with another operation. Reads, updates and deletions are also retried if the connection is lost or the service
        responds with HTTP 408, 500, 502, 503, 504 or 520 to 524.
      - After a lost connection or HTTP 500, 502, 503 or 520 to 523, a creation or the start of a deployment is retried
        at most twice, and only if the service's list shows that it had no effect. After a timeout or HTTP 408, 504 or
        524 it is not retried, because the service may still be working on it.
    type: int
    default: 5
  api_max_wait:
    description:
      - How many seconds the task may spend in total on waiting for the rate limit, on failed requests, and on waiting
        for another task on the same machine that is creating something in the same application, instance or
        environment. The task does not start a wait that would exceed this limit, but a request in flight may take
        longer. The time of a failed creation does not count, so that the task can look for what it created.
    type: int
    default: 300
  validate_certs:
    description:
      - Whether to verify the service's TLS certificate. With V(false), others on the network can read and use the
        token, and the module warns about it.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM format, or a folder of such files that
        C(openssl rehash) has prepared.
      - If you omit it or leave it empty, the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE)
        that is not empty is used. Otherwise the authorities that come with C(requests) are trusted.
    type: path
requirements:
  - python >= 3.9
  - requests >= 2.25.1
  - jsonschema >= 3.2.0
notes:
  - An empty connection option counts as omitted.
  - The module uses the proxies in the usual environment variables, such as E(HTTPS_PROXY) and E(NO_PROXY).
  - Run the module on the controller, with C(hosts=localhost) or C(connection=local).
  - There it runs inside Ansible's worker, which is much faster than a module. To switch that off, set the
    variable C(evenkeel_paas_in_worker) or the environment variable E(EVENKEEL_PAAS_IN_WORKER) to false. See
    L(Performance, https://evenkeel.github.io/evenkeel.paas/docsite/guide_performance.html).
"""

    SEVALLA = r"""
options:
  api_token:
    description:
      - The API key of a Sevalla company.
      - Required. If you omit it, the first of E(SEVALLA_API_KEY) and E(SEVALLA_API_TOKEN) that is not empty is used.
    type: str
    aliases: [api_key]
  api_url:
    description:
      - The base URL of the API. C(http) is accepted only for loopback addresses.
      - If you omit it, E(SEVALLA_API_URL) is used if it is not empty.
    type: str
    default: https://api.sevalla.com/v3
seealso:
  - name: Sevalla API reference
    description: The service's own description of its processes.
    link: https://api-docs.sevalla.com
"""

    LARAVEL_CLOUD = r"""
options:
  api_token:
    description:
      - An API token of a Laravel Cloud organization.
      - Required. If you omit it, the first of E(LARAVEL_CLOUD_API_TOKEN) and E(LARAVEL_CLOUD_TOKEN) that is not empty
        is used.
    type: str
    aliases: [api_key]
  api_url:
    description:
      - The base URL of the API. C(http) is accepted only for loopback addresses.
      - If you omit it, E(LARAVEL_CLOUD_BASE_URL) is used if it is not empty.
    type: str
    default: https://cloud.laravel.com/api
seealso:
  - name: Laravel Cloud API reference
    description: The service's own description of its background processes.
    link: https://cloud.laravel.com/docs/api
"""
