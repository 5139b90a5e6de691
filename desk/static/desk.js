// The desk page: the list of cases, the opened one, and the connection that feeds both.
import { forget, turnTo, wireActions } from "./actions.js";
import { remind, switchSound, watch } from "./alarm.js";
import { showCases, tick, walk } from "./cases.js";
import { $, element, toast } from "./dom.js";
import { Line, sessionIsOver } from "./link.js";
import { empty, goLow, merge, noticeScroll } from "./transcript.js";
import { URGENCIES, channel, holder } from "./words.js";

const READ_AGAIN_MS = 2_000;
let cases = [];
let opened = null;
let readAt = 0;

const find = (id) => cases.find((item) => item.id === id);

function open(id) {
  const same = id === opened;
  opened = id;
  if (!same) {
    empty();
    turnTo(id);
    showSide(false);
    readAt = performance.now();
    line.open(id);
  }
  show();
  if (id !== null && !same) $("title").focus({ preventScroll: true });
}

function show() {
  showCases(cases, opened, open);
  const item = find(opened);
  $("rooms").dataset.opened = String(Boolean(item));
  $("opened").hidden = $("side").hidden = !item;
  $("hint").hidden = Boolean(item);
  $("hint-text").textContent = cases.length ? "Chọn một ca để đọc." : "Bạn đang trực. Có ca mới, trang này báo ngay.";
  if (item) showOpened(item);
}

function showOpened(item) {
  $("title").textContent = `Ca ${item.number} – ${URGENCIES[item.urgency] ?? item.urgency}`;
  $("title").dataset.urgency = item.urgency;
  $("about").textContent = [channel(item), holder(item), ...(item.drill ? ["DIỄN TẬP"] : [])].join(" · ");
  const told = item.reasons.join("\n");
  if ($("reasons").dataset.told !== told) {
    $("reasons").dataset.told = told;
    $("reasons").replaceChildren(...item.reasons.map((reason) => element("li", "", reason)));
  }
  showTools(item);
}

function showTools(item) {
  const queued = item.state === "queue";
  $("take").hidden = item.mine;
  $("claim").hidden = !queued;
  $("holder").textContent = queued ? "Chưa ai nhận ca này." : `${holder(item)} ca này. Bạn đọc được, chưa trả lời được.`;
  for (const name of ["answer", "tools", "ending"]) $(name).hidden = !item.mine;
  if (item.mine && $("reply").dataset.wanted) {
    delete $("reply").dataset.wanted;
    $("reply").focus();
    goLow();
  }
}

function receiveCases(fresh) {
  const before = find(opened);
  const gone = cases.filter((item) => !fresh.some((one) => one.id === item.id));
  cases = fresh;
  watch(cases);
  for (const item of gone) forget(item.id);
  if (before && !find(opened)) {
    open(null);
    toast(`Ca ${before.number} đã đóng.`, "news");
  } else show();
  readAgain();
}

// The opened case counts as read up to what is on the screen.
function readAgain() {
  if (!find(opened)?.unread || document.hidden || performance.now() - readAt < READ_AGAIN_MS) return;
  readAt = performance.now();
  line.open(opened);
}

function receive(frame) {
  if (frame.notices) showNotices(frame.notices);
  if (frame.cases) receiveCases(frame.cases);
  else if (frame.transcript !== undefined && frame.transcript === opened) merge(frame.messages);
}

function showNotices(notices) {
  $("notices").hidden = !notices.length;
  const told = notices.join("\n");
  if ($("notices").textContent !== told) $("notices").textContent = told;
}

async function connection(connected) {
  $("lost").hidden = connected;
  $("duty").dataset.on = String(connected);
  $("duty").textContent = connected ? "Đang trực" : "Mất kết nối";
  const over = !connected && (await sessionIsOver());
  $("again").hidden = !over;
  $("lost-text").textContent = over ? "Phiên trực đã hết." : "Mất kết nối. Đang tự nối lại – ca mới chưa hiện ở đây.";
}

function showSide(visible) {
  $("side").dataset.shown = String(visible);
  $("more").setAttribute("aria-expanded", String(visible));
}

function leaveSide() {
  showSide(false);
  $("more").focus();
}

function keys(event) {
  if (event.key === "Escape" && !$("closing").open && $("side").dataset.shown === "true") leaveSide();
}

wireActions();
const line = new Line(receive, connection);
$("sound").addEventListener("click", switchSound);
$("back").addEventListener("click", () => open(null));
$("more").addEventListener("click", () => {
  showSide(true);
  $("less").focus();
});
$("less").addEventListener("click", leaveSide);
$("phrases").addEventListener("click", () => showSide(false));
$("newest").addEventListener("click", goLow);
$("transcript").addEventListener("scroll", noticeScroll);
$("cases").addEventListener("keydown", walk);
document.addEventListener("keydown", keys);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) show();
  readAgain();
});
setInterval(() => {
  tick();
  remind();
  readAgain();
}, 1_000);
