// What the tab remembers: the token and the messages the server has not confirmed. Gone with the tab.
const TOKEN = "token";
const UNSENT = "unsent";

export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) => sessionStorage.setItem(TOKEN, value),
};

export const unsent = {
  all: () => JSON.parse(sessionStorage.getItem(UNSENT) ?? "[]"),
  add(message) {
    sessionStorage.setItem(UNSENT, JSON.stringify([...unsent.all(), message]));
  },
  remove(id) {
    sessionStorage.setItem(UNSENT, JSON.stringify(unsent.all().filter((message) => message.id !== id)));
  },
};

export function newId() {
  // randomUUID is missing where the page is not served over https.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
