# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report as an HTML page: one file that loads nothing, for any screen, light or dark."""

from __future__ import annotations

from html import escape
from itertools import groupby

from ._drift import STATES, Report, Row, value_words


def as_html(report: Report) -> str:
    """Return the report as an HTML page: the differences first, the rest collapsed."""
    counts = report.summary()
    of = f"{', '.join(report.playbooks)}, " if report.playbooks else ""
    time = report.time.strftime("%Y-%m-%d %H:%M %Z") if report.time else ""
    wanted = "\n".join(_NAME.format(*map(escape, key)).strip() for key in report.as_wanted())
    return _PAGE.format(
        title=escape(f"Drift: {of}{time}: {report.summary_words()}"),
        about=escape(f"{of}{time}".strip(", ")),
        counts=_COUNTS.format(**counts),
        applications="".join(
            _application(key, list(rows))
            for key, rows in groupby(report.sorted_rows(), key=lambda row: row.key)
        ),
        rest=_REST.format(count=counts["as_wanted"], names=wanted) if wanted else "",
    )


def _application(key: tuple[str, str], rows: list[Row]) -> str:
    name, service = map(escape, key)
    return _APPLICATION.format(name=name, service=service, rows="".join(map(_row, rows)))


def _row(row: Row) -> str:
    changes = "".join(
        _CHANGE.format(
            option=escape(each["option"]),
            live=escape(value_words(each["live"])),
            wanted=escape(value_words(each["wanted"])),
        )
        for each in (row.fields if row.state == "differs" else ())
    )
    return _ROW.format(
        state=row.state,
        words=STATES[row.state],
        process=_PROCESS.format(escape(row.title)).strip() if row.process else "",
        message=_MESSAGE.format(escape(row.message)).strip() if row.message else "",
        changes=_CHANGES.format(changes) if changes else "",
    )


_NAME = """
<li><b>{}</b> <small>{}</small></li>
"""

_PROCESS = """
<h3>{}</h3>
"""

_MESSAGE = """
<p class="message">{}</p>
"""

_CHANGE = """\
<dt>{option}</dt>
<dd><i>now</i> <del>{live}</del></dd>
<dd><i>wanted</i> <ins>{wanted}</ins></dd>
"""

_CHANGES = """
<dl>
{}</dl>"""

_ROW = """\
<div class="row">
{process}<span class="state {state}">{words}</span>
{message}{changes}
</div>
"""

_APPLICATION = """\
<section>
<h2>{name} <small>{service}</small></h2>
{rows}</section>
"""

_COUNTS = """\
<li class="differs"><b>{differ}</b> differ</li>
<li class="unknown"><b>{unknown}</b> could not be compared</li>
<li class="wanted"><b>{as_wanted}</b> as wanted</li>"""

_REST = """\
<details>
<summary>{count} as wanted</summary>
<ul class="rest">
{names}
</ul>
</details>
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{
  --page: #f6f7f9; --card: #fff; --text: #1c2128; --soft: #57606a; --line: #d5dae0;
  --differs: #8a5300; --differs-back: #fff1d6; --missing: #1b5fb4; --missing-back: #e3effd;
  --surplus: #6b3fa0; --surplus-back: #f1e8fb; --unknown: #b3261e; --unknown-back: #fde7e5;
  --wanted: #1a6b37; --wanted-back: #e0f4e6;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --page: #12161b; --card: #1b2128; --text: #e4e9ef; --soft: #a3adb8; --line: #353d47;
    --differs: #f5c26b; --differs-back: #3d2e10; --missing: #8ec1ff; --missing-back: #152e4d;
    --surplus: #cfaef5; --surplus-back: #33224a; --unknown: #ff9d94; --unknown-back: #4a1c19;
    --wanted: #86d9a2; --wanted-back: #16361f;
  }}
}}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 60rem; overflow-wrap: anywhere;
  background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}}
h1 {{ margin: 0; font-size: 1.6rem; }}
h2 {{ margin: 0 0 .25rem; font-size: 1.1rem; }}
h3 {{ display: inline; margin: 0 .5rem 0 0; font-size: 1rem; }}
p {{ margin: .25rem 0; }}
small, .about, i {{ color: var(--soft); font-style: normal; font-weight: normal; }}
small {{ font-size: .85rem; white-space: nowrap; }}
ul {{ padding: 0; list-style: none; }}
.counts {{ display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }}
.counts li, .state {{ border-radius: .4rem; }}
.counts li {{ padding: .4rem .8rem; }}
.counts b {{ font-size: 1.25rem; }}
.state {{ padding: .1rem .5rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }}
.differs {{ background: var(--differs-back); color: var(--differs); }}
.missing {{ background: var(--missing-back); color: var(--missing); }}
.surplus {{ background: var(--surplus-back); color: var(--surplus); }}
.unknown {{ background: var(--unknown-back); color: var(--unknown); }}
.wanted {{ background: var(--wanted-back); color: var(--wanted); }}
section, details {{
  margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card);
}}
.row {{ padding: .5rem 0; }}
.row + .row {{ border-top: 1px solid var(--line); }}
dl {{
  display: grid; grid-template-columns: minmax(8rem, 2fr) 3fr 3fr; gap: .25rem 1rem;
  margin: .5rem 0 0; font-size: .9rem;
}}
dt {{ font-weight: 600; }}
dd {{ margin: 0; }}
del, ins, .message {{ font-family: ui-monospace, monospace; font-size: .85rem; }}
del, ins {{ padding: .05rem .3rem; border-radius: .25rem; text-decoration: none; }}
del {{ background: var(--differs-back); }}
ins {{ background: var(--wanted-back); }}
.message {{ white-space: pre-line; }}
summary {{ cursor: pointer; font-weight: 600; }}
.rest {{ columns: 16rem; margin: .5rem 0 0; }}
@media (max-width: 40rem) {{
  dl {{ grid-template-columns: 1fr; gap: .1rem; }}
  dt:not(:first-child) {{ margin-top: .5rem; }}
}}
</style>
</head>
<body>
<h1>Drift</h1>
<p class="about">{about}</p>
<ul class="counts">
{counts}
</ul>
{applications}{rest}</body>
</html>
"""
