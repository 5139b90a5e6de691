// The sound of a waiting case. Browsers demand a gesture before a page may sound.
import { $ } from "./dom.js";

const REPEAT_MS = 15_000;
const NOTES = { emergency: [880, 660, 880, 660], urgent: [660, 660] };
const NOTE_SECONDS = 0.18;
const LOUD = 0.25;
let audio = null;
let waiting = [];
let known = new Set();
let rangAt = 0;

export async function switchSound() {
  const off = audio?.state === "running";
  audio ??= newAudio();
  await (off ? audio.suspend() : audio.resume());
  showState();
  if (!off) ring("urgent");
}

function newAudio() {
  const made = new AudioContext();
  made.addEventListener("statechange", showState);
  return made;
}

// A system that takes the sound away shows as off, too.
function showState() {
  const on = audio?.state === "running";
  $("sound").setAttribute("aria-pressed", String(on));
  $("sound").textContent = on ? "Âm báo đang bật" : "Bật âm báo";
  $("sound").title = on ? "Bấm để tắt" : "Chưa có tiếng khi ca khẩn đến";
}

export function watch(cases) {
  waiting = cases.filter((item) => item.state === "queue" && item.urgency in NOTES);
  const names = waiting.map((item) => `${item.id} ${item.urgency}`);
  const fresh = names.some((name) => !known.has(name));
  known = new Set(names);
  if (fresh) ring(worst());
  $("sound").dataset.needed = String(waiting.length > 0);
  const count = cases.filter((item) => item.state === "queue").length;
  document.title = count ? `(${count}) Ca chờ – Bàn trực` : "Bàn trực – Chở Che";
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
