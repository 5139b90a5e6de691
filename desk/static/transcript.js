// The words of one opened case, merged by their place in the conversation.
import { arrange, element } from "./dom.js";
import { failure, has, locale, t, timeOf } from "./words.js";

const OUTGOING = new Set(["assistant", "operator", "automatic", "notice"]);
const NEAR = 80;

export class Transcript {
  #lines = new Map();
  #nodes = new Map();
  #marked = "";
  #pattern = null;

  constructor(box, newest) {
    Object.assign(this, { box, newest });
    newest.addEventListener("click", () => this.goLow());
    box.addEventListener("scroll", () => this.#isLow() && (newest.hidden = true));
  }

  get lines() {
    return [...this.#lines.values()].sort((one, other) => one.seq - other.seq);
  }

  empty() {
    [this.#lines, this.#nodes, this.#marked, this.#pattern] = [new Map(), new Map(), "", null];
    this.box.replaceChildren();
    this.newest.hidden = true;
  }

  merge(messages) {
    const [first, low] = [this.#lines.size === 0, this.#isLow()];
    const fresh = messages.some((line) => line.from === "person" && !this.#lines.has(line.seq));
    for (const line of messages) this.#keep(line);
    this.#arrange();
    if (first || low) this.goLow();
    else if (fresh) this.newest.hidden = false;
  }

  // Marks, in what the person wrote, the words for which the alarm was given.
  mark(phrases) {
    const told = phrases.join("\n");
    if (told === this.#marked) return;
    this.#marked = told;
    this.#pattern = patternOf(phrases);
    for (const line of this.#lines.values()) if (line.from === "person") this.#make(line);
    this.#arrange();
  }

  goLow() {
    this.box.scrollTop = this.box.scrollHeight;
    this.newest.hidden = true;
  }

  goTo(seq) {
    const node = this.#nodes.get(seq);
    node?.scrollIntoView({ block: "center" });
    node?.animate?.([{ opacity: 0.3 }, { opacity: 1 }], 600);
  }

  #isLow() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  #keep(line) {
    const old = this.#lines.get(line.seq);
    this.#lines.set(line.seq, line);
    if (!old || old.state !== line.state || old.text !== line.text) this.#make(line);
  }

  #make(line) {
    const made = show(line, this.#pattern);
    this.#nodes.get(line.seq)?.replaceWith(made);
    this.#nodes.set(line.seq, made);
  }

  #arrange() {
    arrange(this.box, this.lines.flatMap((line, place, all) => this.#withDay(line, all[place - 1])));
  }

  #withDay(line, before) {
    const node = this.#nodes.get(line.seq);
    const day = new Date(line.at).toDateString();
    const sameDay = before && new Date(before.at).toDateString() === day;
    node.classList.toggle("joined", Boolean(sameDay && before.from === line.from && line.from !== "note"));
    if (sameDay) return [node];
    if (!this.#nodes.has(day)) this.#nodes.set(day, element("p", "day", dayName(new Date(line.at))));
    return [this.#nodes.get(day), node];
  }
}

function dayName(date) {
  if (date.toDateString() === new Date().toDateString()) return t("today");
  return date.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "numeric" });
}

function show(line, pattern) {
  const kind = line.from === "person" && /^\[(\w+)\]$/.exec(line.text)?.[1];
  const known = kind && has(`kind_${kind}`);
  const words = element("p", known ? "words kind" : "words");
  words.append(...(known ? [t(`kind_${kind}`)] : line.from === "person" ? marked(line.text, pattern) : [line.text]));
  const time = element("time", "", timeOf(line.at));
  time.title = new Date(line.at).toLocaleString(locale);
  const name = has(`author_${line.from}`) ? t(`author_${line.from}`) : line.from;
  const made = element("article", "line", element("span", "name", name), words);
  made.append(element("span", "sent", time, ...delivery(line)));
  Object.assign(made.dataset, { from: line.from, state: line.state });
  return made;
}

function delivery(line) {
  if (!OUTGOING.has(line.from) || !has(`state_${line.state}`)) return [];
  const why = line.state === "failed" ? ` (${failure(line.failure)})` : "";
  return [" · ", element("span", "delivery", t(`state_${line.state}`) + why)];
}

// The reasons quote words without their punctuation: between two of them anything but a letter may stand.
function patternOf(phrases) {
  const quoted = phrases.map((phrase) =>
    phrase.trim().split(/\s+/u).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^\\p{L}\\p{N}]+"),
  );
  const found = [...new Set(quoted)].filter(Boolean).sort((one, other) => other.length - one.length);
  return found.length ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${found.join("|")})(?![\\p{L}\\p{N}])`, "giu") : null;
}

function marked(text, pattern) {
  if (!pattern) return [text];
  const parts = [];
  let place = 0;
  for (const found of text.normalize("NFC").matchAll(pattern)) {
    parts.push(text.slice(place, found.index), element("mark", "", found[0]));
    place = found.index + found[0].length;
  }
  return [...parts, text.slice(place)];
}
