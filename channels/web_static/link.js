// The line to the gateway: messages go out one by one until each is confirmed, replies come in over a WebSocket.
import { token, unsent } from "./store.js";

const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;
const ERASED = 4410;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function newToken() {
  const response = await fetch("/chat/session", { method: "POST" });
  if (!response.ok) throw new Error("session");
  token.set((await response.json()).token);
}

async function post(message) {
  const response = await fetch("/chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token.get()}` },
    body: JSON.stringify(message),
  });
  if (response.status === 401) await newToken();
  if (response.status === 429) await wait(1000 * Number(response.headers.get("Retry-After") ?? 5));
  return { status: response.status, say: response.status === 503 ? (await response.json()).say : "" };
}

export class Outgoing {
  #busy = false;

  constructor(onState, onTrouble) {
    Object.assign(this, { onState, onTrouble });
  }

  // Sends what is unsent, in order. A repeated id is stored once, so trying again is safe.
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    let pause = SHORTEST_MS;
    while (unsent.all().length) {
      const [message] = unsent.all();
      if (await this.#try(message)) pause = SHORTEST_MS;
      else await wait((pause = Math.min(pause * 2, LONGEST_MS)));
    }
    this.#busy = false;
  }

  async #try(message) {
    try {
      if (!token.get()) await newToken();
      const { status, say } = await post(message);
      if (say) this.onTrouble(say);
      if (status === 202 || status === 400 || status === 413) {
        unsent.remove(message.id);
        this.onState(message.id, status === 202 ? "received" : "refused");
        return true;
      }
    } catch {
      // No network: tried again below.
    }
    this.onState(message.id, "trying");
    return false;
  }
}

export class Incoming {
  #socket = null;
  #pause = SHORTEST_MS;

  constructor(after, onFrame, onConnection) {
    Object.assign(this, { after, onFrame, onConnection });
  }

  open() {
    if (this.#socket || !token.get()) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new WebSocket(`${scheme}://${location.host}/chat/ws?after=${this.after()}`);
    this.#socket.onopen = () => {
      this.#socket.send(JSON.stringify({ token: token.get() }));
      this.#pause = SHORTEST_MS;
      this.onConnection(true);
    };
    this.#socket.onmessage = (event) => this.onFrame(JSON.parse(event.data));
    this.#socket.onclose = (event) => (event.code === ERASED ? location.reload() : this.#again());
  }

  async #again() {
    this.#socket = null;
    this.onConnection(false);
    await wait(this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_MS);
    this.open();
  }
}
