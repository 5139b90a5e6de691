// The desk page: the list of cases, the opened ones, and the connection that feeds both.
import { askForNotifications, hearAlarms, looked, remind, showNotifications, switchSound, watch } from "./alarm.js";
import { showCases, showColleagues, tick, walk } from "./cases.js";
import { showKeys, showLetters, showTeam } from "./dialogs.js";
import { draftOf, forget, onSent, sendWaiting } from "./drafts.js";
import { $, hush, toast } from "./dom.js";
import { askToClose, askWhom, dialogOf, giveBack, wireEnding } from "./ending.js";
import { wireKeys } from "./keys.js";
import { Line, post, sessionIsOver } from "./link.js";
import { Pane } from "./pane.js";
import { loadAtHand, showSide, tickSide, wireSide } from "./side.js";
import { onBusy } from "./work.js";
import { t } from "./words.js";

const READ_AGAIN_MS = 2_000;
const me = Number(document.body.dataset.operator);
const works = document.body.dataset.role !== "administrator";
const wide = matchMedia("(min-width: 80rem)");
const hooks = {
  chosen: choose,
  back: () => open(null),
  split: split,
  shut: shut,
  more: () => slideSide(true),
  typing: (id, on) => line.typing(id, on),
};
let cases = [];
let closed = [];
let colleagues = [];
let panes = [new Pane(hooks)];
let active = panes[0];
let connected = false;
let readAt = 0;
let atHandLoaded = false;

const find = (id) => cases.find((item) => item.id === id) ?? closed.find((item) => item.id === id);
const paneOf = (id) => panes.find((pane) => pane.id === id);

function open(id, pane = paneOf(id) ?? active) {
  const before = pane.id;
  if (before === id) return choose(pane), pane.parts.title.focus({ preventScroll: true });
  pane.turnTo(id);
  if (before !== null) line.shut(before);
  if (id !== null) line.open(id);
  readAt = performance.now();
  slideSide(false);
  if (id !== null) hush();
  choose(pane);
  if (find(id)) pane.parts.title.focus({ preventScroll: true });
}

function choose(pane) {
  const same = active === pane;
  active = pane;
  if (!same || !pane.item || pane.item.id !== pane.id) show();
}

function split() {
  if (panes.length > 1 || !wide.matches) return;
  panes.push(new Pane(hooks));
  arrangePanes();
  choose(panes[1]);
}

function shut(pane) {
  open(null, pane);
  if (panes.length > 1) panes = panes.filter((one) => one !== pane);
  active = panes[0];
  arrangePanes();
  show();
}

function arrangePanes() {
  $("panes").replaceChildren(...panes.map((pane) => pane.root));
  $("panes").dataset.count = panes.length;
}

function show() {
  showCases(cases, new Set(panes.map((pane) => pane.id)), (id) => open(id));
  const hint = !connected ? t("connecting") : cases.length ? t("choose") : t(works ? "calm" : "no_cases_administrator");
  for (const pane of panes) {
    pane.show(find(pane.id) ?? null, hint);
    pane.root.dataset.active = String(pane === active && panes.length > 1);
  }
  const item = active.item;
  $("rooms").dataset.opened = String(Boolean(item) || panes.length > 1);
  $("side").hidden = !item;
  if (item) showSide(active);
}

function receiveCases(frame) {
  const before = new Map([...cases, ...closed].map((item) => [item.id, item]));
  ({ cases, closed, colleagues } = frame);
  for (const pane of panes) {
    const [was, is] = [before.get(pane.id), find(pane.id)];
    if (was?.mine && is?.state === "closed") leave(pane, "closed_toast");
    else if (is && !was) pane.parts.title.focus({ preventScroll: true });
  }
  if (works) watch(cases);
  if (works) hearAlarms(frame.alarms, (id) => open(id), (id) => Boolean(paneOf(id)) && !document.hidden);
  showColleagues(colleagues, me);
  showDuty();
  show();
  readAgain();
}

function leave(pane, words) {
  const number = pane.id;
  if (dialogOf(number)) $("closing").close();
  forget(number);
  open(null, pane);
  if (words !== "gone_toast" || $("toast").hidden) toast(t(words, { number }), words === "find_none" ? "problem" : "news");
}

// Not there, or not ours to read: the server does not say which.
function refused(id) {
  const pane = paneOf(id);
  if (!pane) return;
  leave(pane, pane.item ? "gone_toast" : "find_none");
}

function showDuty() {
  const mine = colleagues.find((one) => one.id === me);
  if (!works || !mine || document.activeElement === $("duty")) return;
  $("duty").value = mine.duty;
  $("duty").parentElement.dataset.duty = mine.duty;
}

async function sayDuty() {
  const duty = $("duty").value;
  const { problem } = await post("/desk/duty", { duty });
  $("duty").parentElement.dataset.duty = duty;
  const count = cases.filter((item) => item.mine).length;
  if (problem) toast(problem);
  else if (duty !== "on" && count) toast(t("duty_still_holding", { count }));
}

// The opened cases count as read up to what is on the screen.
function readAgain() {
  if (document.hidden || performance.now() - readAt < READ_AGAIN_MS) return;
  const unread = panes.filter((pane) => pane.item?.unread && pane.item.state !== "closed");
  if (!unread.length) return;
  readAt = performance.now();
  for (const pane of unread) line.open(pane.id);
}

function receive(frame) {
  if (frame.notices) showNotices(frame.notices);
  if (frame.cases) return receiveCases(frame);
  if (frame.refused !== undefined) return refused(frame.refused);
  const pane = paneOf(frame.transcript);
  if (!pane) return;
  pane.merge(frame);
  pane.tick();
  if (pane === active && pane.item) showSide(pane);
}

function showNotices(notices) {
  $("notices").hidden = !notices.length;
  const told = notices.join("\n");
  if ($("notices").textContent !== told) $("notices").textContent = told;
}

async function connection(on) {
  connected = on;
  $("lost").hidden = on;
  $("line").dataset.on = String(on);
  $("line").textContent = t(on ? "connected" : "disconnected");
  if (on) {
    if (!atHandLoaded) atHandLoaded = await loadAtHand();
    return sendWaiting();
  }
  const over = await sessionIsOver();
  $("again").hidden = !over;
  $("lost-text").textContent = t(over ? "session_over" : "lost");
}

function slideSide(visible) {
  $("side").dataset.shown = String(visible);
  active.parts.more.setAttribute("aria-expanded", String(visible));
  if (visible) $("less").focus({ preventScroll: true });
}

function toField(id) {
  if (!active.item?.mine) return;
  slideSide(true);
  $(id).focus();
}

function toReply() {
  slideSide(false);
  if (active.item?.mine) active.parts.reply.focus();
}

function findCase(event) {
  event.preventDefault();
  const number = Number($("find").value);
  if (!Number.isInteger(number) || number < 1) return;
  $("find").value = "";
  open(number);
}

const mine = (run) => () => active.item?.mine && run(active.id);
const hand = mine((id) => askWhom(id, colleagues, me));
const KEYS = {
  "?": showKeys,
  j: () => walk(1),
  k: () => walk(-1),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  n: () => cases.some((item) => item.state === "queue") && open(cases.find((item) => item.state === "queue").id),
  c: () => active.claim(active.parts.claim.hidden ? "take-over" : "claim"),
  r: toReply,
  i: () => toField("note"),
  t: () => toField("find-reply"),
  p: () => toField("find-number"),
  h: hand,
  x: mine(askToClose),
  b: split,
  o: () => panes.length > 1 && (choose(panes.find((pane) => pane !== active)), active.parts.title.focus()),
  "/": () => $("find")?.focus(),
  l: () => showLetters((id) => open(id)),
  Escape: (wasField) => {
    const shown = $("side").dataset.shown === "true";
    slideSide(false);
    if (shown) active.parts.more.focus();
    else if (!wasField && $("menu").open) $("menu").open = false;
  },
};

function wire() {
  const clicks = {
    sound: switchSound, notify: askForNotifications, less: () => (slideSide(false), active.parts.more.focus()),
    "show-letters": KEYS.l, "show-team": showTeam, "show-keys": showKeys,
    hand, return: mine(giveBack), close: mine(askToClose),
  };
  for (const [name, run] of Object.entries(clicks)) $(name)?.addEventListener("click", run);
  $("duty")?.addEventListener("change", sayDuty);
  $("finding")?.addEventListener("submit", findCase);
  $("menu").addEventListener("click", (event) => event.target.closest("button") && ($("menu").open = false));
  document.addEventListener("click", (event) => !$("menu").contains(event.target) && ($("menu").open = false));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) looked(), show();
    readAgain();
  });
  wide.addEventListener("change", () => !wide.matches && panes.length > 1 && shut(panes[1]));
  wireKeys(KEYS);
  wireSide();
  wireEnding((id) => open(id));
}

onBusy(() => {
  for (const pane of panes) pane.showBusy();
});
onSent((id) => {
  const pane = paneOf(id);
  if (pane) pane.parts.reply.value = draftOf(id).reply;
  pane?.showBusy();
});
arrangePanes();
wire();
if (works) showNotifications();
const line = new Line(receive, connection);
setInterval(() => {
  tick();
  tickSide();
  for (const pane of panes) pane.tick();
  remind();
  readAgain();
}, 1_000);
