// The desk page: the list of cases, the opened one, and what the operator does with it.
import { switchSound, watch } from "./alarm.js";
import { act, Line } from "./link.js";

const URGENCIES = { emergency: "Nguy cấp", urgent: "Khẩn", concern: "Đáng lo", info: "Hỏi", none: "Xin gặp người" };
const STATES = { pending: "đang gửi", sending: "đang gửi", sent: "đã gửi", unknown: "không rõ đã tới chưa", failed: "không gửi được" };
const AUTHORS = { person: "Người nhắn", assistant: "Trợ lý máy", operator: "Người trực", automatic: "Tự động", notice: "Thông báo", note: "Ghi chú nội bộ" };
const CHANNELS = { web: "Trang web", telegram: "Telegram", zalo: "Zalo" };
const PHRASES = [
  "Chào em, mình là người trực của Chở Che. Mình đang đọc đây.",
  "Em đang ở chỗ an toàn chứ?",
  "Có ai đang ở gần em không?",
  "Em có bị đau ở đâu không?",
  "Cảm ơn em đã kể. Chuyện này không phải lỗi của em.",
  "Em kể tiếp theo cách của em, không cần vội.",
  "Nếu đang nguy hiểm, em gọi 113 trước, rồi 111 nhé.",
  "Mình sẽ nhờ thêm người giúp em. Em muốn mình nhờ ai trước?",
];
const $ = (id) => document.getElementById(id);
let cases = [];
let opened = null;
let lines = new Map();
let sending = null;

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

function clock(since) {
  if (!since) return "";
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function caseItem(item) {
  const waits = element("time", "waits", clock(item.waiting_since));
  waits.dataset.since = item.waiting_since ?? "";
  const top = element("span", "top", element("b", `urgency ${item.urgency}`, URGENCIES[item.urgency]), waits);
  const holder = item.mine ? "Bạn đang giữ" : item.operator ? `${item.operator} đang giữ` : "Chờ nhận";
  const about = `Ca ${item.number} · ${CHANNELS[item.channel] ?? item.channel} · ${holder}`;
  const button = element("button", `case ${item.id === opened ? "current" : ""}`, top, element("span", "about", about));
  if (item.unread) button.append(element("span", "unread", `${item.unread} tin chưa đọc`));
  if (item.drill) button.append(element("span", "drill", "DIỄN TẬP"));
  Object.assign(button.dataset, { testid: "case", urgency: item.urgency, number: item.number });
  button.addEventListener("click", () => open(item.id));
  return element("li", "", button);
}

function showCases() {
  $("cases").replaceChildren(...cases.map(caseItem));
  $("empty").hidden = cases.length > 0;
}

function showOpened() {
  const item = cases.find((one) => one.id === opened);
  $("opened").hidden = !item;
  $("hint").hidden = Boolean(item);
  if (!item) return;
  $("title").textContent = `Ca ${item.number} – ${URGENCIES[item.urgency]}`;
  $("reasons").replaceChildren(...item.reasons.map((reason) => element("li", "", reason)));
  $("claim").hidden = item.state !== "queue";
  for (const id of ["answer", "return", "close"]) $(id).hidden = !item.mine;
}

function showLine(line) {
  const head = `${AUTHORS[line.from]} · ${new Date(line.at).toLocaleTimeString("vi-VN")}`;
  const state = line.from === "person" || line.from === "note" ? "" : (STATES[line.state] ?? "");
  const made = element("div", `line ${line.from}`, element("span", "head", state ? `${head} · ${state}` : head));
  made.append(element("p", "words", line.text));
  made.dataset.from = line.from;
  made.dataset.state = line.state;
  return made;
}

function showTranscript() {
  const sorted = [...lines.values()].sort((a, b) => a.seq - b.seq);
  $("transcript").replaceChildren(...sorted.map(showLine));
  $("transcript").scrollTop = $("transcript").scrollHeight;
}

function receive(frame) {
  if (frame.cases) {
    cases = frame.cases;
    watch(cases);
    showCases();
    showOpened();
  } else if (frame.transcript === opened) {
    for (const line of frame.messages) lines.set(line.seq, line);
    showTranscript();
  }
}

function open(id) {
  opened = id;
  lines = new Map();
  line.open(id);
  showCases();
  showOpened();
  showTranscript();
}

function tell(problem) {
  $("toast").textContent = problem;
  $("toast").hidden = !problem;
  if (problem) setTimeout(() => ($("toast").hidden = true), 6_000);
}

async function reply() {
  const text = $("reply").value.trim();
  if (!text) return;
  // The same id until it worked: a repeated click or a lost answer sends it once.
  sending ??= { id: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join(""), text };
  if (sending.text !== text) sending = { id: `${sending.id}x`, text };
  const problem = await act(opened, "reply", sending);
  tell(problem);
  if (problem) return;
  sending = null;
  $("reply").value = "";
}

async function note() {
  const text = $("reply").value.trim();
  const problem = text ? await act(opened, "note", { text }) : "";
  tell(problem);
  if (!problem) $("reply").value = "";
}

const line = new Line(receive, (connected) => ($("lost").hidden = connected));
$("claim").addEventListener("click", async () => tell(await act(opened, "claim")));
$("return").addEventListener("click", async () => tell(await act(opened, "return")));
$("close").addEventListener("click", () => $("closing").showModal());
$("closing").addEventListener("close", async () => {
  if ($("closing").returnValue !== "close") return;
  tell(await act(opened, "close", { outcome: $("outcome").value, note: $("closing-note").value }));
  $("closing").returnValue = $("closing-note").value = "";
});
$("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  reply();
});
$("reply").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) reply();
});
$("note").addEventListener("click", note);
$("sound").addEventListener("click", () => switchSound($("sound")));
$("phrases").append(
  ...PHRASES.map((phrase) => {
    const button = element("button", "", phrase);
    button.type = "button";
    button.addEventListener("click", () => {
      $("reply").value = `${$("reply").value} ${phrase}`.trim();
      $("reply").focus();
    });
    return button;
  }),
);
setInterval(() => {
  for (const waits of document.querySelectorAll(".waits")) waits.textContent = clock(waits.dataset.since);
}, 1_000);
