// What an operator does with a case. Every draft belongs to one case and never shows in another.
import { $, element, toast } from "./dom.js";
import { act } from "./link.js";
import { PHRASES } from "./words.js";

const drafts = new Map();
const busy = new Set();
let current = null;
let closing = null;

function draftOf(id) {
  if (!drafts.has(id)) drafts.set(id, { reply: "", note: "", sending: null });
  return drafts.get(id);
}

export function turnTo(id) {
  current = id;
  delete $("reply").dataset.wanted;
  const draft = id === null ? { reply: "", note: "" } : draftOf(id);
  $("reply").value = draft.reply;
  $("note").value = draft.note;
  showBusy();
}

export function forget(id) {
  drafts.delete(id);
  if (closing === id) $("closing").close();
}

// One action at a time on a case, so that a double click does nothing twice.
async function once(id, action, body) {
  if (id === null || busy.has(id)) return null;
  busy.add(id);
  showBusy();
  const problem = await act(id, action, body);
  busy.delete(id);
  showBusy();
  return problem;
}

function showBusy() {
  for (const name of ["claim", "send", "keep", "return", "close", "close-confirm"]) {
    $(name).setAttribute("aria-disabled", String(busy.has(current)));
  }
}

export async function claim() {
  $("reply").dataset.wanted = "true";
  const problem = await once(current, "claim");
  if (!problem) return;
  delete $("reply").dataset.wanted;
  toast(problem);
}

export async function giveBack() {
  const problem = await once(current, "return");
  if (problem) toast(problem);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The same id for the same words until the server took them: an answer lost on the way sends nothing twice.
export async function reply(event) {
  event?.preventDefault();
  const [id, text] = [current, $("reply").value.trim()];
  if (!text || id === null || busy.has(id)) return;
  const draft = draftOf(id);
  if (draft.sending?.text !== text) draft.sending = { id: newId(), text };
  const problem = await once(id, "reply", draft.sending);
  if (problem) return toast(problem);
  draft.sending = null;
  toast("");
  clear(id, "reply", text);
}

export async function note(event) {
  event.preventDefault();
  const [id, text] = [current, $("note").value.trim()];
  if (!text) return $("note").focus();
  const problem = await once(id, "note", { text });
  if (problem) toast(problem);
  else if (problem === "") clear(id, "note", text);
}

// What was typed meanwhile stays.
function clear(id, field, text) {
  const draft = drafts.get(id);
  if (!draft || draft[field].trim() !== text) return;
  draft[field] = "";
  if (id === current) $(field).value = "";
}

function askToClose() {
  if (current === null || busy.has(current)) return;
  closing = current;
  $("closing-form").reset();
  $("closing-error").hidden = true;
  $("closing-title").textContent = `Đóng ca ${closing}`;
  $("unsent").hidden = !draftOf(closing).reply.trim();
  $("closing").showModal();
}

async function close(event) {
  event.preventDefault();
  const body = { outcome: $("outcome").value, note: $("closing-note").value.trim() };
  const problem = await once(closing, "close", body);
  $("closing-error").textContent = problem ?? "";
  $("closing-error").hidden = !problem;
  if (problem === "") $("closing").close();
}

function usePhrase(phrase) {
  const field = $("reply");
  const [start, end] = [field.selectionStart, field.selectionEnd];
  const gap = start && !/\s$/.test(field.value.slice(0, start)) ? " " : "";
  field.setRangeText(gap + phrase, start, end, "end");
  field.dispatchEvent(new Event("input"));
  field.focus();
}

function phraseItem(phrase) {
  const button = element("button", "", phrase);
  button.type = "button";
  button.addEventListener("click", () => usePhrase(phrase));
  return element("li", "", button);
}

export function wireActions() {
  $("phrases").append(...PHRASES.map(phraseItem));
  for (const field of ["reply", "note"]) {
    $(field).addEventListener("input", () => current !== null && (draftOf(current)[field] = $(field).value));
  }
  $("reply").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) reply(event);
  });
  const clicks = { claim, return: giveBack, close: askToClose, "keep-open": () => $("closing").close() };
  for (const [name, what] of Object.entries(clicks)) $(name).addEventListener("click", what);
  const forms = { answer: reply, noting: note, "closing-form": close };
  for (const [name, what] of Object.entries(forms)) $(name).addEventListener("submit", what);
  $("closing").addEventListener("close", () => (closing = null));
  addEventListener("beforeunload", (event) => {
    if ([...drafts.values()].some((draft) => draft.reply.trim() || draft.note.trim())) event.preventDefault();
  });
}
