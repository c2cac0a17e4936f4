"use strict";
// Who owns each domain, and how the last attempt to move it ended. From `domains` of /api/status.

import { byId, clock, make } from "/making.js";

function attempt(last) {
  if (!last) return make("td", { class: "quiet" }, "none since the facade started");
  const said = make("span", { class: last.good ? "good" : "bad" }, last.words);
  return make("td", {}, said, make("small", {}, `${clock(last.at)} toward ${last.toward}, ${last.who}`));
}

function row([name, domain]) {
  const window = domain.window ? make("small", {}, `window ${domain.window}`) : "";
  return make("tr", {},
    make("th", { scope: "row" }, name),
    make("td", {}, make("span", { class: `stage ${domain.owner}` }, domain.owner), window),
    attempt(domain.attempt),
  );
}

export function drawDomains(domains) {
  const rows = Object.entries(domains);
  byId("domains").hidden = !rows.length;
  document.querySelector("#domains tbody").replaceChildren(...rows.map(row));
}
