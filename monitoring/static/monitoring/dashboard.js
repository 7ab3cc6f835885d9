"use strict";

/* Fetches the figures every few seconds while someone can see them, and shows them. */
(() => {
  const settings = document.body.dataset;
  const { number, said } = Charts;
  const byId = (id) => document.getElementById(id);
  const MEBIBYTE = 1024 * 1024;
  const TIMEOUT_MS = 10_000;
  let timer = null;
  let running = null;

  const ms = (value) => `${number(value)} ms`;
  const ROUTE_COLUMNS = [
    [said("Route"), (row) => `${row.method} ${row.endpoint}`, "name"],
    [said("Requests"), (row) => number(row.request_count)],
    [said("Average"), (row) => ms(row.avg_time_ms)],
    ["p95", (row) => ms(row.p95_ms)],
    ["p99", (row) => ms(row.p99_ms)],
    [said("Errors"), (row) => number(row.error_count), (row) => (row.error_count ? "bad" : "")],
  ];
  const POOL_COLUMNS = [
    [said("Database"), (row) => row.alias, "name"],
    [said("Type"), (row) => row.type],
    [said("In use"), (row) => count(row.checked_out)],
    [said("Idle"), (row) => count(row.checked_in)],
    [said("Size"), (row) => count(row.size)],
    [said("Overflow"), (row) => `${count(row.overflow)} / ${count(row.max_overflow)}`],
    [said("Waiting"), (row) => count(row.waiting), (row) => (row.waiting ? "bad" : "")],
  ];
  const WORKER_COLUMNS = [
    [said("Worker"), (row) => `${row.host} ${row.pid}`, "name"],
    [said("State"), (row) => said(row.state), (row) => ({ live: "good", lost: "bad" })[row.state] || ""],
    [said("Seen"), (row) => said("%s s ago", number(row.seconds_ago))],
    [said("Requests"), (row) => number(row.requests)],
    [said("Memory"), (row) => `${number(row.memory_bytes / MEBIBYTE)} MiB`],
    ["CPU", (row) => `${number(row.cpu_seconds)} s`],
  ];

  function count(value) {
    return value === undefined || value === null ? "–" : number(value);
  }

  function cell(tag, text, className) {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function fill(table, columns, rows) {
    const head = document.createElement("tr");
    for (const [title] of columns) {
      const th = cell("th", title);
      th.scope = "col";
      head.append(th);
    }
    const lines = rows.map((row) => {
      const line = document.createElement("tr");
      for (const [, read, style] of columns) {
        const text = read(row);
        const td = cell("td", text, typeof style === "function" ? style(row) : style);
        if (style === "name") td.title = text;
        line.append(td);
      }
      return line;
    });
    if (!rows.length) {
      const none = cell("td", said("None yet"), "none");
      none.colSpan = columns.length;
      const line = document.createElement("tr");
      line.append(none);
      lines.push(line);
    }
    const thead = document.createElement("thead");
    const tbody = document.createElement("tbody");
    thead.append(head);
    tbody.append(...lines);
    table.replaceChildren(thead, tbody);
  }

  function showStatuses(codes) {
    const chips = Object.entries(codes).map(([code, times]) => {
      const kind = code >= 500 ? "server" : code >= 400 ? "client" : "";
      return cell("li", `${code} × ${number(times)}`, kind);
    });
    byId("statuses").replaceChildren(...chips);
  }

  function showLost(workers) {
    const lost = workers.filter((worker) => worker.state === "lost");
    byId("lost").hidden = !lost.length;
    byId("lost").textContent =
      said("%s ended without a last report; up to five seconds of each are missing.", lost.length);
  }

  function show(data) {
    const { summary } = data;
    byId("requests").textContent = number(summary.total_requests);
    byId("rate").textContent = number(data.requests_per_second);
    byId("errors").textContent = `${summary.error_rate_percent.toFixed(2)} %`;
    byId("errors").className = data.status_codes_5xx ? "bad" : "";
    byId("average").textContent = ms(summary.avg_time_ms);
    byId("p95").textContent = ms(summary.p95_ms);
    byId("hits").textContent = `${data.cache_hit_percent.toFixed(1)} %`;
    byId("empty").hidden = summary.total_requests > 0;
    showStatuses(data.status_codes);
    showLost(data.workers);
    fill(byId("slowest"), ROUTE_COLUMNS, data.slowest);
    fill(byId("most-used"), ROUTE_COLUMNS, data.most_used);
    fill(byId("pool"), POOL_COLUMNS, data.pool);
    fill(byId("workers"), WORKER_COLUMNS, data.workers);
    Charts.update(data);
  }

  function problem(text, link) {
    const place = byId("problem");
    place.hidden = !text;
    place.textContent = text;
    if (link) {
      const anchor = cell("a", said("Log in again"));
      anchor.href = link;
      place.append(" ", anchor);
    }
  }

  function state(text) {
    byId("state").textContent = text;
  }

  function paused() {
    return document.hidden || byId("pause").getAttribute("aria-pressed") === "true";
  }

  async function load(controller) {
    const window_ = document.querySelector("[name=window]:checked").value;
    const answer = await fetch(`${settings.url}?window=${encodeURIComponent(window_)}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.any([controller.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (answer.status === 401 || answer.status === 403) {
      problem(said("Your session has ended."), settings.loginUrl);
      return;
    }
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
    problem("");
    state(said("Live, %s", new Date().toLocaleTimeString(document.documentElement.lang)));
    document.body.dataset.loaded = window_;
  }

  async function refresh() {
    clearTimeout(timer);
    if (running) running.abort();
    const controller = new AbortController();
    running = controller;
    try {
      await load(controller);
    } catch (error) {
      if (controller.signal.aborted) return;
      problem(said("The hub did not answer (%s). Trying again; figures may be old.", error.message));
      state(said("Disconnected"));
    }
    if (running === controller) running = null;
    if (!paused()) timer = setTimeout(refresh, Number(settings.intervalMs));
  }

  function settle() {
    if (paused()) {
      clearTimeout(timer);
      state(said("Paused"));
    } else {
      refresh();
    }
  }

  for (const choice of document.querySelectorAll("[name=window]")) {
    choice.addEventListener("change", refresh);
  }
  byId("pause").addEventListener("click", (event) => {
    const pressed = event.currentTarget.getAttribute("aria-pressed") === "true";
    event.currentTarget.setAttribute("aria-pressed", String(!pressed));
    event.currentTarget.textContent = said(pressed ? "Pause" : "Resume");
    settle();
  });
  document.addEventListener("visibilitychange", settle);
  refresh();
})();
