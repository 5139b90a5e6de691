// The words of the page, in the language that was chosen, and the few that depend on data.
import { WORDS } from "/desk/words.js";

export function t(name, blanks = {}) {
  return (WORDS[name] ?? name).replace(/\{(\w+)\}/g, (whole, blank) => blanks[blank] ?? whole);
}

export const has = (name) => name in WORDS;
export const urgency = (item) => t(`urgency_${item.urgency}`);
export const channel = (item) => (has(`channel_${item.channel}`) ? t(`channel_${item.channel}`) : item.channel);
export const locale = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";

export function holder(item) {
  if (item.state === "queue") return t("waits_to_be_taken");
  if (item.state === "closed") return t("is_closed");
  if (item.mine) return t("you_hold");
  const name = item.operator ?? t("colleague");
  return t(item.alone ? "left_alone" : "holds", { name });
}

export function failure(reason) {
  const known = { left: "left", Forbidden: "blocked", window: "window" }[reason];
  return t(`failure_${known ?? "other"}`);
}

export function timeOf(value) {
  return new Date(value).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

export function dayAndTime(value) {
  return new Date(value).toLocaleString(locale, { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" });
}

export function clock(since) {
  return span(Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1000)));
}

// What is left until a time; nothing when it has passed.
export function left(until) {
  const seconds = Math.floor((Date.parse(until) - Date.now()) / 1000);
  return seconds > 0 ? span(seconds) : "";
}

function span(seconds) {
  const pair = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  return hours ? `${hours}:${pair(minutes % 60)}:${pair(seconds % 60)}` : `${pair(minutes)}:${pair(seconds % 60)}`;
}
