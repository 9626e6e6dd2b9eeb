// Draws the charts of reports and searches, and makes tables sortable and searchable. The tables have every figure, too.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const RAW = "var(--raw)";
  const AVERAGED = "var(--averaged)";
  const called = (weights) => (weights === "ema" ? "averaged" : weights);
  const percent = (share, digits = 2) => (100 * share).toFixed(digits);
  // As few digits as tell the ticks of a narrow axis apart: 88%, 88.5%.
  const share = (d) => d3.format(".4~p")(d);
  // A counting axis has ticks only at whole numbers.
  const whole = (low, high) => d3.ticks(low, high, 5).filter(Number.isInteger);
  // Bins of classes: half open, the last one closed. 20 right / total is rounded once, so edges stay exact.
  const CLASS_BINS = 20;
  const classBin = (right, total) => Math.min(CLASS_BINS - 1, Math.floor((CLASS_BINS * right) / total));
  const style = { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" };
  let detail = data.details[0];

  // Trainings are named by as few folder names as tell them apart.
  const folders = [...new Set(data.checkpoints.map((c) => c.training))];
  const ending = (path, parts) => path.split("/").slice(-parts).join("/");
  const parts = [1, 2, 3, 4].find((n) => new Set(folders.map((f) => ending(f, n))).size === folders.length) ?? 99;
  const short = (path) => ending(path, parts);

  // Several trainings share axes, one colour each: raw solid, averaged dashed.
  const TONES = 10;
  const trained = [...folders].sort().map(short);
  const tones = { domain: trained, range: trained.map((_, i) => `var(--t${i % TONES})`) };
  const DASHED = "5,3";

  const charts = {
    epochs(width) {
      const scored = data.checkpoints.filter((c) => c.epoch > 0);
      const series = (c) => `${c.training} ${c.weights}`;
      const title = (c) =>
        `${c.name}\n${called(c.weights)}, epoch ${c.epoch}\n${percent(c.top1)} % (${percent(c.low)} – ${percent(c.high)})`;
      const several = folders.length > 1;
      const room = several ? Math.min(width * 0.3, 24 + 7 * Math.max(...folders.map((f) => short(f).length))) : 20;
      const ends = folders.map((folder) => {
        const own = scored.filter((c) => c.training === folder);
        return own.filter((c) => c.epoch === Math.max(...own.map((o) => o.epoch)))[0];
      });
      const height = Math.min(380, Math.max(260, width * 0.42));
      const [top, bottom] = [24, height - 40];
      const domain = d3.nice(Math.min(...scored.map((c) => c.low)), Math.max(...scored.map((c) => c.high)), 10);
      const y = d3.scaleLinear(domain, [bottom, top]);
      const labelled = several ? apart(ends.filter(Boolean), (c) => y(c.top1), top, bottom) : [];
      const hue = several ? (c) => short(c.training) : (c) => called(c.weights);
      const kinds = { domain: ["raw", "averaged"], range: [RAW, AVERAGED], legend: true };
      const line = (averaged) =>
        Plot.line(scored.filter((c) => (c.weights === "ema") === averaged), { x: "epoch", y: "top1", z: series, sort: "epoch", stroke: hue, strokeWidth: 1.8, strokeDasharray: several && averaged ? DASHED : undefined });
      return Plot.plot({
        marginRight: room,
        width, height, marginLeft: 48, marginTop: top, marginBottom: height - bottom, style,
        x: { label: "epoch", tickFormat: "d", inset: 12, interval: 1, type: "linear" },
        y: { label: "Top-1", tickFormat: share, grid: true, domain },
        color: several ? tones : kinds,
        symbol: { domain: ["raw", "averaged"], range: ["circle", "triangle"], legend: several },
        marks: [
          Plot.ruleX(scored, { x: "epoch", y1: "low", y2: "high", stroke: hue, strokeOpacity: 0.35, strokeWidth: 3 }),
          line(false),
          line(true),
          Plot.dot(scored, { x: "epoch", y: "top1", fill: hue, symbol: (c) => called(c.weights), r: 4 }),
          Plot.text(labelled, { x: (l) => l.of.epoch, y: (l) => y.invert(l.at), text: (l) => short(l.of.training), textAnchor: "start", dx: 10, fill: (l) => hue(l.of) }),
          Plot.tip(scored, Plot.pointer({ x: "epoch", y: "top1", title })),
        ],
      });
    },

    // One facet per further set, side by side where there is room: its Top-1 against the first set's.
    sets(width) {
      const [first, ...further] = data.sets.names;
      const across = width >= 220 * further.length;
      const dots = data.sets.rows.flatMap(({ name, scores: [on, ...others] }) =>
        others.flatMap((score, i) => {
          if (!on || !score) return [];
          const dot = (from, kind) => ({ name, set: further[i], kind, x: on[0], x1: on[1], x2: on[2], y: score[from], y1: score[from + 1], y2: score[from + 2] });
          return score.length > 3 ? [dot(0, "all"), dot(3, "in dataset")] : [dot(0, "all")];
        }),
      );
      const low = Math.min(1, ...dots.flatMap((d) => [d.x1, d.y1]));
      const high = Math.max(0, ...dots.flatMap((d) => [d.x2, d.y2]));
      const domain = d3.nice(low < high ? low : 0, low < high ? high : 1, 5);
      const facet = across ? { fx: "set" } : { fy: "set" };
      const of = (kind) => dots.filter((d) => d.kind === kind);
      return Plot.plot({
        width, height: across ? 300 : 40 + 240 * further.length, marginLeft: 48, marginBottom: 40, marginRight: across ? 20 : 90, style,
        x: { label: first, domain, tickFormat: share, ticks: 4 },
        y: { label: "Top-1", domain, tickFormat: share, grid: true, ticks: 5 },
        [across ? "fx" : "fy"]: { label: null, domain: further },
        marks: [
          Plot.frame({ stroke: "var(--line)" }),
          Plot.line([[domain[0], domain[0]], [domain[1], domain[1]]], { stroke: "currentColor", strokeDasharray: "2,4", strokeOpacity: 0.7 }),
          Plot.ruleX(dots, { ...facet, x: "x", y1: "y1", y2: "y2", stroke: RAW, strokeOpacity: 0.4 }),
          Plot.ruleY(dots, { ...facet, y: "y", x1: "x1", x2: "x2", stroke: RAW, strokeOpacity: 0.4 }),
          Plot.dot(of("all"), { ...facet, x: "x", y: "y", r: 3.5, fill: RAW }),
          Plot.dot(of("in dataset"), { ...facet, x: "x", y: "y", r: 3.5, stroke: AVERAGED, strokeWidth: 1.6 }),
          Plot.tip(dots, Plot.pointer({ ...facet, x: "x", y: "y", title: (d) => `${d.name}\n${first} ${percent(d.x)} %\n${d.set} ${percent(d.y)} %${d.kind === "all" ? "" : ", in dataset"}` })),
        ],
      });
    },

    // What a search tried, the path that it took, and uniform scaling.
    search(width) {
      const of = (kind) => data.search.filter((d) => d.kind === kind);
      const path = (kind, tone, symbol) => [
        Plot.ruleX(of(kind), { x: "cost", y1: "low", y2: "high", stroke: tone, strokeOpacity: 0.35, strokeWidth: 3 }),
        Plot.line(of(kind), { x: "cost", y: "top1", stroke: tone, strokeWidth: 1.8, strokeDasharray: kind === "uniform" ? DASHED : undefined }),
        Plot.dot(of(kind), { x: "cost", y: "top1", fill: tone, symbol, r: 5 }),
      ];
      const title = (d) =>
        `${d.name}\nstep ${d.step}, ${d3.format(",")(d.cost)} multiply-adds\n${percent(d.top1)} % (${percent(d.low)} – ${percent(d.high)})`;
      return Plot.plot({
        width, height: Math.min(420, Math.max(280, width * 0.45)), marginLeft: 48, marginBottom: 40, marginRight: 24, style,
        x: { label: "multiply-adds", tickFormat: ".3~s", ticks: 6, inset: 16 },
        y: { label: "Top-1", tickFormat: share, grid: true, nice: true },
        marks: [
          Plot.dot(of("candidate"), { x: "cost", y: "top1", stroke: "currentColor", strokeOpacity: 0.5, r: 3 }),
          ...path("uniform", AVERAGED, "triangle"),
          ...path("chosen", RAW, "circle"),
          Plot.text(of("chosen"), { x: "cost", y: "top1", text: "name", dy: -14, fill: RAW }),
          Plot.tip(data.search, Plot.pointer({ x: "cost", y: "top1", title })),
        ],
      });
    },

    paired(width) {
      const others = data.checkpoints.filter((c) => c.name !== data.best);
      const longest = Math.min(width * 0.34, 12 + 7 * Math.max(...others.map((c) => c.name.length)));
      const opacity = (c) => (c.tied ? 0.4 : 0.9);
      const [left, right] = d3.nice(-Math.max(...others.map((c) => c.onlyBest)), Math.max(...others.map((c) => c.onlyThis), 1), 10);
      return Plot.plot({
        width, height: 60 + 20 * others.length, marginLeft: longest, marginRight: 24, marginTop: 34, marginBottom: 10, style,
        x: { label: "images", axis: "top", tickFormat: (d) => d3.format(",")(Math.abs(d)), grid: true, domain: [left, right], ticks: whole(left, right) },
        y: { label: null, domain: others.map((c) => c.name), tickSize: 0, padding: 0.25, tickFormat: (name) => shortened(name, longest) },
        marks: [
          Plot.barX(others, { y: "name", x: (c) => -c.onlyBest, fill: "var(--that)", fillOpacity: opacity }),
          Plot.barX(others, { y: "name", x: "onlyThis", fill: "var(--this)", fillOpacity: opacity }),
          Plot.ruleX([0], { stroke: "currentColor" }),
          Plot.tip(others, Plot.pointerY({
            y: "name", x: "onlyThis",
            title: (c) => `${c.name}\nonly it: ${c.onlyThis}\nonly ${data.best}: ${c.onlyBest}\np (Holm) ${c.pHolm.toPrecision(2)}${c.tied ? ", tied" : ""}`,
          })),
        ],
      });
    },

    classes(width) {
      const counts = d3.range(CLASS_BINS).map((i) => ({ from: i / CLASS_BINS, to: (i + 1) / CLASS_BINS, classes: 0 }));
      detail.correct.forEach((right, label) => {
        const total = data.totals[label];
        if (total > 0) counts[classBin(right, total)].classes += 1;
      });
      const bars = counts.filter((bin) => bin.classes > 0);
      const most = Math.max(1, ...bars.map((bin) => bin.classes));
      const range = (bin) => `${percent(bin.from, 0)} ${bin.to === 1 ? "to" : "to below"} ${percent(bin.to, 0)} %`;
      return Plot.plot({
        width, height: 220, marginLeft: 48, marginBottom: 40, style,
        x: { label: "Top-1 of the class", tickFormat: share, domain: [0, 1] },
        y: { label: "classes", grid: true, domain: [0, most], tickFormat: "d", ticks: whole(0, most) },
        marks: [
          Plot.rectY(bars, { x1: "from", x2: "to", y: "classes", fill: RAW, fillOpacity: 0.75, title: (bin) => `${bin.classes} classes, ${range(bin)}`, tip: true, ariaLabel: (bin) => String(bin.classes) }),
          Plot.ruleY([0]),
        ],
      });
    },

    calibration(width) {
      const bins = detail.bins
        .map(([count, right, confidence], i) => ({ count, accuracy: right / count, confidence: confidence / count, from: i / 15, to: (i + 1) / 15 }))
        .filter((bin) => bin.count > 0);
      return Plot.plot({
        width, height: width, marginLeft: 48, marginBottom: 40, style,
        x: { label: "confidence", domain: [0, 1], tickFormat: share, grid: true },
        y: { label: "accuracy", domain: [0, 1], tickFormat: share, grid: true },
        r: { range: [2.5, 9] },
        marks: [
          Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeDasharray: "2,4", strokeOpacity: 0.7 }),
          Plot.link(bins, { x1: "confidence", x2: "confidence", y1: "confidence", y2: "accuracy", stroke: AVERAGED, strokeWidth: 2, strokeOpacity: 0.7 }),
          Plot.line(bins, { x: "confidence", y: "accuracy", stroke: RAW, strokeOpacity: 0.6 }),
          Plot.dot(bins, { x: "confidence", y: "accuracy", r: "count", fill: RAW }),
          Plot.tip(bins, Plot.pointer({
            x: "confidence", y: "accuracy",
            title: (bin) => `${d3.format(",")(bin.count)} images\nconfidence ${percent(bin.confidence, 1)} %\nright ${percent(bin.accuracy, 1)} %`,
          })),
        ],
      });
    },

    loss(width, training) {
      return small(width, "step", training.steps.map((s) => s[0]), null, [
        Plot.line(training.steps, { x: "0", y: "1", stroke: RAW, strokeOpacity: 0.55 }),
        Plot.line(training.epochs, { x: "1", y: "2", stroke: AVERAGED, strokeWidth: 2 }),
        Plot.dot(training.epochs, { x: "1", y: "2", fill: AVERAGED, r: 2.5, title: (e) => `epoch ${e[0]}: ${e[2]}`, tip: true }),
      ]);
    },
    losses(width) {
      const means = logged((t) => t.epochs.map((e) => [e[1], e[2], `epoch ${e[0]}`]));
      return together(width, "step", means, [
        Plot.line(logged((t) => t.steps), { x: "0", y: "1", z: "of", stroke: "of", strokeOpacity: 0.25 }),
        Plot.line(means, { x: "0", y: "1", z: "of", stroke: "of", strokeWidth: 1.8 }),
        tip(means, (d) => `${d[2]}: ${d[1]}`),
      ]);
    },
    rates(width) {
      const rates = logged((t) => t.steps.map((s) => [s[0], s[2]]));
      return together(width, "step", rates, [
        Plot.line(rates, { x: "0", y: "1", z: "of", stroke: "of", strokeWidth: 1.8 }),
        tip(rates, (d) => String(d[1])),
      ]);
    },
    validations(width) {
      const of = (column) => logged((t) => t.epochs.filter((e) => e[column] !== null).map((e) => [e[0], e[column]]));
      const [raw, averaged] = [of(3), of(4)];
      const line = (points, strokeDasharray) => Plot.line(points, { x: "0", y: "1", z: "of", stroke: "of", strokeWidth: 1.8, strokeDasharray });
      return together(width, "epoch", [...raw, ...averaged], [
        line(raw),
        line(averaged, DASHED),
        Plot.dot(raw, { x: "0", y: "1", fill: "of", r: 2 }),
        Plot.dot(averaged, { x: "0", y: "1", fill: "of", symbol: "triangle", r: 2 }),
        tip([...raw, ...averaged], (d) => `epoch ${d[0]}: ${percent(d[1])} %`),
      ], share);
    },

    rate(width, training) {
      return small(width, "step", training.steps.map((s) => s[0]), null, [Plot.line(training.steps, { x: "0", y: "2", stroke: RAW, strokeWidth: 1.8, tip: true })]);
    },
    validation(width, training) {
      const line = (column, stroke, symbol) => [
        Plot.line(training.epochs, { x: "0", y: String(column), stroke, strokeWidth: 1.8, filter: (e) => e[column] !== null }),
        Plot.dot(training.epochs, { x: "0", y: String(column), fill: stroke, symbol, r: 3, filter: (e) => e[column] !== null, title: (e) => `epoch ${e[0]}: ${percent(e[column])} %`, tip: true }),
      ];
      return small(width, "epoch", training.epochs.map((e) => e[0]), share, [...line(3, RAW, "circle"), ...line(4, AVERAGED, "triangle")]);
    },
  };

  // Labels moved up and down until none covers another; if there are too many, only the top ones.
  function apart(items, place, top, bottom) {
    const gap = 13;
    const labels = items.map((of) => ({ of, at: place(of) })).sort((a, b) => a.at - b.at).slice(0, Math.floor((bottom - top) / gap));
    let free = top;
    for (const label of labels) {
      label.at = Math.max(label.at, free);
      free = label.at + gap;
    }
    free = bottom;
    for (const label of [...labels].reverse()) {
      label.at = Math.min(label.at, free);
      free = label.at - gap;
    }
    return labels;
  }

  // Points of all trainings, each with its training's name.
  function logged(pick) {
    return data.trainings.flatMap((t) => pick(t).map((point) => Object.assign([...point], { of: short(t.folder) })));
  }
  const tip = (points, says) => Plot.tip(points, Plot.pointer({ x: "0", y: "1", title: (d) => `${d.of}\n${says(d)}` }));
  const together = (width, label, points, marks, tickFormat = null) =>
    small(width, label, points.map((d) => d[0]), tickFormat, marks, { color: tones });

  function small(width, label, counted, tickFormat, marks, scales = {}) {
    const [first, last] = d3.extent(counted);
    return Plot.plot({
      ...scales,
      width, height: 210, marginLeft: 46, marginBottom: 36, marginRight: 14, style,
      x: { label, tickFormat: ".4~s", ticks: first === undefined ? [] : first === last ? [first] : whole(first, last) }, y: { label: null, grid: true, tickFormat: tickFormat ?? undefined, nice: true }, marks,
    });
  }

  function shortened(name, width) {
    const fits = Math.floor(width / 6.6);
    return name.length <= fits ? name : "…" + name.slice(name.length - fits + 1);
  }

  function draw(holder) {
    const width = Math.max(260, Math.floor(holder.clientWidth));
    const training = data.trainings[Number(holder.dataset.training ?? -1)];
    holder.replaceChildren(charts[holder.dataset.chart](width, training));
  }
  for (const key of document.querySelectorAll("[data-key]")) {
    key.firstElementChild.style.background = `var(--t${Math.max(0, trained.indexOf(short(key.dataset.key))) % TONES})`;
  }
  const holders = [...document.querySelectorAll("[data-chart]")];
  holders.forEach(draw);
  let waiting = 0;
  let drawnAt = innerWidth;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (innerWidth !== drawnAt) {
        drawnAt = innerWidth;
        holders.forEach(draw);
      }
    }, 150);
  });

  // Sorting: numbers by data-value, texts in natural order; cells without a value stay last.
  const words = new Intl.Collator("en", { numeric: true });
  const value = (row, column) => {
    const cell = row.cells[column];
    const given = cell.dataset.value;
    return given === undefined ? cell.textContent.trim() : given === "" ? NaN : Number(given);
  };
  function compare(a, b) {
    if (typeof a === "string") return words.compare(a, b);
    if (Number.isNaN(a) || Number.isNaN(b)) return 0;
    return a - b;
  }
  function sort(table, heading, ascending) {
    const column = heading.cellIndex;
    const keyed = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
    const missing = keyed.filter(([key]) => Number.isNaN(key));
    const present = keyed.filter(([key]) => !Number.isNaN(key));
    present.sort((a, b) => (ascending ? compare(a[0], b[0]) : compare(b[0], a[0])));
    table.tBodies[0].append(...[...present, ...missing].map(([, row]) => row));
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  }
  for (const button of document.querySelectorAll("table.sortable th button")) {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const now = heading.getAttribute("aria-sort");
      const ascending = now ? now === "descending" : !heading.classList.contains("number");
      sort(heading.closest("table"), heading, ascending);
    });
  }

  for (const search of document.querySelectorAll("input[data-filters]")) {
    const table = document.getElementById(search.dataset.filters);
    const counts = document.querySelector(`[data-counts="${table.id}"]`);
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase().split(/\s+/);
      let found = 0;
      for (const row of table.tBodies[0].rows) {
        const text = `${row.textContent} ${row.dataset.words ?? ""}`.toLowerCase();
        row.hidden = !wanted.every((word) => text.includes(word));
        found += row.hidden ? 0 : 1;
      }
      counts.textContent = search.value.trim() === "" ? "" : `${found} of ${table.tBodies[0].rows.length}`;
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        search.value = "";
        search.dispatchEvent(new Event("input"));
      }
    });
  }

  if (detail === undefined) { // not a page of checkpoints
    document.documentElement.dataset.ready = "true";
    return;
  }

  // Details of one checkpoint: both lists select the same one.
  const classTable = document.getElementById("class-table");
  const names = [];
  for (const row of classTable.tBodies[0].rows) names[row.dataset.label] = row.cells[0].textContent;
  function show(name) {
    detail = data.details.find((candidate) => candidate.name === name);
    document.querySelectorAll("[data-detail]").forEach((list) => (list.value = name));
    document.querySelectorAll("[data-detail-name]").forEach((place) => (place.textContent = name));
    const error = detail.calibrationError;
    document.querySelector("[data-detail-ece]").textContent = Number.isFinite(error) ? percent(error) : "–";
    for (const row of classTable.tBodies[0].rows) {
      const label = Number(row.dataset.label);
      const right = detail.correct[label];
      const rate = right / data.totals[label];
      row.cells[2].textContent = row.cells[2].dataset.value = right;
      if (data.totals[label] > 0) {
        row.cells[3].textContent = percent(rate, 1);
        row.cells[3].dataset.value = rate;
        row.cells[4].firstElementChild.style.width = `${100 * rate}%`;
      }
      row.cells[5].textContent = detail.taken[label] < 0 ? "" : names[detail.taken[label]];
    }
    [...document.getElementById("bin-table").tBodies[0].rows].forEach((row, i) => {
      const [count, right, confidence] = detail.bins[i];
      row.cells[1].textContent = d3.format(",")(count);
      row.cells[2].textContent = count ? percent(confidence / count, 1) : "–";
      row.cells[3].textContent = count ? percent(right / count, 1) : "–";
    });
    const sorted = classTable.querySelector("th[aria-sort]");
    if (sorted) sort(classTable, sorted, sorted.getAttribute("aria-sort") === "ascending");
    holders.filter((holder) => ["classes", "calibration"].includes(holder.dataset.chart)).forEach(draw);
  }
  document.querySelectorAll("[data-detail]").forEach((list) => {
    list.value = detail.name;
    list.addEventListener("change", () => show(list.value));
  });
  document.documentElement.dataset.ready = "true";
})();
