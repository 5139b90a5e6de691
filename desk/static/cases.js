// The list of cases: one button each, kept across changes so that the keyboard does not lose its place.
import { $, arrange, element, fill } from "./dom.js";
import { channel, clock, holder, t, timeOf, urgency } from "./words.js";

const known = new Map();

function make(id, onOpen) {
  const names = ["urgency", "waits", "about", "state"];
  const [level, time, place, state] = names.map((name) => element("span", name));
  const dot = element("span", "dot");
  const drill = element("span", "drill", t("drill"));
  const top = element("span", "top", level, drill, time);
  const press = element("button", "case", top, element("span", "under", place, dot), state);
  press.type = "button";
  press.dataset.testid = "case";
  press.addEventListener("click", () => onOpen(id));
  return { row: element("li", "", press), press, level, time, place, state, dot, drill };
}

function show(parts, item, current) {
  Object.assign(parts.press.dataset, { urgency: item.urgency, number: item.number, state: item.state, mine: item.mine, alone: item.alone });
  parts.press.setAttribute("aria-current", String(current));
  parts.level.textContent = urgency(item);
  parts.place.textContent = `${t("case", { number: item.number })} · ${channel(item)}`;
  parts.state.textContent = item.typing.length ? t("is_typing", { names: item.typing.join(", ") }) : holder(item);
  const unread = current && !document.hidden ? 0 : Number(item.unread);
  parts.dot.hidden = !unread;
  parts.dot.textContent = unread > 99 ? "99+" : unread;
  parts.dot.title = t("unread", { count: unread });
  parts.drill.hidden = !item.drill;
  parts.time.dataset.since = item.waiting_since ?? "";
}

export function showCases(cases, opened, onOpen) {
  const ids = new Set(cases.map((item) => item.id));
  for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  const rows = cases.map((item) => {
    if (!known.has(item.id)) known.set(item.id, make(item.id, onOpen));
    show(known.get(item.id), item, opened.has(item.id));
    return known.get(item.id).row;
  });
  arrange($("cases"), rows);
  const waiting = cases.filter((item) => item.state === "queue").length;
  $("count").textContent = waiting ? t("waiting_count", { count: waiting }) : "";
  $("empty").hidden = cases.length > 0;
  tick();
}

export function tick() {
  for (const { time } of known.values()) {
    time.textContent = time.dataset.since ? clock(time.dataset.since) : t("answered");
    time.classList.toggle("calm", !time.dataset.since);
  }
}

// The arrows walk the list.
export function walk(step) {
  const buttons = [...$("cases").querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  const from = place < 0 ? buttons.findIndex((one) => one.getAttribute("aria-current") === "true") : place;
  const to = from < 0 ? (step > 0 ? 0 : buttons.length - 1) : from + step;
  buttons[to]?.focus();
}

export function showColleagues(colleagues, me) {
  const others = colleagues.filter((one) => one.id !== me && one.role !== "administrator");
  fill($("colleagues"), JSON.stringify(others), () =>
    others.length ? others.map(colleague) : [element("li", "soft", t("nobody_else"))],
  );
}

function colleague(one) {
  const state = one.duty === "off" ? "off" : !one.reachable ? "gone" : one.paused_until ? "away" : one.duty;
  const words = one.duty === "off" || one.duty === "away" ? t(`duty_${one.duty}`) : t(one.reachable ? "duty_on" : "not_here");
  const paused = one.paused_until ? ` · ${t("paused_until", { time: timeOf(one.paused_until) })}` : "";
  const made = element("li", "colleague", element("b", "", one.name), element("span", "soft", words + paused));
  made.append(element("span", "soft held", t("carries", { held: one.held, capacity: one.capacity })));
  made.dataset.state = state;
  return made;
}
