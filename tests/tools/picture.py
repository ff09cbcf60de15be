# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the terminal pictures from real runs of examples against the emulator."""

from __future__ import annotations

import io
import subprocess
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from mirror import EmptyMirrorError
from places import ROOT
from start_emulator import EmulatorError, running_emulator
from surroundings import clean_environment

EXAMPLES = ROOT / "docs" / "examples"
IMAGES = ROOT / "docs" / "docsite" / "rst" / "images"
# The name of each picture, and the run that it shows.
PICTURES = {
    "terminal": ("change.yml", "--check", "--diff"),
    "progress": ("deploy_sevalla.yml",),
}
COLUMNS = 80

# Background, text, and the eight colours of a terminal, normal and bright.
THEME = TerminalTheme(
    (30, 34, 41),
    (214, 219, 226),
    [
        *((30, 34, 41), (240, 113, 120), (126, 201, 125), (230, 195, 104)),
        *((110, 170, 240), (199, 146, 234), (95, 200, 210), (214, 219, 226)),
    ],
)
# No font is loaded from elsewhere: a picture within a page cannot do it, and the hub forbids it.
FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" class="rich-terminal" viewBox="0 0 {width} {height}">
  <!--
    Copyright (c) 2026 evenkeel.paas contributors
    GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
    SPDX-License-Identifier: GPL-3.0-or-later
    Drawn by "make picture".
  -->
  <style>
    .{unique_id}-matrix {{
      font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      font-size: {char_height}px;
      line-height: {line_height}px;
    }}
    .{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
  </g>
</svg>
"""


class PictureError(Exception):
    """The run for a picture failed."""


def main() -> int:
    """Prepare the emulator for the examples, run each example, and draw its output."""
    try:
        with running_emulator() as settings:
            _play(settings, "site.yml")
            for name, shown in PICTURES.items():
                picture = IMAGES / f"{name}.svg"
                picture.write_text(draw(name, shown, _play(settings, *shown)))
                print(picture)
    except (PictureError, EmulatorError, EmptyMirrorError) as error:
        print(f"picture: {error}", file=sys.stderr)
        return 1
    return 0


def _play(settings: dict[str, str], *arguments: str) -> str:
    """Run an example with colours and return its output; raise PictureError if it fails."""
    done = subprocess.run(
        ["ansible-playbook", *arguments],
        cwd=EXAMPLES,
        env={
            **clean_environment(),
            "ANSIBLE_FORCE_COLOR": "true",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "COLUMNS": str(COLUMNS),
            **settings,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PictureError(f"{' '.join(arguments)} failed:\n{done.stdout}")
    return done.stdout


def draw(name: str, shown: tuple[str, ...], output: str) -> str:
    """Return the terminal output of a run as SVG. ``name`` separates its styles from those of
    others."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False
    )
    command = " ".join(("ansible-playbook", *shown))
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(output.rstrip()))
    return console.export_svg(title=command, theme=THEME, code_format=FORMAT, unique_id=name)


if __name__ == "__main__":
    sys.exit(main())
