// The list of cases: one button each, kept across changes so that the keyboard does not lose its place.
import { $, arrange, element } from "./dom.js";
import { URGENCIES, channel, clock, holder } from "./words.js";

const known = new Map();

function make(id, onOpen) {
  const [urgency, time, place, state] = ["urgency", "waits", "about", "state"].map((name) => element("span", name));
  const dot = element("span", "dot");
  const drill = element("span", "drill", "DIỄN TẬP");
  const top = element("span", "top", urgency, drill, time);
  const button = element("button", "case", top, element("span", "under", place, dot), state);
  button.type = "button";
  button.dataset.testid = "case";
  button.addEventListener("click", () => onOpen(id));
  return { row: element("li", "", button), button, urgency, time, place, state, dot, drill };
}

function fill(parts, item, current) {
  Object.assign(parts.button.dataset, { urgency: item.urgency, number: item.number, state: item.state, mine: item.mine });
  parts.button.setAttribute("aria-current", String(current));
  parts.urgency.textContent = URGENCIES[item.urgency] ?? item.urgency;
  parts.place.textContent = `Ca ${item.number} · ${channel(item)}`;
  parts.state.textContent = holder(item);
  const unread = current && !document.hidden ? 0 : Number(item.unread);
  parts.dot.hidden = !unread;
  parts.dot.textContent = unread > 99 ? "99+" : unread;
  parts.dot.title = `${unread} tin chưa đọc`;
  parts.drill.hidden = !item.drill;
  parts.time.dataset.since = item.waiting_since ?? "";
}

export function showCases(cases, opened, onOpen) {
  const ids = new Set(cases.map((item) => item.id));
  for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  const rows = cases.map((item) => {
    if (!known.has(item.id)) known.set(item.id, make(item.id, onOpen));
    fill(known.get(item.id), item, item.id === opened);
    return known.get(item.id).row;
  });
  arrange($("cases"), rows);
  const waiting = cases.filter((item) => item.state === "queue").length;
  $("count").textContent = waiting ? `${waiting} chờ nhận` : "";
  $("empty").hidden = cases.length > 0;
  tick();
}

export function tick() {
  for (const { time } of known.values()) {
    time.textContent = time.dataset.since ? clock(time.dataset.since) : "đã trả lời";
    time.classList.toggle("calm", !time.dataset.since);
  }
}

// The arrows walk the list.
export function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...$("cases").querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  if (!step || place < 0) return;
  event.preventDefault();
  buttons[place + step]?.focus();
}
