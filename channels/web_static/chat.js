// The chat page: what is shown, and what happens on a tap.
import { Incoming, Outgoing } from "./link.js";
import { newId, unsent } from "./store.js";

const NUMBER = /(?<!\d)(1900[ .]?\d\d[ .]?\d\d[ .]?\d\d|1900[ .]?\d{4}|1800[ .]?\d\d[ .]?\d\d|096 306 1414|11[1-5])(?!\d)/g;
const NAMES = { assistant: "Trợ lý máy", operator: "Người trực", automatic: "Tự động" };
const STATES = {
  trying: "chưa gửi được, đang thử lại…",
  sending: "đang gửi…",
  received: "đã nhận",
  refused: "không gửi được tin này",
};
const $ = (id) => document.getElementById(id);
const [log, text, choices, scroll] = ["log", "text", "choices", "scroll"].map($);
const shown = new Map();
let lastSeq = 0;

function withNumbers(value) {
  const parts = document.createDocumentFragment();
  let place = 0;
  for (const found of value.matchAll(NUMBER)) {
    const link = document.createElement("a");
    link.href = `tel:${found[0].replace(/\D/g, "")}`;
    link.textContent = found[0];
    parts.append(value.slice(place, found.index), link);
    place = found.index + found[0].length;
  }
  parts.append(value.slice(place));
  return parts;
}

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

function bubble(from, value) {
  const line = element("div", `line ${from}`);
  line.dataset.from = from;
  if (NAMES[from]) line.append(element("span", "name", NAMES[from]));
  line.append(element("p", "words", withNumbers(value)));
  log.append(line);
  return line;
}

function mark(id, state) {
  const line = shown.get(id);
  if (!line) return;
  line.querySelector(".state")?.remove();
  line.append(element("span", `state ${state}`, STATES[state]));
}

function showOwn(id, value, state) {
  shown.set(id, bubble("person", value));
  mark(id, state);
}

function offer(buttons) {
  choices.replaceChildren(
    ...buttons.map((title) => {
      const button = element("button", "choice", title);
      button.type = "button";
      button.addEventListener("click", () => say(title));
      return button;
    }),
  );
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}

function receive(frame) {
  if ("typing" in frame) $("typing").hidden = !frame.typing;
  else if (frame.seq > lastSeq) {
    lastSeq = frame.seq;
    show(frame);
  }
  toEnd();
}

function show(frame) {
  if (frame.from === "person") {
    if (!shown.has(frame.id)) showOwn(frame.id, frame.text, "received");
    mark(frame.id, "received");
    return;
  }
  const line = bubble(frame.from, frame.text);
  if (frame.picture) line.append(Object.assign(element("img", "picture"), frame.picture, { loading: "lazy", onload: toEnd }));
  if (frame.from !== "notice") offer(frame.buttons);
}

function say(value) {
  const message = { id: newId(), text: value };
  unsent.add(message);
  showOwn(message.id, value, "sending");
  offer([]);
  toEnd();
  outgoing.flush();
}

const incoming = new Incoming(() => lastSeq, receive, (open) => ($("connection").hidden = open));
let troubled = false;
const outgoing = new Outgoing(
  (id, state) => {
    mark(id, state);
    if (state === "received") troubled = false;
    incoming.open();
  },
  // Nothing can be stored just now: whom to call is said once, by the page itself.
  (words) => {
    if (!troubled) bubble("automatic", words);
    troubled = true;
    toEnd();
  },
);

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!text.value.trim()) return;
  say(text.value);
  text.value = "";
  text.style.removeProperty("height");
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("form").requestSubmit();
});
text.addEventListener("input", () => {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
});
window.addEventListener("online", () => outgoing.flush());

for (const message of unsent.all()) showOwn(message.id, message.text, "sending");
incoming.open();
outgoing.flush();
text.focus();
