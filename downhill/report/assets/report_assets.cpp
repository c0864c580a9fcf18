// clang-format off
// Made by tools/embed_text.py; do not edit.
#include "downhill/report/assets/report_assets.h"

#include <string>

namespace downhill::report_assets {

std::string_view report_js() {
  static const std::string text =
      std::string() +
      R"~~text~~("use strict";
// Draws the charts of the report. The data are in the element #data:
// {unit, best, charts: [{title, wide, log, series: [{name, color, faint, x, y, bad}]}]};
// y has null where a value is not finite, and bad lists the places of these.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  let plots = [];

  const number = (v) => {
    if (v === null || v === undefined) return "–";
    const size = Math.abs(v);
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? v.toExponential(3) : String(+v.toPrecision(5));
  };

  const tick = (v) => {
    const size = Math.abs(v), short = +v.toPrecision(4);
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? short.toExponential() : String(short);
  };

  // A range that is never empty; on a log scale never at or below zero.
  const range = (log) => (u, min, max) => {
    if (min === null || max === null || !isFinite(min) || !isFinite(max)) return log ? [0.1, 1] : [0, 1];
    if (log) {
      const low = Math.log10(min), high = Math.log10(max), pad = Math.max(0.05 * (high - low), 0.1);
      return [10 ** (low - pad), 10 ** (high + pad)];
    }
    const pad = max > min ? 0.06 * (max - min) : Math.abs(max) * 0.1 || 1;
    const low = min - pad;
    return [min >= 0 && low < 0 ? 0 : low, max + pad];
  };
  const span = (u, min, max) => (min === null ? [0, 1] : max > min ? [min, max] : [min - 1, max + 1]);

  // The best epoch as a dashed line, and red ticks where values are not finite.
  const marks = (chart) => (u) => {
    const { ctx } = u, { left, top, width, height } = u.bbox, scale = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - scale, top - 16 * scale, width + 3 * scale, height + 16 * scale);
    ctx.clip();
    if (data.best !== null && chart.marked) {
      const x = Math.round(u.valToPos(data.best, "x", true)) + 0.5;
      if (x >= left && x <= left + width + scale) {
        ctx.strokeStyle = ctx.fillStyle = css("--soft");
        ctx.lineWidth = scale;
        ctx.setLineDash([4 * scale, 4 * scale]);
        ctx.beginPath();
        ctx.moveTo(x, top);
        ctx.lineTo(x, top + height);
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.font = font.replace("12px", 11 * scale + "px");
        const right = x < left + 0.8 * width;
        ctx.textAlign = right ? "left" : "right";
        ctx.fillText("best: " + data.unit + " " + data.best, x + (right ? -1 : 1) * scale, top - 4 * scale);
      }
    }
    ctx.strokeStyle = css("--bad");
    ctx.lineWidth = 2 * scale;
    for (const series of chart.series) {
      for (const place of series.bad) {
        const x = u.valToPos(place, "x", true);
        ctx.beginPath();
        ctx.moveTo(x, top + height - 10 * scale);
        ctx.lineTo(x, top + height);
        ctx.stroke();
      }
    }
    ctx.restore();
  };

  const joined = (chart, log) =>
    uPlot.join(chart.series.map((s) => [s.x, log ? s.y.map((v) => (v === null || v > 0 ? v : null)) : s.y]));

  const options = (chart, log, width) => {
    const axis = { stroke: css("--soft"), font, grid: { stroke: css("--grid"), width: 1 }, ticks: { stroke: css("--line"), width: 1 } };
    const few = chart.series.every((s) => s.x.length <= 40);
    return {
      width, height: chart.wide ? 320 : 240,
      padding: [18, 14, 0, 0],
      scales: { x: { time: false, range: span }, y: log ? { distr: 3, log: 10, range: range(true) } : { range: range(false) } },
      axes: [
        { ...axis, label: data.unit, labelFont: font, labelSize: 20, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9] },
        { ...axis, size: 66, values: (u, ticks) => ticks.map((v) => (v === null ? "" : tick(v))) },
      ],
      series: [{ label: data.unit, value: (u, v) => number(v) }].concat(chart.series.map((s) => ({
        label: s.name, value: (u, v) => number(v), spanGaps: false,
        stroke: css(s.faint ? "--faint" : "--s" + s.color), width: s.faint ? 1 : 2,
        points: { show: s.faint ? false : few || s.x.length === 1, size: 6, fill: css("--s" + s.color) },
      }))),
      cursor: { sync: { key: "run" }, drag: { x: true, y: false }, points: { size: 7 } },
      hooks: { draw: [marks(chart)] },
    };
  };

  const draw = (chart, place, log) => {
    const width = Math.max(place.clientWidth, 200);
    place.replaceChildren();
    return new uPlot(options(chart, log, width), joined(chart, log), place);
  };

  const build = () => {
    plots = data.charts.map((chart, i) => {
      const place = document.getElementById("plot-" + i), toggle = document.getElementById("log-" + i);
      const state = { place, plot: draw(chart, place, toggle.checked) };
      toggle.onchange = () => {
        state.plot.destroy();
        state.plot = draw(chart, place, toggle.checked);
      };
      return state;
    });
  };

  build();
  document.body.dataset.rendered = String(document.querySelectorAll(".plot canvas").length);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    plots.forEach((state) => state.plot.destroy());
    build();
  });
  addEventListener("resize", () => plots.forEach(({ place, plot }) =>
    plot.setSize({ width: Math.max(place.clientWidth, 200), height: plot.height })));
})();
)~~text~~";
  return text;
}

std::string_view report_css() {
  static const std::string text =
      std::string() +
      R"~~text~~(:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --grid: #e9ecf0;
  --text: #1c2127; --soft: #5b6570; --accent: #0072b2;
  --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #aa4499; --faint: #9cc3dd; --bad: #c1121f;
  --good-bg: #e3f4ec; --good: #0b6b4a; --warn-bg: #fff1d6; --warn: #8a5300;
  --bad-bg: #fde5e5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2126; --line: #333a42; --grid: #2a3037;
    --text: #e6e9ec; --soft: #9aa5b1; --accent: #56b4e9;
    --s0: #56b4e9; --s1: #f0a132; --s2: #33c79a; --s3: #dd88cc; --faint: #33566c; --bad: #ff6b6b;
    --good-bg: #12352a; --good: #6fdcb4; --warn-bg: #3d2e10; --warn: #f5c369;
    --bad-bg: #431c1f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; margin-bottom: 18px; flex-wrap: wrap; }
h1 { font-size: 22px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 0 0 10px; }
h3 { font-size: 13px; margin: 16px 0 6px; color: var(--soft); font-weight: 600; }
header span, .note { color: var(--soft); font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin-bottom: 16px; }
.verdict { display: flex; gap: 14px; align-items: baseline; flex-wrap: wrap; }
.badge { font-weight: 700; font-size: 15px; padding: 3px 12px; border-radius: 999px; }
.good { background: var(--good-bg); color: var(--good); }
.warn { background: var(--warn-bg); color: var(--warn); }
.bad { background: var(--bad-bg); color: var(--bad); }
.summary { flex: 1 1 320px; font-size: 16px; margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin-bottom: 16px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; min-width: 0; }
.tile b { display: block; font-size: 19px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tile span { color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; }
table.facts { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
table.facts th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; }
table.facts th, table.facts td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--grid); vertical-align: top; overflow-wrap: anywhere; }
table.facts tr:last-child td { border-bottom: 0; }
table.facts td.n, table.facts th.n { text-align: right; white-space: nowrap; padding-right: 26px; }
table.facts td:first-child { min-width: 9em; }
ol { margin: 6px 0 0; padding-left: 22px; }
li { overflow-wrap: anywhere; }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.charts section { margin: 0; min-width: 0; }
.charts .wide, .charts section:last-child:nth-child(even) { grid-column: 1 / -1; }
.head { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; }
.head h2 { overflow-wrap: anywhere; }
.head label { color: var(--soft); font-size: 13px; white-space: nowrap; cursor: pointer; }
.plot { width: 100%; }
.charts + section { margin-top: 16px; }
.u-legend { font-size: 13px; color: var(--text); text-align: left; font-variant-numeric: tabular-nums; }
.u-legend .u-value { color: var(--soft); min-width: 5em; display: inline-block; }
.u-select { background: rgba(86, 180, 233, 0.18); }
footer { color: var(--soft); font-size: 12.5px; margin-top: 20px; }
@media (max-width: 760px) { .charts { grid-template-columns: minmax(0, 1fr); } main { padding: 16px 12px; } table.facts th:nth-child(4), table.facts td:nth-child(4) { display: none; } }
@media print { body { background: #fff; } section, .tile { break-inside: avoid; } }
)~~text~~";
  return text;
}

}  // namespace downhill::report_assets
