"use strict";
// Elements and words, for all parts of the page.

export const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const integer = new Intl.NumberFormat("en");

export const short = (value) => number.format(value).replace("-", "−");
export const whole = (value) => integer.format(value);
export const total = (counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);
export const milliseconds = (ms) => (ms == null ? "–" : number.format(ms));
export const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));
/** A value of an answer: text in quotes, unless it says what is not there. */
export const quoted = (value) => (value === "(absent)" || value === "(secret)" ? value : JSON.stringify(value, null, 1));
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");

/** An element with attributes and children; text is never read as markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A share with as many digits as it takes to say something. */
export function percent(share) {
  if (share === 0) return "0 %";
  const points = share * 100;
  const digits = Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(points))));
  return `${String(points.toFixed(digits)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")} %`;
}

// A length of time for people; the argument is in seconds.
export function duration(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${short(seconds / 3600)} h`;
  return `${short(seconds / 86400)} days`;
}
