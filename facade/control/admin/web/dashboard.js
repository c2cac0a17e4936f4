"use strict";
// Asks /api/status every second and /api/compare every few. Read-only.

import { drawDomains } from "/domains.js";
import { drawEvidence } from "/evidence.js";
import { drawComposed } from "/composed.js";
import { drawLimits } from "/limits.js";
import { drawMachines } from "/machines.js";
import { drawMoves } from "/moves.js";
import { drawTrouble, troubledFirst } from "/trouble.js";
import { byId, make, milliseconds, percent, short, shown, total, whole } from "/making.js";

const EVIDENCE_EVERY = 3; // seconds; sooner when a pair differs

const MOST_SHAPES = 15; // of paths without a route; all of them are in /api/status

const both = (sides) => (sides.legacy || 0) + (sides.new || 0);

function tile(value, label, kind = "") {
  return make("div", { class: "tile" }, make("b", { class: kind }, value), make("span", {}, label));
}

function drawTiles(status) {
  const sums = status.totals;
  byId("tiles").replaceChildren(
    tile(short(both(sums.rates)), "requests per second"),
    tile(whole(both(sums.requests)), "answers"),
    tile(both(sums.requests) ? percent(sums.requests.new / both(sums.requests)) : "–", "by the new side"),
    tile(whole(sums.compared), "pairs compared"),
    tile(whole(sums.mismatched), "pairs that differ", sums.mismatched ? "bad" : "good"),
    tile(whole(sums.server_errors), "answers with 5xx", sums.server_errors ? "bad" : "good"),
    tile(whole(sums.clients), "open connections"),
  );
}

function share(route) {
  const all = both(route.rates);
  const part = all ? route.rates.new / all : route.stage === "new" || route.stage === "retired" ? 1 : 0;
  const words = all ? `${short(part * 100)} % new` : "no requests just now";
  const bar = make("div", { class: all ? "share" : "share idle", role: "img", "aria-label": words });
  for (const [side, width] of [["new", part], ["legacy", 1 - part]]) {
    const piece = make("i", { class: side });
    piece.style.width = `${width * 100}%`;
    bar.append(piece);
  }
  return make("td", {}, bar, make("small", {}, words));
}

function stage(route) {
  const words = route.percent == null ? route.stage : `${route.stage} ${short(route.percent)} %`;
  return make("td", {}, make("span", { class: `stage ${route.stage}` }, words));
}

function fellBack(route) {
  const words = route.fallback_share == null ? "–" : percent(route.fallback_share);
  const cell = make("td", { class: `number ${route.fallback_share ? "bad" : ""}` }, words);
  cell.title = `of those meant for new, in the last ten seconds; ${whole(route.fallbacks)} since the start`;
  return cell;
}

function nearMisses(route) {
  if (!route.near_misses) return [];
  const note = make("small", { class: "bad" }, `${whole(route.near_misses)} missed it by spelling`);
  note.title = "another case, or a slash at the end: see match_case and trailing_slash";
  return [note];
}

function testers(route) {
  const status = route.testers.status;
  const number = total(status.legacy || {}) + total(status.new || {});
  if (!number) return [];
  const note = make("small", {}, `${whole(number)} for testers`);
  note.title = "answers to testers of the route; in none of the other numbers";
  return [note];
}

function routeRow(route) {
  const latency = (side) => `${milliseconds(route.latency[side].p50)} / ${milliseconds(route.latency[side].p95)}`;
  const cell = (text, kind = "") => make("td", { class: `number ${kind}` }, text);
  const pairs = route.compare;
  const failures = total(route.failures);
  const compared = cell(whole(pairs.compared));
  compared.title = `${pairs.raced} raced, ${pairs.declined} declined, ${pairs.failed} failed, ${pairs.skipped} skipped, ${pairs.shed} shed`;
  return make("tr", {},
    make("th", { scope: "row" }, route.name, make("small", {}, route.match), ...nearMisses(route), ...testers(route)),
    stage(route),
    share(route),
    cell(short(both(route.rates))),
    cell(latency("legacy")),
    cell(latency("new")),
    compared,
    cell(pairs.compared ? whole(pairs.mismatched) : "–", pairs.mismatched ? "bad" : ""),
    cell(pairs.compared ? percent(pairs.upper_bound) : "–"),
    cell(whole(failures), failures ? "bad" : ""),
    fellBack(route),
  );
}

function list(id, rows, empty) {
  const items = rows.map(([name, words]) => make("li", {}, make("code", {}, name), make("span", {}, words)));
  byId(id).replaceChildren(...(items.length ? items : [make("li", { class: "quiet" }, empty)]));
}

function unmatchedRow(name, counts) {
  const cell = (text, kind = "") => make("td", { class: `number ${kind}` }, text);
  const failures = total(counts.failures);
  return make("tr", {},
    make("th", { scope: "row" }, name),
    cell(whole(counts.requests)),
    cell(short(counts.rate)),
    cell(`${milliseconds(counts.latency.p50)} / ${milliseconds(counts.latency.p95)}`),
    ...["2xx", "3xx", "4xx"].map((kind) => cell(whole(counts.status[kind] || 0))),
    cell(whole(counts.status["5xx"] || 0), counts.status["5xx"] ? "bad" : ""),
    cell(whole(failures), failures ? "bad" : ""),
  );
}

function drawUnmatched(unmatched) {
  const shapes = unmatched.shapes.slice(0, MOST_SHAPES).map((one) => unmatchedRow(`${one.method} ${one.shape}`, one));
  const all = shapes.length ? `all ${whole(unmatched.shapes.length)} shapes` : "none: every path asked for has a route";
  document.querySelector("#unmatched tbody").replaceChildren(unmatchedRow(all, unmatched), ...shapes);
}

function breakerWords([kind, facts]) {
  const lasted = facts.for == null ? "" : ` for ${whole(facts.for)} s`;
  const probe = facts.next_probe_in == null ? "" : `, next probe in ${short(facts.next_probe_in)} s`;
  return `breaker of ${kind}: ${facts.state}${lasted}${probe}${facts.why ? `: ${facts.why}` : ""}`;
}

function drawRest(status) {
  list("upstreams", Object.entries(status.upstreams).map(([name, one]) => {
    const open = Object.entries(one.breaker).filter(([, facts]) => facts.state !== "closed").map(breakerWords);
    return [name, [`${one.connections} connections`, ...open].join("; ")];
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
  drawTrouble(status);
  drawTiles(status);
  const moves = (route) => route.new || route.stage !== "legacy" || route.compare.compared;
  const [moving, still] = [status.routes.filter(moves), status.routes.filter((route) => !moves(route))];
  document.querySelector("#routes tbody").replaceChildren(...troubledFirst(moving).map(routeRow));
  document.querySelector("#still tbody").replaceChildren(...still.map(routeRow));
  byId("others").hidden = !still.length;
  byId("count").textContent = `${still.length} routes that stay with legacy, ${short(still.reduce((sum, route) => sum + both(route.rates), 0))} req/s`;
  drawDomains(status.domains);
  drawLimits(status.limits);
  drawComposed(status.composed);
  drawMachines(status.machines);
  drawMoves(status.moves);
  drawUnmatched(status.unmatched);
  drawRest(status);
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(4000) });
  if (answer.status === 401) location.assign("/login"); // the token was changed
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

let evidence = "";
let turns = 0;

async function turn() {
  const pulse = byId("pulse");
  try {
    const status = await ask("/api/status");
    draw(status);
    const now = status.routes.map((route) => `${route.name} ${route.compare.mismatched}`).join();
    if (now !== evidence || turns % EVIDENCE_EVERY === 0) {
      drawEvidence(await ask("/api/compare"));
      evidence = now;
    }
    turns += 1;
    pulse.textContent = "live";
    pulse.className = "good";
  } catch (error) {
    pulse.textContent = `no answer: ${error.message}`;
    pulse.className = "bad";
  }
  setTimeout(turn, 1000);
}

document.querySelector("#still").prepend(document.querySelector("#routes thead").cloneNode(true));
turn();
