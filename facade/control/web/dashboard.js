"use strict";
// Asks /api/status every second and /api/compare when a mismatch is new. Read-only.

const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en");

/** An element with attributes and children; text is never read as markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const both = (sides) => (sides.legacy || 0) + (sides.new || 0);
const total = (counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);
const duration = (ms) => (ms == null ? "–" : number.format(ms));
const percent = (share) => `${(share * 100).toPrecision(2)} %`;

function tile(value, label, kind = "") {
  return make("div", { class: "tile" }, make("b", { class: kind }, value), make("span", {}, label));
}

function drawTiles(status) {
  const sums = status.totals;
  byId("tiles").replaceChildren(
    tile(number.format(both(sums.rates)), "requests per second"),
    tile(whole.format(both(sums.requests)), "answers"),
    tile(both(sums.requests) ? percent(sums.requests.new / both(sums.requests)) : "–", "by the new side"),
    tile(whole.format(sums.compared), "pairs compared"),
    tile(whole.format(sums.mismatched), "pairs that differ", sums.mismatched ? "bad" : "good"),
    tile(whole.format(sums.server_errors), "answers with 5xx", sums.server_errors ? "bad" : "good"),
    tile(whole.format(sums.clients), "open connections"),
  );
}

function share(route) {
  const all = both(route.rates);
  const part = all ? route.rates.new / all : route.stage === "new" || route.stage === "retired" ? 1 : 0;
  const words = all ? `${number.format(part * 100)} % new` : "no requests just now";
  const bar = make("div", { class: "share", role: "img", "aria-label": words });
  for (const [side, width] of [["new", part], ["legacy", 1 - part]]) {
    const piece = make("i", { class: side });
    piece.style.width = `${width * 100}%`;
    bar.append(piece);
  }
  return make("td", {}, bar, make("small", {}, words));
}

function stage(route) {
  const words = route.percent == null ? route.stage : `${route.stage} ${number.format(route.percent)} %`;
  return make("td", {}, make("span", { class: `stage ${route.stage}` }, words));
}

function routeRow(route) {
  const latency = (side) => `${duration(route.latency[side].p50)} / ${duration(route.latency[side].p95)}`;
  const cell = (text, kind = "") => make("td", { class: `number ${kind}` }, text);
  const pairs = route.compare;
  const failures = total(route.failures);
  const bound = pairs.compared ? `rate below ${percent(pairs.upper_bound)} at 95 %` : "no evidence yet";
  const compared = cell(whole.format(pairs.compared));
  compared.title = `${bound}; ${pairs.raced} raced, ${pairs.failed} failed, ${pairs.shed} shed`;
  return make("tr", {},
    make("th", { scope: "row" }, route.name, make("small", {}, route.match)),
    stage(route),
    share(route),
    cell(number.format(both(route.rates))),
    cell(latency("legacy")),
    cell(latency("new")),
    compared,
    cell(pairs.compared ? whole.format(pairs.mismatched) : "–", pairs.mismatched ? "bad" : ""),
    cell(whole.format(failures), failures ? "bad" : ""),
  );
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function causeCard(route, cause, clusters) {
  const first = clusters.get(cause.id);
  const places = cause.clusters.slice(1).map((id) => clusters.get(id).path);
  const card = make("article", { class: "cause" },
    make("p", {}, make("b", {}, route.route), " · ", make("code", {}, first.path),
      ` · ${first.relation || first.kind} · `, make("span", { class: "bad" }, `${whole.format(cause.pairs)} pairs`)));
  if (places.length) card.append(make("p", { class: "quiet" }, "also at ", make("code", {}, places.join(", "))));
  const sample = first.sample;
  if (sample) {
    card.append(make("dl", { class: "sides" },
      make("dt", {}, "request"), make("dd", {}, `${sample.method} ${sample.target}`),
      make("dt", {}, "legacy"), make("dd", {}, `${sample.control.status}  ${shown(sample.control.value)}`),
      make("dt", {}, "new"), make("dd", {}, `${sample.candidate.status}  ${shown(sample.candidate.value)}`)));
  }
  return card;
}

function drawDifferences(comparison) {
  const cards = [];
  for (const route of comparison.routes) {
    const clusters = new Map(route.clusters.map((cluster) => [cluster.id, cluster]));
    for (const cause of route.causes) cards.push([cause.pairs, causeCard(route, cause, clusters)]);
  }
  cards.sort((one, other) => other[0] - one[0]);
  const nothing = make("p", { class: "quiet" }, "None: all compared pairs mean the same.");
  byId("differences").replaceChildren(...(cards.length ? cards.slice(0, 12).map((card) => card[1]) : [nothing]));
}

function list(id, rows, empty) {
  const items = rows.map(([name, words]) => make("li", {}, make("code", {}, name), make("span", {}, words)));
  byId(id).replaceChildren(...(items.length ? items : [make("li", { class: "quiet" }, empty)]));
}

function drawRest(status) {
  list("unmatched", Object.entries(status.unmatched).slice(0, 15).map(([shape, count]) => [shape, whole.format(count)]),
    "none: every path has a route");
  list("upstreams", Object.entries(status.upstreams).map(([name, one]) => {
    const open = Object.values(one.breaker).filter((state) => state !== "closed");
    return [name, `${one.connections} connections${open.length ? `, breaker ${open[0]}` : ""}`];
  }), "none asked yet");
  list("workers", status.workers.map((one) => [`${one.id}`, `pid ${one.pid}, table ${one.version || "none"}`]), "none connected");
}

function draw(status) {
  const one = status.workers.every((worker) => worker.version === status.version);
  byId("table").textContent = `table ${status.version || "none"}${one ? "" : " (workers are taking it up)"} · ${status.file}`;
  const refused = byId("refused");
  refused.hidden = status.reload.ok;
  refused.textContent = status.reload.ok ? "" :
    `The last edit of the route file was refused; the table above stays.\n${status.reload.errors.map(shown).join("\n")}`;
  drawTiles(status);
  document.querySelector("#routes tbody").replaceChildren(...status.routes.map(routeRow));
  drawRest(status);
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

let evidence = "";

async function turn() {
  const pulse = byId("pulse");
  try {
    const status = await ask("/api/status");
    draw(status);
    const now = status.routes.map((route) => `${route.name} ${route.compare.mismatched}`).join();
    if (now !== evidence) {
      drawDifferences(await ask("/api/compare"));
      evidence = now;
    }
    pulse.textContent = "live";
    pulse.className = "good";
  } catch (error) {
    pulse.textContent = `no answer: ${error.message}`;
    pulse.className = "bad";
  }
  setTimeout(turn, 1000);
}

turn();
