# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.emulator``: run both services until the process is stopped."""

from __future__ import annotations

import argparse
import signal
import threading

from .faults import Fault, UnknownFaultError
from .server import Emulator
from .switches import Switches, UnknownSwitchError


def _switch(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("must be NAME=VALUE")
    try:
        Switches({name: value})
    except UnknownSwitchError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, value


def _fault(text: str) -> Fault:
    try:
        return Fault.parse(text)
    except UnknownFaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main() -> None:
    """Start the emulator, print its addresses, and wait for SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--token", help="the token that both services take; random by default")
    parser.add_argument(
        "--switch",
        type=_switch,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an open question's answer, see README.md; can be repeated",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="KIND[,NAME=VALUE…]",
        help="something that goes wrong, see README.md; can be repeated",
    )
    parser.add_argument(
        "--applications",
        type=int,
        default=0,
        metavar="NUMBER",
        help="so many applications on Sevalla beside those of every start",
    )
    options = parser.parse_args()

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopped.set())
    emulator = Emulator(
        dict(options.switch), host=options.host, port=options.port, token=options.token
    )
    emulator.faults.add(*options.fault)
    for number in range(options.applications):
        emulator.world.sevalla.add_application(f"Fleet {number}")
    with emulator:
        lines = (
            "# Both services are up. Stop with Ctrl-C.",
            f"SEVALLA_API_URL={emulator.sevalla_url}",
            f"SEVALLA_API_KEY={emulator.token}",
            f"LARAVEL_CLOUD_BASE_URL={emulator.laravel_cloud_url}",
            f"LARAVEL_CLOUD_API_TOKEN={emulator.token}",
            f"EMULATOR_TOKEN={emulator.token}",
            f"EMULATOR_URL={emulator.url}",
        )
        print(*lines, sep="\n", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
