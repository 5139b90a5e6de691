// The line to the gateway: what happens is pushed here, what the operator does is posted there.
const SHORTEST_MS = 500;
const LONGEST_MS = 8_000;

export class Line {
  #socket = null;
  #pause = SHORTEST_MS;
  #opened = null;

  constructor(onFrame, onConnection) {
    Object.assign(this, { onFrame, onConnection });
    this.#connect();
  }

  // Says which case is read; said again after every reconnection.
  open(id) {
    this.#opened = id;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ open: id }));
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new WebSocket(`${scheme}://${location.host}/desk/ws`);
    this.#socket.onopen = () => {
      this.#pause = SHORTEST_MS;
      this.onConnection(true);
      if (this.#opened !== null) this.open(this.#opened);
    };
    this.#socket.onmessage = (event) => this.onFrame(JSON.parse(event.data));
    this.#socket.onclose = () => {
      this.onConnection(false);
      setTimeout(() => this.#connect(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_MS);
    };
  }
}

// Gives an empty text when it worked, otherwise what to tell the operator.
export async function act(id, action, body = {}) {
  try {
    const response = await fetch(`/desk/cases/${id}/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": document.body.dataset.csrf },
      body: JSON.stringify(body),
    });
    if (response.status === 403) return "Phiên trực đã hết. Hãy đăng nhập lại.";
    const result = await response.json();
    return result.ok ? "" : result.error;
  } catch {
    return "Chưa gửi được, mạng đang trục trặc. Thử lại nhé.";
  }
}
