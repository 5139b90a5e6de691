// What is being written. Every draft belongs to one case and never shows in another.
import { once } from "./work.js";

const drafts = new Map();
const watchers = [];

export function draftOf(id) {
  if (!drafts.has(id)) drafts.set(id, { reply: "", note: "", sending: null, waits: false });
  return drafts.get(id);
}

export const hasDraft = (id) => Boolean(drafts.get(id)?.reply.trim());
export const forget = (id) => drafts.delete(id);

export function onSent(watcher) {
  watchers.push(watcher);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The same id for the same words until the server took them: an answer lost on the way sends nothing twice.
export async function send(id) {
  const draft = draftOf(id);
  const text = draft.reply.trim();
  if (!text) return null;
  if (draft.sending?.text !== text) draft.sending = { id: newId(), text };
  const result = await once(id, "reply", draft.sending);
  if (!result) return null;
  draft.waits = result.lost;
  if (!result.problem) {
    draft.sending = null;
    cleared(id, "reply", text);
  }
  for (const watcher of watchers) watcher(id);
  return result;
}

export async function keepNote(id) {
  const text = draftOf(id).note.trim();
  if (!text) return null;
  const result = await once(id, "note", { text });
  if (result && !result.problem) cleared(id, "note", text);
  return result;
}

// What was typed meanwhile stays.
function cleared(id, field, text) {
  const draft = drafts.get(id);
  if (draft?.[field].trim() === text) draft[field] = "";
}

// The network is back: what the operator had sent, and nobody changed since, goes out.
export function sendWaiting() {
  for (const [id, draft] of drafts) {
    const unchanged = draft.sending?.text === draft.reply.trim();
    if (draft.waits && unchanged) send(id);
  }
}

addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some((draft) => draft.reply.trim() || draft.note.trim())) event.preventDefault();
});
