"use strict";
// One card for each route that is compared: how sure we are, what differs, what never came.

import { byId, clock, make, quoted, whole } from "/making.js";

const ENDS = ["0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %"];
const MOST_KINDS = 8;
const MOST_CAUSES = 6;

/** A bar up to the bound, with a mark at the target; shorter is better. */
function scale(route) {
  const told = route.told;
  const words = `at most ${told.bound} are wrong, the next step allows ${told.target}`;
  const bar = make("div", { class: "scale", role: "img", "aria-label": words });
  const fill = make("i", { class: told.mood === "good" ? "reached" : route.mismatched ? "over" : "open" });
  fill.style.width = `${told.bound_at}%`;
  const mark = make("b", { title: `target: ${told.target}` });
  mark.style.left = `${told.target_at}%`;
  bar.append(fill, mark);
  return make("div", {}, bar, make("div", { class: "ends" }, ...ENDS.map((end) => make("span", {}, end))));
}

function facts(route) {
  return make("div", { class: "facts" }, ...route.told.facts.map((one) => make("div", { class: "fact" },
    make("span", {}, one.name), make("b", {}, one.value), make("small", {}, one.note))));
}

function kinds(route) {
  const body = make("tbody");
  const most = Math.max(1, ...route.classes.map((kind) => kind.counts.matched + kind.counts.mismatched));
  for (const kind of route.classes.slice(0, MOST_KINDS)) {
    const { matched, mismatched } = kind.counts;
    const bar = make("i");
    bar.style.width = `${((matched + mismatched) / most) * 100}%`;
    body.append(make("tr", {}, make("th", { scope: "row" }, kind.name), make("td", { class: "meter" }, bar),
      make("td", { class: "number" }, whole(matched + mismatched)),
      make("td", { class: `number ${mismatched ? "bad" : ""}` }, whole(mismatched))));
  }
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Kind of input"), make("th"),
    make("th", { scope: "col", class: "number" }, "pairs"), make("th", { scope: "col", class: "number" }, "differ")));
  const more = route.classes.length - MOST_KINDS;
  const part = make("div", {}, make("table", { class: "kinds" }, head, body));
  if (more > 0) part.append(make("p", { class: "quiet" }, `and ${more} more kinds`));
  return part;
}

function neverSeen(route) {
  const list = make("ul", { class: "chips" });
  for (const name of route.never_seen) list.append(make("li", {}, name));
  const title = make("h4", {}, "Never seen: no number of pairs says anything about these");
  return route.never_seen.length ? [title, list] : [];
}

function side(name, answer) {
  return make("div", { class: `side ${name}` },
    make("span", {}, `${name}, ${answer.status}`), make("code", {}, quoted(answer.value)));
}

function causeCard(cause, clusters) {
  const first = clusters.get(cause.id);
  const places = cause.clusters.slice(1).map((id) => clusters.get(id).path);
  const card = make("article", { class: "cause" }, make("header", {},
    make("code", {}, first.path), make("span", {}, first.relation || first.kind),
    make("b", { class: "bad" }, `${whole(cause.pairs)} pairs`)));
  if (places.length) card.append(make("p", { class: "quiet" }, "also at ", make("code", {}, places.join(", "))));
  const sample = first.smallest || first.sample;
  if (sample) {
    card.append(make("p", {}, make("code", {}, `${sample.method} ${sample.target}`)),
      make("div", { class: "sides" }, side("legacy", sample.control), side("new", sample.candidate)));
  }
  card.append(make("p", { class: "quiet" }, `first ${clock(cause.first)}, last ${clock(cause.last)} · `,
    make("code", {}, `fig compare --export-test ${cause.id}`)));
  return card;
}

function causes(route) {
  const clusters = new Map(route.clusters.map((cluster) => [cluster.id, cluster]));
  if (!route.causes.length) return [];
  const cards = route.causes.slice(0, MOST_CAUSES).map((cause) => causeCard(cause, clusters));
  return [make("h4", {}, route.told.differing), make("div", { class: "causes" }, ...cards)];
}

function notes(route) {
  const items = [...route.told.known, ...route.told.objections].map((note) =>
    make("li", {}, make("code", {}, note.about), make("span", { class: note.bad ? "bad" : "" }, note.words)));
  return items.length ? [make("ul", { class: "plain" }, ...items)] : [];
}

function card(route) {
  const told = route.told;
  const head = make("header", {}, make("h3", {}, route.route), make("span", { class: `stage ${route.stage}` }, told.stage),
    make("code", {}, route.match || ""), make("span", { class: `outlook ${told.mood}` }, told.outlook));
  const seen = route.classes.length ? [make("div", { class: "halves" }, kinds(route), make("div", {}, ...neverSeen(route)))] : [];
  return make("article", { class: "evidence" }, head, scale(route), facts(route), ...causes(route), ...seen, ...notes(route));
}

/** Routes with pairs first, those that differ before the others; then those that wait for pairs. */
export function drawEvidence(comparison) {
  const wanted = comparison.routes.filter((route) => route.compared || ["shadow", "canary"].includes(route.stage));
  wanted.sort((one, other) => other.mismatched - one.mismatched || other.compared - one.compared);
  const nothing = make("p", { class: "quiet" },
    "No route is compared: fig flip ROUTE shadow --sample 100% begins.");
  byId("evidence").replaceChildren(...(wanted.length ? wanted.map(card) : [nothing]));
}
