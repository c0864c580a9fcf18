"use strict";
// Draws a surface over a plane on a canvas, far quadrilaterals first. The data are in #landscape-data:
// {columns, rows, window: [x low, x high, y low, y high], x, y, values, path}.
(() => {
  const data = JSON.parse(document.getElementById("landscape-data").textContent);
  const canvas = document.getElementById("surface"), button = document.getElementById("log");
  const ctx = canvas.getContext("2d");
  const { columns, rows, values } = data;
  const finite = values.filter((v) => v !== null && isFinite(v)).sort((a, b) => a - b);
  const lowest = finite.length ? finite[0] : 0;
  // A cliff at the edge would flatten all the rest.
  const cap = finite.length ? finite[Math.floor(0.98 * (finite.length - 1))] : 1;
  const least = finite.find((v) => v > lowest) ?? lowest + 1;
  const start = { turn: -0.65, tilt: 0.62, zoom: 1, log: false };
  let view = { ...start };

  const height = (v) => {
    if (v === null || !isFinite(v)) return null;
    const h = Math.min(v, cap) - lowest;
    if (!view.log) return cap > lowest ? h / (cap - lowest) : 0;
    const floor = Math.max((least - lowest) / 2, 1e-6 * (cap - lowest)), top = Math.log(1 + (cap - lowest) / floor);
    return top > 0 ? Math.log(1 + h / floor) / top : 0;
  };

  // cividis (Nunez, Anderton, Renslow 2018)
  const stops = [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]];
  const colour = (part, light) => {
    const at = Math.min(Math.max(part, 0), 1) * 4, i = Math.min(Math.floor(at), 3), t = at - i;
    const mix = stops[i].map((c, k) => Math.round(((1 - t) * c + t * stops[i + 1][k]) * light));
    return `rgb(${mix.map((c) => Math.min(c, 255)).join(",")})`;
  };

  const project = (x, y, z) => {
    const size = 0.5 * Math.min(canvas.width, 1.45 * canvas.height) * view.zoom;
    const c = Math.cos(view.turn), s = Math.sin(view.turn), ct = Math.cos(view.tilt), st = Math.sin(view.tilt);
    const a = c * x - s * y, b = s * x + c * y, far = ct * b - st * z;
    const scale = size / (1 + 0.18 * far);
    return [canvas.width / 2 + a * scale, canvas.height * 0.44 - (st * b + ct * z) * scale, far];
  };
  const corner = (column, row) => {
    const h = height(values[row * columns + column]);
    return h === null ? null
      : [column / (columns - 1) - 0.5, row / (rows - 1) - 0.5, 0.55 * (h - 0.5), h];
  };

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const line = (places, style, width) => {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    places.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.stroke();
  };

  const axes = (scale) => {
    const z = -0.275, soft = css("--soft") || "#666";
    const frame = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]];
    line(frame.map(([x, y]) => project(x, y, z)), soft, scale);
    ctx.fillStyle = css("--text") || "#222";
    ctx.font = `${12 * scale}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    const name = (label, x, y) => {
      const [px, py] = project(x, y, z);
      ctx.fillText(label, Math.min(Math.max(px, 60 * scale), canvas.width - 60 * scale), py + 14 * scale);
    };
    const short = (label) => (label.length > 44 ? label.slice(0, 43) + "…" : label);
    name(short(data.x), 0, -0.58);
    name(short(data.y), 0.58, 0);
    const number = (v) => String(+v.toPrecision(3));
    name(number(data.window[0]), -0.5, -0.54);
    name(number(data.window[1]), 0.5, -0.54);
    name(number(data.window[3]), 0.55, 0.5);
  };

  const surface = () => {
    const cells = [];
    for (let row = 0; row + 1 < rows; ++row)
      for (let column = 0; column + 1 < columns; ++column) {
        const four = [corner(column, row), corner(column + 1, row), corner(column + 1, row + 1), corner(column, row + 1)];
        if (four.some((c) => c === null)) continue;
        const seen = four.map(([x, y, z]) => project(x, y, z));
        const slope = (four[1][3] - four[0][3]) * columns * 0.25 - (four[3][3] - four[0][3]) * rows * 0.25;
        cells.push({
          seen,
          far: seen.reduce((sum, p) => sum + p[2], 0),
          fill: colour(four.reduce((sum, c) => sum + c[3], 0) / 4, 0.94 + 0.22 * Math.tanh(slope)),
        });
      }
    cells.sort((a, b) => b.far - a.far);
    for (const { seen, fill } of cells) {
      ctx.fillStyle = ctx.strokeStyle = fill;
      ctx.lineWidth = 0.7;
      ctx.beginPath();
      seen.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
  };

  const path = (scale) => {
    const [x0, x1, y0, y1] = data.window;
    const on = data.path.map(([x, y]) => {
      const a = (x - x0) / (x1 - x0), b = (y - y0) / (y1 - y0);
      const column = Math.min(Math.max(Math.round(a * (columns - 1)), 0), columns - 1);
      const row = Math.min(Math.max(Math.round(b * (rows - 1)), 0), rows - 1);
      const at = corner(column, row);
      return at && project(a - 0.5, b - 0.5, at[2] + 0.01);
    }).filter(Boolean);
    if (on.length > 1) line(on, "#d55e00", 2.2 * scale);
    const [px, py] = project(...(() => {
      if (on.length) return [9, 9, 9];
      const a = -x0 / (x1 - x0), b = -y0 / (y1 - y0);
      const at = corner(Math.round(Math.min(Math.max(a, 0), 1) * (columns - 1)), Math.round(Math.min(Math.max(b, 0), 1) * (rows - 1)));
      return at ? [a - 0.5, b - 0.5, at[2] + 0.01] : [9, 9, 9];
    })());
    const [x, y] = on.length ? on[on.length - 1] : [px, py];
    ctx.fillStyle = "#d55e00";
    ctx.beginPath();
    ctx.arc(x, y, 5 * scale, 0, 7);
    ctx.fill();
  };

  const draw = () => {
    const scale = window.devicePixelRatio || 1, width = canvas.clientWidth;
    canvas.width = width * scale;
    canvas.height = Math.round(Math.min(0.7 * width, 620) * scale);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    axes(scale);
    surface();
    path(scale);
    button.textContent = view.log ? "linear" : "log";
  };

  let held = null;
  canvas.addEventListener("pointerdown", (e) => {
    held = [e.clientX, e.clientY];
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!held) return;
    view.turn += (e.clientX - held[0]) * 0.008;
    view.tilt = Math.min(1.5, Math.max(0.05, view.tilt + (e.clientY - held[1]) * 0.006));
    held = [e.clientX, e.clientY];
    draw();
  });
  canvas.addEventListener("pointerup", () => { held = null; });
  canvas.addEventListener("wheel", (e) => {
    e.preventDefault();
    view.zoom = Math.min(6, Math.max(0.4, view.zoom * Math.exp(-0.0012 * e.deltaY)));
    draw();
  }, { passive: false });
  canvas.addEventListener("dblclick", () => { view = { ...start, log: view.log }; draw(); });
  canvas.addEventListener("keydown", (e) => {
    const turn = { ArrowLeft: -0.1, ArrowRight: 0.1 }[e.key], tilt = { ArrowUp: 0.1, ArrowDown: -0.1 }[e.key];
    if (turn === undefined && tilt === undefined) return;
    e.preventDefault();
    view.turn += turn || 0;
    view.tilt = Math.min(1.5, Math.max(0.05, view.tilt + (tilt || 0)));
    draw();
  });
  button.addEventListener("click", () => { view.log = !view.log; draw(); });
  window.addEventListener("resize", draw);
  draw();
})();
