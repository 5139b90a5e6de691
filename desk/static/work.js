// One action at a time on a case, so that a double click does nothing twice.
import { post } from "./link.js";

const busy = new Set();
const watchers = [];

export const isBusy = (id) => busy.has(id);

export function onBusy(watcher) {
  watchers.push(watcher);
}

// Gives what came of it, or nothing while another action on this case is under way.
export async function once(id, action, body) {
  if (id === null || busy.has(id)) return null;
  busy.add(id);
  for (const watcher of watchers) watcher();
  const result = await post(`/desk/cases/${id}/${action}`, body);
  busy.delete(id);
  for (const watcher of watchers) watcher();
  return result;
}
