"use strict";
// What moves routes by itself: guards, walks, overrides, a freeze. From `moves` of /api/status.

import { byId, clock, duration, make } from "/making.js";

const KINDS = { back: "bad", pause: "bad", hold: "quiet", go: "good" };

function warnings(moves) {
  const found = [];
  if (moves.stopped) found.push(`Nothing moves by itself: ${moves.stopped}`);
  if (moves.override) {
    const where = Object.entries(moves.override.routes).map(([name, to]) => `${name} at ${to}`).join(", ");
    found.push(`Override until the route file is edited: ${where} (${moves.override.why})`);
  }
  if (moves.journal_away) found.push(`The journal cannot be written: ${moves.journal_away}`);
  for (const one of moves.retreats) {
    const goals = Object.entries(one.goals).map(([name, to]) => `${name} to ${to}`).join(", ");
    found.push(`Moving back ${goals}: ${one.why}${one.blocked ? ` (waits: ${one.blocked})` : ""}`);
  }
  return found;
}

function guardRow(guard) {
  const since = make("small", {}, `since ${clock(guard.since)}`);
  return make("tr", {},
    make("th", { scope: "row" }, guard.route, since),
    make("td", { class: KINDS[guard.kind] || "" }, guard.kind),
    make("td", {}, guard.words),
  );
}

function walkItem(walk) {
  const way = [walk.stands, ...walk.steps].join(" → ");
  const left = walk.seconds == null ? "" : `, about ${duration(walk.seconds)} left`;
  return make("li", {},
    make("code", {}, walk.routes.join(", ")),
    make("span", {}, `${walk.state}: ${way}${left}. ${walk.words}`),
  );
}

export function drawMoves(moves) {
  const said = moves ? warnings(moves) : [];
  byId("stopped").hidden = !said.length;
  byId("stopped").textContent = said.join("\n");
  const guards = moves ? moves.guards : [];
  byId("moves").hidden = !guards.length && !(moves && moves.walks.length);
  if (!moves) return;
  document.querySelector("#guards tbody").replaceChildren(...guards.map(guardRow));
  const walks = [...moves.walks].reverse().slice(0, 5);
  byId("walks").replaceChildren(...walks.map(walkItem));
}
