"use strict";
// What is wrong, above everything else. From `troubles`, `events` and `failed` of /api/status.

import { byId, clock, make } from "/making.js";

function item(at, kind, words, note = "") {
  const line = make("span", { class: kind }, words);
  if (note) line.append(make("small", {}, note));
  return make("li", {}, make("time", {}, clock(at)), line);
}

function standing(one) {
  return item(one.since, "bad", one.words, one.amount);
}

function failure(one) {
  const words = `${one.status} for ${one.method} ${one.target} (${one.route}): ${one.upstream} ${one.why}`;
  return item(one.at, "", words, `request ${one.request_id}`);
}

/** Fill a folded list; it is hidden where there is nothing. */
function fold(id, title, items) {
  byId(id).hidden = !items.length;
  byId(id).querySelector("summary").textContent = title;
  byId(id).querySelector("ul").replaceChildren(...items);
}

/** The number of troubles stands in the title too: it is read from another tab. */
export function drawTrouble(status) {
  const wrong = status.troubles.map(standing);
  const number = wrong.length + (status.reload.ok ? 0 : 1);
  byId("trouble").className = wrong.length ? "trouble" : "trouble none";
  byId("wrong").replaceChildren(...wrong);
  byId("well").hidden = number > 0;
  document.title = `${number ? `(${number}) ` : ""}Strangler Fig · facade`;
  const last = (list) => (list.length ? `, the last one at ${clock(list[0].at)}` : "");
  fold("failed", `Requests that failed${last(status.failed)}`, status.failed.map(failure));
  fold("events", `What began and ended${last(status.events)}`,
    status.events.map((one) => item(one.at, one.good ? "good" : "bad", one.words)));
}

/** The names of routes that are in trouble come first; else the order of the file stays. */
export function troubledFirst(routes) {
  const bad = (route) => (route.fallback_share ? 2 : 0) + (route.compare.mismatched ? 1 : 0);
  return [...routes].sort((one, other) => bad(other) - bad(one));
}
