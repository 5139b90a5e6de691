// The alarm: a sound, the page's title, the browser's notification. Number and urgency only.
import { $, toast } from "./dom.js";
import { t } from "./words.js";

const REPEAT_MS = 15_000;
const OLD_SECONDS = 20;
const NOTES = { emergency: [880, 660, 880, 660], urgent: [660, 660] };
const NOTE_SECONDS = 0.18;
const LOUD = 0.25;
const HEARD = "alarm heard";
let audio = null;
let waiting = [];
let known = new Set();
let rangAt = 0;
let calling = null;

export async function switchSound() {
  const off = audio?.state === "running";
  audio ??= newAudio();
  await (off ? audio.suspend() : audio.resume());
  showSound();
  if (!off) ring("urgent");
}

function newAudio() {
  const made = new AudioContext();
  made.addEventListener("statechange", showSound);
  return made;
}

// A system that takes the sound away shows as off, too.
function showSound() {
  const on = audio?.state === "running";
  $("sound").setAttribute("aria-pressed", String(on));
  $("sound").textContent = t(on ? "sound_on" : "sound_off");
  $("sound").title = t(on ? "sound_on_hint" : "sound_off_hint");
}

export async function askForNotifications() {
  if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  showNotifications();
}

export function showNotifications() {
  const state = "Notification" in window ? Notification.permission : "denied";
  $("notify").textContent = t({ granted: "notify_on", denied: "notify_refused" }[state] ?? "notify");
  $("notify").setAttribute("aria-disabled", String(state !== "default"));
}

export function watch(cases) {
  waiting = cases.filter((item) => item.state === "queue" && item.urgency in NOTES);
  const names = waiting.map((item) => `${item.id} ${item.urgency}`);
  const fresh = names.some((name) => !known.has(name));
  known = new Set(names);
  if (fresh) ring(worst());
  $("sound").dataset.needed = String(waiting.length > 0);
  if (calling && !cases.some((item) => item.id === calling.case)) calling = null;
  showTitle(cases.filter((item) => item.state === "queue").length);
}

function showTitle(count) {
  if (calling && document.hidden) {
    document.title = t("alarm_title", { number: calling.case, urgency: t(`urgency_${calling.urgency}`) });
  } else document.title = count ? t("waiting_title", { count }) : t("title");
}

// Alarms that were fired for this operator. The last one heard is remembered, so that a reload repeats nothing.
export function hearAlarms(alarms, onOpen, isOnScreen) {
  const heard = Number(sessionStorage.getItem(HEARD) ?? 0);
  const fresh = alarms.filter((one) => one.id > heard && (heard || one.ago < OLD_SECONDS));
  const newest = Math.max(heard, ...alarms.map((one) => one.id));
  if (newest > heard) sessionStorage.setItem(HEARD, String(newest));
  if (!fresh.length) return;
  const loudest = fresh.find((one) => one.urgency === "emergency") ?? fresh.at(-1);
  if (document.hidden) calling = loudest;
  ring(loudest.urgency === "emergency" ? "emergency" : "urgent");
  for (const one of fresh) notify(one, onOpen);
  if (!isOnScreen(loudest.case)) tell(loudest, onOpen);
}

function tell(one, onOpen) {
  const words = t("alarm_toast", { number: one.case, urgency: t(`urgency_${one.urgency}`), cause: t(`cause_${one.cause}`) });
  toast(words, "alarm", { label: t("letter_open"), seconds: 15, run: () => onOpen(one.case) });
}

function notify(one, onOpen) {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const drill = one.drill ? `${t("drill")} – ` : "";
  const body = drill + t("alarm_body", { number: one.case, urgency: t(`urgency_${one.urgency}`) });
  // The same tag in every tab: one notification for one case.
  const shown = new Notification(t("alarm_head"), { body, tag: `case-${one.case}`, renotify: true, icon: "/static/chat/logo.svg" });
  shown.onclick = () => {
    window.focus();
    onOpen(one.case);
  };
}

export function looked() {
  calling = null;
}

export function remind() {
  if (waiting.length && performance.now() - rangAt >= REPEAT_MS - 50) ring(worst());
}

function worst() {
  return waiting.some((item) => item.urgency === "emergency") ? "emergency" : "urgent";
}

function ring(urgency) {
  if (audio?.state !== "running") return;
  rangAt = performance.now();
  NOTES[urgency].forEach((pitch, place) => beep(pitch, audio.currentTime + place * NOTE_SECONDS * 1.3));
}

function beep(pitch, start) {
  const tone = new OscillatorNode(audio, { frequency: pitch });
  const volume = new GainNode(audio, { gain: 0 });
  const end = start + NOTE_SECONDS;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUD, start + 0.015);
  volume.gain.setValueAtTime(LOUD, end - 0.04);
  volume.gain.linearRampToValueAtTime(0, end);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(end);
}
