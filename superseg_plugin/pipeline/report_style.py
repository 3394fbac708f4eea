# SPDX-License-Identifier: GPL-2.0-or-later
"""How reports look: on bright and dark screens, on narrow ones, and on paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1d2327; --soft: #5b666e; --line: #d8dde1; --faint: #f3f5f6;
  --mark: #1f6feb; --second: #b4690e; --edge: rgba(0, 0, 0, .35); --pair: #b30000;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --ink: #e4e8eb; --soft: #9aa6ae; --line: #353c42; --faint: #1f2428;
    --mark: #6cb1ff; --second: #e5a04b; --edge: rgba(255, 255, 255, .4); --pair: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans",
    sans-serif;
  color: var(--ink); background: var(--paper);
  max-width: 60em; margin: 0 auto; padding: 2.5em 1.25em 4em;
}
h1 { font-size: 1.75em; line-height: 1.2; font-weight: 650; margin: 0 0 .2em;
  overflow-wrap: anywhere; }
h2 { font-size: 1.2em; font-weight: 650; margin: 2.4em 0 .7em; break-after: avoid; }
h3 { font-size: 1em; font-weight: 600; margin: 1.4em 0 .4em; break-after: avoid; }
p { margin: .5em 0; max-width: 46em; }
.lead, .note, figcaption { color: var(--soft); }
.note { font-size: .9em; }
code, pre { font-family: ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--faint); border: 1px solid var(--line); border-radius: 6px;
  padding: .9em 1.1em; font-size: .87em; line-height: 1.55; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.key { display: flex; flex-wrap: wrap; gap: 1em 2.4em; margin: 1.4em 0 0; padding: 1em 0;
  border: solid var(--line); border-width: 1px 0; }
.key div { display: flex; flex-direction: column-reverse; }
.key dt { color: var(--soft); font-size: .85em; }
.key dd { margin: 0; font-size: 1.3em; line-height: 1.25; font-weight: 600;
  font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .93em; }
th, td { padding: .32em .8em; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { font-weight: 600; color: var(--soft); vertical-align: bottom; white-space: normal; }
tr, .whole, .facts { break-inside: avoid; }
thead { display: table-header-group; }
.facts { font-size: .88em; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.facts td:first-child { color: var(--soft); white-space: nowrap; padding-right: 1em; }
.facts td:last-child { padding-right: 0; }
.prose td { white-space: normal; text-align: left; vertical-align: top; }
.prose th { text-align: left; }
.prose td:first-child { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .88em; }
.prose td:last-child { max-width: 34em; }
.scroll { overflow-x: auto; }
.bar { display: flex; height: 1.7em; border-radius: 4px; overflow: hidden; margin: 0 0 1em; }
.swatch { display: inline-block; width: 1em; height: 1em; margin-right: .55em; border-radius: 2px;
  box-shadow: inset 0 0 0 1px var(--edge); vertical-align: -.13em; }
.pair { outline: 2px solid var(--pair); outline-offset: -2px; }
.share { background: linear-gradient(to right, var(--mark) 0 0) no-repeat 0 60% / var(--part) .35em;
  min-width: 9em; }
.bar, .swatch, .share, .pair, .ramp, .map { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24em), 1fr));
  gap: 1.4em 1.6em; }
figure { margin: 0; break-inside: avoid; }
figcaption { font-size: .9em; margin-top: .5em; }
figcaption b { color: var(--ink); font-weight: 600; }
.map { position: relative; display: block; background: var(--faint); }
.map img { display: block; width: 100%; height: auto; }
.map img.coarse { image-rendering: pixelated; }
.frame { position: absolute; border: 2px solid #fff; outline: 1px solid #000;
  box-shadow: inset 0 0 0 1px #000; }
.ramp { display: inline-block; width: 7em; height: .7em; margin: 0 .15em; border-radius: 2px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17em), 1fr));
  gap: 0 2em; align-items: start; }
.columns .facts { width: 100%; }
.columns h3 { margin-top: 0; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
  "Liberation Sans", sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .axis { stroke: var(--line); fill: none; }
svg .curve { stroke: var(--mark); fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .raw { stroke: var(--mark); fill: none; stroke-width: 1; opacity: .35; }
svg .edge { stroke: var(--edge); fill: none; stroke-linejoin: round; }
svg .tree { stroke: var(--ink); fill: none; stroke-width: 1.3; }
svg .cut { stroke: var(--second); fill: none; stroke-dasharray: 3 3; }
svg .name { fill: var(--ink); }
svg rect.color { stroke: var(--edge); }
svg.small { width: 7.5em; display: inline-block; vertical-align: middle; }
@media print {
  @page { margin: 16mm 15mm; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  .scroll th, .scroll td { padding: .25em .5em; font-size: 8pt; }
  .maps { grid-template-columns: 1fr 1fr; gap: 5mm; }
  .columns { grid-template-columns: 1fr 1fr 1fr; gap: 0 5mm; }
  svg:not(.small) { max-width: 150mm; }
  h2 { margin-top: 1.8em; }
}
"""
