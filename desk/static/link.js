// The line to the gateway: what happens is pushed here, what the operator does is posted there.
const SHORTEST_MS = 500;
const LONGEST_MS = 8_000;
const PATIENCE_MS = 15_000;

export class Line {
  #socket = null;
  #pause = SHORTEST_MS;
  #opened = null;
  #timer = 0;

  constructor(onFrame, onConnection) {
    Object.assign(this, { onFrame, onConnection });
    addEventListener("offline", () => this.#socket.close());
    addEventListener("online", () => this.#connect());
    this.#connect();
  }

  // Says which case is read; said again after every reconnection.
  open(id) {
    this.#opened = id;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ open: id }));
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
    this.onConnection(true);
    if (this.#opened !== null) this.open(this.#opened);
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

// Gives an empty text when it worked, otherwise what to tell the operator.
export async function act(id, action, body = {}) {
  try {
    const response = await fetch(`/desk/cases/${id}/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": document.body.dataset.csrf },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 403) return "Phiên trực đã hết. Hãy đăng nhập lại.";
    const result = await response.json();
    return result.ok ? "" : (result.error ?? "Chưa làm được. Thử lại nhé.");
  } catch {
    return "Chưa gửi được, mạng đang trục trặc. Thử lại nhé.";
  }
}
