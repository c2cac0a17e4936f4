"use strict";
// Composed routes: their answers, and what became of their parts.

import { byId, make, whole } from "/making.js";

function missing(part) {
  const why = Object.entries(part.missing).map(([reason, number]) => `${whole(number)} ${reason}`);
  return why.join(", ") || "never";
}

function row(route, part, first) {
  const cell = (text, kind = "") => make("td", { class: `number ${kind}` }, text);
  const failed = (route.status["5xx"] || 0) + (route.status["4xx"] || 0);
  const about = first ? [route.name, make("small", {}, route.match)] : [];
  return make("tr", {},
    make("th", { scope: "row" }, ...about),
    make("td", {}, part.name, make("small", {}, `${part.get}${part.optional ? ", optional" : ""}`)),
    cell(whole(part.there)),
    make("td", { class: Object.keys(part.missing).length ? "bad" : "" }, missing(part)),
    cell(first ? whole(route.requests) : ""),
    cell(first ? whole(route.partial) : ""),
    cell(first ? whole(failed) : "", first && failed ? "bad" : ""),
  );
}

export function drawComposed(routes) {
  byId("composed").hidden = !routes.length;
  const rows = routes.flatMap((route) => route.parts.map((part, index) => row(route, part, !index)));
  document.querySelector("#composed tbody").replaceChildren(...rows);
}
