// The connection to the server: what happens is pushed here, what the operator does is posted there.
import { t } from "./words.js";

const SHORTEST_MS = 500;
const LONGEST_MS = 8_000;
const PATIENCE_MS = 15_000;

export class Line {
  #socket = null;
  #pause = SHORTEST_MS;
  #opened = new Set();
  #timer = 0;

  constructor(onFrame, onConnection) {
    Object.assign(this, { onFrame, onConnection });
    addEventListener("offline", () => this.#socket.close());
    addEventListener("online", () => this.#connect());
    this.#connect();
  }

  // Says which case is read; said again after every reconnection.
  open(id) {
    this.#opened.add(id);
    this.#say({ open: id });
  }

  shut(id) {
    this.#opened.delete(id);
    this.#say({ shut: id });
  }

  typing(id, on) {
    this.#say(on ? { typing: id } : { stopped: id });
  }

  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/desk/ws`);
    this.#socket = socket;
    socket.onopen = () => this.#connected();
    socket.onmessage = (event) => socket === this.#socket && this.onFrame(JSON.parse(event.data));
    socket.onclose = () => socket === this.#socket && this.#dropped();
  }

  #connected() {
    this.#pause = SHORTEST_MS;
    for (const id of this.#opened) this.#say({ open: id });
    this.onConnection(true);
  }

  #dropped() {
    this.onConnection(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_MS);
  }
}

// Tells whether the session is over: the desk then sends one to the form to sign in.
export async function sessionIsOver() {
  try {
    return (await fetch("/desk", { redirect: "manual", cache: "no-store" })).type === "opaqueredirect";
  } catch {
    return false;
  }
}

// Gives `problem`, empty when it worked, and whether the answer was `lost` on the way.
export async function post(path, body = {}) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": document.body.dataset.csrf },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 403) return { problem: t("session_problem"), lost: false };
    const result = await response.json();
    return { problem: result.ok ? "" : (result.error ?? t("other_problem")), lost: false };
  } catch {
    return { problem: t("network_problem"), lost: true };
  }
}

export async function get(path) {
  try {
    const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
