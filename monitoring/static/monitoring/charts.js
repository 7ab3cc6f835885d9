"use strict";

/* The four charts. Colours are read from the style sheet, so that light and dark are said once. */
const Charts = (() => {
  const WORDS = JSON.parse(document.getElementById("words").textContent);
  /* In the language of the page; %s is where a value stands. */
  const said = (text, value) => (WORDS[text] || text).replace("%s", value);
  const percent = (value) => (value === null ? "–" : `${value.toFixed(1)} %`);
  const plain = (value) => (value === null ? "–" : number(value));
  const milliseconds = (value) => (value === null ? "–" : `${number(value)} ms`);

  /* What is drawn: series as [label, colour, function from data to values]. */
  const CHARTS = {
    traffic: { show: plain, series: [[said("requests/s"), "--one", (d) => d.traffic]] },
    latency: {
      show: milliseconds,
      series: [
        ["p50", "--one", (d) => d.latency.p50],
        ["p95", "--two", (d) => d.latency.p95],
        ["p99", "--three", (d) => d.latency.p99],
      ],
    },
    errors: {
      show: plain,
      series: [
        ["4xx", "--client", (d) => d.errors["4xx"]],
        ["5xx", "--server", (d) => d.errors["5xx"]],
      ],
    },
    hits: { show: percent, top: 100, series: [[said("hit rate"), "--good", (d) => d.cache_hit_rate]] },
  };
  const language = document.documentElement.lang;
  const DAY = 86_400;
  const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const drawn = new Map();
  let last = null;

  function number(value) {
    return value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /* A value between two gaps has no line to be seen by: only such values are drawn as points. */
  function isolated(plot, index) {
    const values = plot.data[index];
    const missing = (at) => values[at] === null || values[at] === undefined;
    return values.flatMap((_value, at) =>
      !missing(at) && missing(at - 1) && missing(at + 1) ? [at] : []);
  }

  function options(chart, width) {
    const axis = () => ({
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    });
    return {
      width,
      height: 200,
      cursor: { drag: { x: false, y: false }, sync: { key: "dashboard" } },
      scales: { y: { range: (_plot, _low, high) => [0, chart.top || (high > 0 ? high * 1.1 : 1)] } },
      axes: [{ ...axis(), values: times }, { ...axis(), size: 56, values: (_plot, ticks) => ticks.map(number) }],
      series: [
        { label: said("time"), value: (_plot, at) => (at === null ? "–" : moment.format(at * 1000)) },
        ...chart.series.map(([label, name]) => ({
          label,
          stroke: colour(name),
          width: 2,
          spanGaps: false,
          points: { show: true, size: 6, filter: isolated },
          value: (_plot, value) => chart.show(value ?? null),
        })),
      ],
    };
  }

  /* What stands at the axis of time: hours, or days where these are as far apart. */
  function times(_plot, ticks, _axis, _space, apart) {
    return ticks.map((at) => (apart >= DAY ? day : clock).format(at * 1000));
  }

  function values(chart, data) {
    return [data.times, ...chart.series.map(([, , read]) => read(data))];
  }

  function update(data) {
    last = data;
    for (const place of document.querySelectorAll("[data-chart]")) {
      const name = place.dataset.chart;
      if (!drawn.has(name)) {
        drawn.set(name, new uPlot(options(CHARTS[name], place.clientWidth), values(CHARTS[name], data), place));
      } else {
        drawn.get(name).setData(values(CHARTS[name], data));
      }
    }
  }

  function redraw() {
    for (const plot of drawn.values()) plot.destroy();
    drawn.clear();
    if (last) update(last);
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", () => {
    for (const [name, plot] of drawn) {
      const place = document.querySelector(`[data-chart="${name}"]`);
      plot.setSize({ width: place.clientWidth, height: 200 });
    }
  });

  return { update, number, said };
})();
