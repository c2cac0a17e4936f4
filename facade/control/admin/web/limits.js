"use strict";
// The limits of requests: how many were let through, and who was refused most.

import { byId, make, whole } from "/making.js";

const MOST_NAMED = 3; // keys in a row; more of them are in the cell's title

function notCounted(limit) {
  const why = [
    [limit.keyless, "without any of its keys"],
    [limit.unchecked, "because the memory failed"],
    [limit.forgotten, "keys forgotten to make room"],
  ].filter(([number]) => number);
  return why.map(([number, words]) => make("small", { class: "bad" }, `${whole(number)} ${words}`));
}

function row(limit) {
  const cell = (text, kind = "") => make("td", { class: `number ${kind}` }, text);
  const who = limit.who.map((one) => `${one.key} (${whole(one.times)})`);
  const most = make("td", {}, who.slice(0, MOST_NAMED).join(", ") || "nobody");
  most.title = who.join("\n");
  return make("tr", {},
    make("th", { scope: "row" }, limit.name, make("small", {}, limit.routes.join(", ")), ...notCounted(limit)),
    make("td", {}, limit.mode),
    make("td", {}, limit.rate, make("small", {}, `by ${limit.key.join(", ")}`)),
    cell(whole(limit.burst)),
    cell(whole(limit.passed)),
    cell(whole(limit.refused), limit.refused ? "bad" : ""),
    cell(whole(limit.would_refuse), limit.would_refuse ? "bad" : ""),
    most,
  );
}

export function drawLimits(limits) {
  byId("limits").hidden = !limits.length;
  document.querySelector("#limits tbody").replaceChildren(...limits.map(row));
}
