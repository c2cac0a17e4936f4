"use strict";
// One card for each route that is compared: how sure we are, what differs, what never came.

import { byId, clock, make, milliseconds, percent, quoted, short, span, total, whole } from "/making.js";

const LEAST = 1e-5; // the left end of the scale, as a share
const MOST_KINDS = 8;
const MOST_CAUSES = 6;

/** Where a share stands on the logarithmic scale, in percent of its width. */
function place(share) {
  const at = (Math.log10(Math.max(share, LEAST)) - Math.log10(LEAST)) / -Math.log10(LEAST);
  return `${Math.min(at, 1) * 100}%`;
}

/** A bar up to the bound, with a mark at the target; shorter is better. */
function scale(route) {
  const reached = route.compared > 0 && route.upper_bound <= route.target;
  const words = `at most ${percent(route.upper_bound)} differ, the target is ${percent(route.target)}`;
  const bar = make("div", { class: "scale", role: "img", "aria-label": words });
  const fill = make("i", { class: reached ? "reached" : route.mismatched ? "over" : "open" });
  fill.style.width = place(route.compared ? route.upper_bound : 1);
  const mark = make("b", { title: `target: ${percent(route.target)}` });
  mark.style.left = place(route.target);
  bar.append(fill, mark);
  const ends = make("div", { class: "ends" });
  for (const share of [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]) ends.append(make("span", {}, percent(share)));
  return make("div", {}, bar, ends);
}

function outlook(route) {
  if (!route.compared) return ["no evidence yet", ""];
  if (route.pairs_to_target == null) return [`differs more often than ${percent(route.target)}`, "bad"];
  if (route.pairs_to_target === 0) return ["target reached", "good"];
  const missing = `${whole(route.pairs_to_target)} equal pairs to go`;
  return [route.seconds_to_target == null ? missing : `${missing}, ${span(route.seconds_to_target)} at this pace`, ""];
}

function fact(label, value, note = "") {
  return make("div", { class: "fact" }, make("span", {}, label), make("b", {}, value), make("small", {}, note));
}

function latency(summary) {
  const { difference_ms: mean, difference_interval_ms: interval, ratio } = summary;
  if (mean == null) return fact("Paired latency", "–");
  const value = `${mean > 0 ? "+" : "−"}${short(Math.abs(mean))} ms`;
  const range = interval ? `95 %: ${interval.map((one) => short(one)).join(" to ")} ms; ` : "too few pairs for an interval; ";
  const sides = `legacy ${milliseconds(summary.control.p50)}, new ${milliseconds(summary.candidate.p50)} ms (p50)`;
  return fact("Paired latency, new − legacy", value, `${range}${ratio == null ? "" : `${ratio.toFixed(2)} ×; `}${sides}`);
}

function facts(route) {
  const lost = total(route.failed) + total(route.shed) + total(route.skipped);
  const outcome = `${whole(route.matched)} equal, ${whole(route.mismatched)} differ, ${whole(route.raced)} raced`;
  const bound = route.compared ? percent(route.upper_bound) : "–";
  const always = route.compared ? `however often one looks: ${percent(route.anytime_upper_bound)}` : "";
  return make("div", { class: "facts" },
    fact("Pairs compared", whole(route.compared), `${outcome}; ${whole(lost)} failed, shed or skipped`),
    fact("Differ at most, 95 %", bound, always),
    fact("Time to evidence", route.pairs_to_target === 0 && route.compared ? "now"
      : route.seconds_to_target == null ? "–" : span(route.seconds_to_target),
      `target ${percent(route.target)}; ${short(route.pairs_per_second)} pairs/s`),
    latency(route.latency));
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
  const count = route.causes.length;
  if (!count) return [];
  const title = `${whole(route.mismatched)} pairs differ, ${count === 1 ? "one cause" : `${count} causes`}`;
  const cards = route.causes.slice(0, MOST_CAUSES).map((cause) => causeCard(cause, clusters));
  return [make("h4", {}, title), make("div", { class: "causes" }, ...cards)];
}

function words(route) {
  const lines = route.expected.map((known) => [known.path, known.overdue ? `expected until ${known.until}: overdue`
    : `expected, ${known.seen ? `seen ${whole(known.seen)} times` : "never seen"}: ${known.why} (${known.owner})`, known.overdue]);
  lines.push(...route.noise.map((one) => [one.path, `noise: legacy differs from itself in ${percent(one.confidence)} or more`, false]));
  lines.push(...route.rule_errors.map((error) => ["rule", error, true]));
  lines.push(...route.forced.map((step) => [`to ${step.stage}`, `against the evidence: ${step.reason}`, true]));
  if (!lines.length) return [];
  const items = lines.map(([path, text, bad]) =>
    make("li", {}, make("code", {}, path), make("span", { class: bad ? "bad" : "" }, text)));
  return [make("ul", { class: "plain" }, ...items)];
}

function card(route) {
  const [text, kind] = outlook(route);
  const stage = route.percent == null ? route.stage || "gone" : `${route.stage} ${short(route.percent)} %`;
  const head = make("header", {}, make("h3", {}, route.route), make("span", { class: `stage ${route.stage}` }, stage),
    make("code", {}, route.match || ""), make("span", { class: `outlook ${kind}` }, text));
  const seen = route.classes.length ? [make("div", { class: "halves" }, kinds(route), make("div", {}, ...neverSeen(route)))] : [];
  return make("article", { class: "evidence" }, head, scale(route), facts(route), ...causes(route), ...seen, ...words(route));
}

/** Routes with pairs first, those that differ before the others; then those that wait for pairs. */
export function drawEvidence(comparison) {
  const wanted = comparison.routes.filter((route) => route.compared || ["shadow", "canary"].includes(route.stage));
  wanted.sort((one, other) => other.mismatched - one.mismatched || other.compared - one.compared);
  const nothing = make("p", { class: "quiet" },
    "No route is compared: fig flip ROUTE shadow --sample 100% begins.");
  byId("evidence").replaceChildren(...(wanted.length ? wanted.map(card) : [nothing]));
}
