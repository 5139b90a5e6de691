// The words of the opened case, merged by their place in the conversation.
import { $, arrange, element } from "./dom.js";
import { AUTHORS, KINDS, STATES } from "./words.js";

const OUTGOING = new Set(["assistant", "operator", "automatic", "notice"]);
const NEAR = 80;
let lines = new Map();
let nodes = new Map();

export function empty() {
  [lines, nodes] = [new Map(), new Map()];
  $("transcript").replaceChildren();
  $("newest").hidden = true;
}

export function merge(messages) {
  const box = $("transcript");
  const first = lines.size === 0;
  const low = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  const fresh = messages.some((line) => line.from === "person" && !lines.has(line.seq));
  for (const line of messages) keep(line);
  const sorted = [...lines.values()].sort((one, other) => one.seq - other.seq);
  arrange(box, sorted.flatMap(withDay));
  if (first || low) goLow();
  else if (fresh) $("newest").hidden = false;
}

export function goLow() {
  $("transcript").scrollTop = $("transcript").scrollHeight;
  $("newest").hidden = true;
}

export function noticeScroll() {
  const box = $("transcript");
  if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR) $("newest").hidden = true;
}

function keep(line) {
  const old = lines.get(line.seq);
  lines.set(line.seq, line);
  if (old && old.state === line.state && old.text === line.text) return;
  const made = show(line);
  nodes.get(line.seq)?.replaceWith(made);
  nodes.set(line.seq, made);
}

function withDay(line, place, all) {
  const node = nodes.get(line.seq);
  const before = all[place - 1];
  const day = new Date(line.at).toDateString();
  const sameDay = before && new Date(before.at).toDateString() === day;
  node.classList.toggle("joined", Boolean(sameDay && before.from === line.from && line.from !== "note"));
  if (sameDay) return [node];
  if (!nodes.has(day)) nodes.set(day, element("p", "day", dayName(new Date(line.at))));
  return [nodes.get(day), node];
}

function dayName(date) {
  if (date.toDateString() === new Date().toDateString()) return "Hôm nay";
  return date.toLocaleDateString("vi-VN", { weekday: "long", day: "numeric", month: "numeric" });
}

function show(line) {
  const at = new Date(line.at);
  const time = element("time", "", at.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" }));
  time.title = at.toLocaleString("vi-VN");
  const kind = line.from === "person" && KINDS[line.text];
  const words = element("p", kind ? "words kind" : "words", kind || line.text);
  const made = element("article", "line", element("span", "name", AUTHORS[line.from] ?? line.from), words);
  made.append(element("span", "sent", time, ...delivery(line)));
  Object.assign(made.dataset, { from: line.from, state: line.state });
  return made;
}

function delivery(line) {
  const word = OUTGOING.has(line.from) && STATES[line.state];
  return word ? [" · ", element("span", "delivery", word)] : [];
}
