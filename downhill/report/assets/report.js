"use strict";
// Draws the charts of the report. The data are in the element #data:
// {unit, best, charts: [{title, wide, log, series: [{name, color, faint, x, y, bad}]}], spans: [{name, from, to}]};
// y has null where a value is not finite, and bad lists the places of these.
(() => {
  const read = () => JSON.parse(document.getElementById("data").textContent);
  let data = read();
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  let plots = [];

  const number = (v) => {
    if (v === null || v === undefined) return "–";
    const size = Math.abs(v);
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? v.toExponential(3) : String(+v.toPrecision(5));
  };

  // What the legend says of a series while no place is pointed at: its last value, of losses the
  // lowest too.
  const summary = (chart, series) => {
    const seen = series.y.filter((v) => v !== null);
    if (!seen.length) return "–";
    const last = "last " + number(seen[seen.length - 1]);
    return chart.title === "Loss" ? last + ", lowest " + number(seen.reduce((a, b) => Math.min(a, b))) : last;
  };

  const tick = (v, digits = 4) => {
    const size = Math.abs(v), short = +v.toPrecision(digits);
    return size !== 0 && (size < 1e-3 || size >= 1e6)
      ? short.toExponential().replace("e+", "e") : String(short);
  };

  // As many digits as tell neighbours apart.
  const told = (ticks) => {
    const texts = (digits) => ticks.map((v) => (v === null ? "" : tick(v, digits)));
    const alike = (all) => all.some((text, i) => i > 0 && text !== "" && text === all[i - 1]);
    let digits = 4;
    while (digits < 12 && alike(texts(digits))) ++digits;
    return texts(digits);
  };

  // Pixels for the labels of the y axis.
  const room = (u, labels) =>
    Math.max(66, 18 + 7.5 * Math.max(0, ...(labels || []).map((label) => label.length)));

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

  // Where findings show: shaded behind the loss, each with its name.
  const shades = (chart) => (u) => {
    if (!chart.marked || !chart.wide) return;
    const { ctx } = u, { left, top, width, height } = u.bbox, scale = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    ctx.fillStyle = css("--bad");
    ctx.globalAlpha = 0.1;
    data.spans.forEach((span) => {
      const from = u.valToPos(span.from, "x", true), to = u.valToPos(span.to, "x", true);
      ctx.fillRect(from, top, Math.max(to - from, 3 * scale), height);
    });
    ctx.restore();
  };

  // Their names, above grid and curves, on paper of their own.
  const names = (chart) => (u) => {
    if (!chart.marked || !chart.wide) return;
    const { ctx } = u, { left, top, width } = u.bbox, scale = devicePixelRatio;
    ctx.save();
    ctx.font = font.replace("12px", 11 * scale + "px");
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    data.spans.forEach((span, i) => {
      const from = u.valToPos(span.from, "x", true), right = from < left + 0.75 * width;
      const long = ctx.measureText(span.name).width, y = top + (14 + 14 * i) * scale;
      const x = right ? Math.max(from, left) + 4 * scale : from - 4 * scale - long;
      ctx.fillStyle = css("--card");
      ctx.globalAlpha = 0.85;
      ctx.fillRect(x - 2 * scale, y - 10 * scale, long + 4 * scale, 13 * scale);
      ctx.globalAlpha = 1;
      ctx.fillStyle = css("--bad");
      ctx.fillText(span.name, x, y);
    });
    ctx.restore();
  };

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
        ctx.moveTo(x, top - 14 * scale);  // beside its label
        ctx.lineTo(x, top + height);
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.font = font.replace("12px", 11 * scale + "px");
        const text = "best: " + data.unit + " " + data.best;
        const right = x + 4 * scale + ctx.measureText(text).width < left + width;
        ctx.textAlign = right ? "left" : "right";
        ctx.fillText(text, x + (right ? 4 : -4) * scale, top - 6 * scale);
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

  // Between the ticks of huge values; uPlot's own end at 5e32.
  const hugeSteps = Array.from({ length: 309 }, (_, k) => [1, 2, 5].map((m) => m * 10 ** k)).flat()
    .filter(isFinite);
  const isHuge = (chart) => chart.series.some((s) => s.y.some((v) => Math.abs(v) > 1e30));

  // Ticks of a log scale: powers of ten, at most some eight; parts of them where few fit.
  const logTicks = (u, axis, min, max) => {
    const low = Math.floor(Math.log10(min)), high = Math.ceil(Math.log10(max));
    const stride = Math.ceil((high - low) / 8), decades = Math.log10(max / min), ticks = [];
    const parts = decades > 4 ? [1] : decades > 1 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (let power = Math.ceil(low / stride) * stride; power <= high; power += stride)
      ticks.push(...parts.map((part) => Number(part + "e" + power)));
    return ticks.filter((v) => v >= min && v <= max);
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
        { ...axis, size: room, splits: log ? logTicks : undefined,
          filter: log ? (u, ticks) => ticks : undefined, incrs: isHuge(chart) ? hugeSteps : undefined,
          values: (u, ticks) => told(ticks) },
      ],
      series: [{ label: data.unit, value: (u, v) => number(v) }].concat(chart.series.map((s) => ({
        label: s.name, value: (u, v, i, at) => (at === null || at === undefined ? summary(chart, s) : number(v)), spanGaps: false,
        stroke: css(s.faint ? "--faint" : "--s" + s.color), width: s.faint ? 1 : 2,
        points: { show: s.faint ? false : few || s.x.length === 1, size: 6, fill: css("--s" + s.color) },
      }))),
      cursor: { sync: { key: "run" }, drag: { x: true, y: false }, points: { size: 7 } },
      hooks: { drawClear: [shades(chart)], draw: [marks(chart), names(chart)] },
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

  const count = () => {
    document.body.dataset.rendered = String(document.querySelectorAll(".plot canvas").length);
  };
  build();
  count();

  // A run under way: the page again after each epoch, with its switches and place as they are.
  const again = async () => {
    const fresh = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
    const on = [...document.querySelectorAll("input:checked")].map((box) => box.id);
    const open = [...document.querySelectorAll("details")].map((part) => part.open);
    plots.forEach((state) => state.plot.destroy());
    document.title = fresh.title;
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
    document.getElementById("data").textContent = fresh.getElementById("data").textContent;
    document.querySelectorAll(".plot ~ input, input[id^=log-]").forEach((box) => { box.checked = on.includes(box.id); });
    document.querySelectorAll("details").forEach((part, i) => { part.open = open[i] ?? part.open; });
    data = read();
    build();
    count();
    document.body.dataset.epoch = fresh.body.dataset.epoch;
  };
  if (document.body.dataset.live) {
    const events = new EventSource("/events");
    events.addEventListener("epoch", again);
    events.addEventListener("end", () => events.close());
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    plots.forEach((state) => state.plot.destroy());
    build();
  });
  addEventListener("resize", () => plots.forEach(({ place, plot }) =>
    plot.setSize({ width: Math.max(place.clientWidth, 200), height: plot.height })));
})();
