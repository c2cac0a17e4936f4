"use strict";
// Which machines were let in, and which not; where their credentials are known from.

import { byId, make, whole } from "/making.js";

const MOST_NAMED = 3; // machines in a row; more of them are in the cell's title

function counted(pairs) {
  return pairs.map(([name, times]) => `${name} (${whole(times)})`);
}

function row(one) {
  const cell = (number) => make("td", { class: `number ${number ? "bad" : ""}` }, whole(number));
  const who = counted(one.who.map((each) => [each.key, each.times]));
  const most = make("td", {}, who.slice(0, MOST_NAMED).join(", ") || "nobody");
  most.title = who.join("\n");
  const unchecked = one.unchecked ? [make("small", { class: "bad" }, `${whole(one.unchecked)} not checked: no key is known yet`)] : [];
  return make("tr", {},
    make("th", { scope: "row" }, one.route, make("small", {}, one.demands), ...unchecked),
    make("td", {}, one.mode),
    make("td", { class: "number" }, whole(one.passed)),
    cell(one.refused),
    cell(one.would_refuse),
    make("td", {}, counted(Object.entries(one.reasons)).join(", ")),
    most,
  );
}

function source(one) {
  const known = one.keys === null ? "none is known yet" : `${whole(one.keys)} known`;
  const met = one.unknown ? `, ${whole(one.unknown)} tokens by others` : "";
  const name = one.name === "keys" ? "API keys" : `keys of ${one.name}`;
  const item = make("li", {}, `${name}: ${known}${met} (${one.place})`);
  if (one.error) item.append(make("small", { class: "bad" }, ` ${one.error}`));
  return item;
}

export function drawMachines(machines) {
  byId("machines").hidden = !(machines.routes.length || machines.sources.length);
  document.querySelector("#allow tbody").replaceChildren(...machines.routes.map(row));
  byId("sources").replaceChildren(...machines.sources.map(source));
}
