"""The page of an HTML report: its frame, style and script.

The script draws the figures in the colors of the page, which follow the reader's color scheme and are light in print.
"""

STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1c2333; --soft: #5b6478; --line: #dfe3ec; --alert: #fff1e8; }
@media (prefers-color-scheme: dark) {
  :root { --page: #11141c; --text: #e9ecf4; --soft: #a3abbd; --line: #323a4d; --alert: #3a2417; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
header > p:first-child { color: var(--soft); margin: 0; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; } h2 { margin: 2rem 0 .5rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
p, td, th { overflow-wrap: anywhere; }
.note p { white-space: pre-wrap; }
.warning { background: var(--alert); padding: .6rem .9rem; border-radius: .5rem; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
.pairs th { font-weight: normal; color: var(--soft); min-width: 8rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead th { font-weight: 600; }
.wide { overflow-x: auto; }
.wide td, .wide th { overflow-wrap: normal; }
.two { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.two > * { min-width: 0; }
summary { cursor: pointer; }
@media (max-width: 30rem) { th, td { padding-right: .5rem; } }
@media print {
  :root { color-scheme: light; --page: #fff; --text: #000; --soft: #444; --line: #ccc; --alert: #fff1e8; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3 { break-after: avoid; } tr, .figure { break-inside: avoid; }
  .two { grid-template-columns: 1fr; }
}
"""

SCRIPT = """
const darkMode = window.matchMedia("(prefers-color-scheme: dark)");
const figureElements = [...document.querySelectorAll("[data-figure]")];
function colors(isDark) {
  const text = isDark ? "#e9ecf4" : "#1c2333", line = isDark ? "#323a4d" : "#dfe3ec";
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
  return { text, axis };
}
function draw(isDark) {
  const { text, axis } = colors(isDark);
  return Promise.all(figureElements.map((element) => {
    const { data, layout } = figures[element.dataset.figure];
    element.style.height = `${layout.height}px`; // otherwise it collapses when Plotly resizes it
    return Plotly.react(element, data, {
      ...layout, font: { ...layout.font, color: text }, xaxis: { ...axis, ...layout.xaxis },
      yaxis: { ...axis, ...layout.yaxis },
    }, config);
  }));
}
draw(darkMode.matches);
darkMode.addEventListener("change", () => draw(darkMode.matches));
function redraw(isDark) {
  draw(isDark);
  figureElements.forEach((element) => Plotly.Plots.resize(element));
}
window.addEventListener("beforeprint", () => redraw(false));
window.addEventListener("afterprint", () => redraw(darkMode.matches));
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' \
'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<title>{title} · Genre Lab</title>
<style>{style}</style>
</head>
<body>
{body}
<noscript><p>The figures need JavaScript; the tables don't.</p></noscript>
<script>{plotly}</script>
<script>
const figures = {figures};
const config = {config};
{script}
</script>
</body>
</html>
"""
