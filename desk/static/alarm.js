// The sound of a waiting case. Browsers demand a tap before a page may sound.
const REPEAT_MS = 15_000;
const NOTES = { emergency: [880, 660, 880, 660], urgent: [660, 660] };
const NOTE_SECONDS = 0.18;
let audio = null;
let waiting = [];
let known = new Set();

export function switchSound(button) {
  audio = audio ? null : new AudioContext();
  button.setAttribute("aria-pressed", String(Boolean(audio)));
  button.textContent = audio ? "Âm báo đang bật" : "Bật âm báo";
  if (audio) ring("urgent");
}

export function watch(cases) {
  waiting = cases.filter((item) => item.state === "queue" && item.urgency in NOTES);
  const fresh = waiting.filter((item) => !known.has(`${item.id} ${item.urgency}`));
  known = new Set(waiting.map((item) => `${item.id} ${item.urgency}`));
  if (fresh.length) ring(worst(fresh));
  const count = cases.filter((item) => item.state === "queue").length;
  document.title = count ? `(${count}) Ca chờ – Bàn trực` : "Bàn trực – Chở Che";
}

function worst(cases) {
  return cases.some((item) => item.urgency === "emergency") ? "emergency" : "urgent";
}

function ring(urgency) {
  if (!audio) return;
  NOTES[urgency].forEach((pitch, place) => {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0.25 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + place * NOTE_SECONDS * 1.3);
    tone.stop(audio.currentTime + place * NOTE_SECONDS * 1.3 + NOTE_SECONDS);
  });
}

setInterval(() => waiting.length && ring(worst(waiting)), REPEAT_MS);
