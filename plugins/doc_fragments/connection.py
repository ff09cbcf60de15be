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
      - How many seconds to wait for a connection, and for each part of an answer.
    type: int
    default: 30
  api_retries:
    description:
      - How often one request is repeated at most.
      - A request that the rate limit refused is repeated whatever it was. A request whose connection was lost, or that
        ended in HTTP 500, 502, 503 or 504, is repeated when it was a read, an update or a deletion. A creation or the
        start of a deployment is not repeated before the service's list shows that nothing came of it.
    type: int
    default: 5
  api_max_wait:
    description:
      - How many seconds the task may spend in all on waiting for the rate limit and on requests that have to be
        repeated. It starts nothing that would take it beyond; the request under way may.
    type: int
    default: 300
  validate_certs:
    description:
      - Whether the service's TLS certificate is checked. With V(false), anybody in between can read and use the token;
        the module warns about it.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, in PEM format.
      - If not given or empty, E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and then E(SSL_CERT_FILE) is used, the first one
        that is not empty. Without any of them, the authorities that C(requests) comes with are trusted.
    type: path
requirements:
  - python >= 3.9
  - requests >= 2.25.1
  - jsonschema >= 3.2.0
notes:
  - Proxies are taken from the usual environment variables, such as E(HTTPS_PROXY) and E(NO_PROXY).
  - The module runs where the task runs. For the services that is usually the controller, with C(hosts=localhost) or
    C(connection=local).
  - Such a task runs inside Ansible's own worker when that is the same, which is many times faster. The variable
    C(evenkeel_paas_in_worker) or the environment variable E(EVENKEEL_PAAS_IN_WORKER) switches that off when it is false;
    L(the guide, https://evenkeel.github.io/evenkeel.paas/docsite/guide_performance.html) says more.
"""

    SEVALLA = r"""
options:
  api_token:
    description:
      - The API key of a Sevalla company.
      - Needed. If not given or empty, E(SEVALLA_API_KEY) and then E(SEVALLA_API_TOKEN) is used, the first one that is not empty.
    type: str
    aliases: [api_key]
  api_url:
    description:
      - The base URL of the API. Without encryption (C(http)) only loopback addresses are accepted.
      - If not given or empty, E(SEVALLA_API_URL) is used when it is set and not empty.
    type: str
    default: https://api.sevalla.com/v3
seealso:
  - name: Sevalla API reference
    description: What the service itself says of its processes.
    link: https://api-docs.sevalla.com
"""

    LARAVEL_CLOUD = r"""
options:
  api_token:
    description:
      - An API token of a Laravel Cloud organization.
      - Needed. If not given or empty, E(LARAVEL_CLOUD_API_TOKEN) and then E(LARAVEL_CLOUD_TOKEN) is used, the first one that is
        not empty.
    type: str
    aliases: [api_key]
  api_url:
    description:
      - The base URL of the API. Without encryption (C(http)) only loopback addresses are accepted.
      - If not given or empty, E(LARAVEL_CLOUD_BASE_URL) is used when it is set and not empty.
    type: str
    default: https://cloud.laravel.com/api
seealso:
  - name: Laravel Cloud API reference
    description: What the service itself says of its background processes.
    link: https://cloud.laravel.com/docs/api
"""
