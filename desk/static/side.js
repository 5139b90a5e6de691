// Beside the conversation: why there was an alarm, what is known, what was already said, and what is at hand.
import { draftOf, keepNote } from "./drafts.js";
import { $, button, element, fill, toast } from "./dom.js";
import { get } from "./link.js";
import { isBusy } from "./work.js";
import { channel, left, t } from "./words.js";

const ADVISED = 6;
const LONGEST = 110;
let hand = { suggestions: [], guidance: [], numbers: [], groups: [], outcomes: [], referrals: [] };
let pane = null;

export const atHand = () => hand;

// Search finds with and without diacritics.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
const matches = (wanted, ...texts) => plain(wanted).split(/\s+/).every((word) => texts.some((text) => plain(text).includes(word)));

export async function loadAtHand() {
  hand = (await get("/desk/at-hand")) ?? hand;
  showReplies();
  showNumbers();
  $("guidance").replaceChildren(...hand.guidance.map(reminder));
  return hand.numbers.length > 0;
}

export function showSide(shown) {
  const turned = pane?.id !== shown.id;
  pane = shown;
  const item = pane.item;
  if (turned) turnTo();
  fill($("reasons"), item.reasons.join("\n"), () => item.reasons.map((reason) => element("li", "", reason)));
  showAdvised();
  tickSide();
  for (const name of ["tools", "ending"]) $(name).hidden = !item.mine;
  for (const name of ["keep", "hand", "return", "close"]) $(name).setAttribute("aria-disabled", String(isBusy(pane.id)));
}

function turnTo() {
  $("note").value = draftOf(pane.id).note;
  const audience = pane.known.audience;
  $("for").value = audience === "child" || audience === "adult" ? audience : "";
  $("find-reply").value = $("find-number").value = "";
  showReplies();
  showNumbers();
}

export function tickSide() {
  if (!pane?.item) return;
  const { item, known } = pane;
  const audience = ["child", "adult"].includes(known.audience) ? known.audience : "unknown";
  const until = item.reply_until && left(item.reply_until);
  const facts = [
    [t("channel"), channel(item)],
    [t("audience"), t(`audience_${audience}`)],
    [t("waiting"), pane.waits() || t("answered")],
    [t("window"), !item.reply_until ? t("window_free") : until ? t("window_left", { time: until }) : t("window_closed")],
    ...(item.reopened ? [[t("reopened"), t("times", { count: item.reopened })]] : []),
    ...closing(item),
  ];
  fill($("facts"), JSON.stringify(facts), () => facts.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
}

function closing(item) {
  const nameOf = (list, id) => list.find((one) => one.id === id)?.name ?? id;
  const kinds = hand.groups.flatMap((group) => group.kinds);
  const told = [
    ["category", nameOf(kinds, item.category)],
    ["outcome", nameOf(hand.outcomes, item.outcome)],
    ["referral", nameOf(hand.referrals, item.referral)],
    ["follow_up", item.follow_up],
  ];
  return told.filter(([, value]) => value).map(([name, value]) => [t(name), value]);
}

function showAdvised() {
  const lines = pane.transcript.lines;
  const said = lines.filter((line) => line.from === "assistant" || line.from === "automatic");
  const numbers = hand.numbers.map((one) => one.number).filter((number) => said.some((line) => names(line.text, number)));
  $("told").textContent = said.length ? (numbers.length ? t("numbers_told", { numbers: numbers.join(", ") }) : "") : t("nothing_advised");
  fill($("advised"), `${pane.id} ${said.map((line) => line.seq)}`, () => said.slice(-ADVISED).map(advice));
}

function names(text, number) {
  return new RegExp(`(?<!\\d)${number.replace(/\D/g, "[ .]?")}(?!\\d)`).test(text);
}

function advice(line) {
  const first = line.text.split("\n").find(Boolean) ?? "";
  const words = first.length > LONGEST ? `${first.slice(0, LONGEST)}…` : first;
  return element("li", "", button(words, () => pane.transcript.goTo(line.seq)));
}

function showReplies() {
  const [wanted, audience] = [$("find-reply").value, $("for").value];
  const found = hand.suggestions.filter(
    (one) => (!audience || one.audience === audience || one.audience === "anyone") && matches(wanted, one.title, one.text),
  );
  $("replies").replaceChildren(...found.map((one) => offered(one.title, one.text, one.text)));
}

function showNumbers() {
  const wanted = $("find-number").value;
  const first = hand.numbers.filter((one) => (wanted ? matches(wanted, one.number, one.name, one.purpose, one.area) : !one.local));
  const rows = first.map((one) => {
    const checked = one.overdue ? t("number_overdue") : one.local ? t("number_checked", { day: one.checked }) : "";
    const about = [one.purpose, one.local ? one.area : "", one.hours, one.cost, checked].filter(Boolean).join(" · ");
    return offered(`${one.number} – ${one.name}`, about, t("number_reply", one));
  });
  $("numbers").replaceChildren(...(rows.length ? rows : [element("li", "soft", t("numbers_none"))]));
}

function offered(title, about, words) {
  const press = button("", () => use(words));
  press.append(element("b", "", title), element("span", "", about));
  return element("li", "", press);
}

function use(words) {
  $("side").dataset.shown = "false";
  pane.insert(words);
}

function reminder(one) {
  const list = (name, lines) => element("div", name, element("b", "", t(name)), element("ul", "", ...lines.map((line) => element("li", "", line))));
  return element("details", "", element("summary", "", one.title), list("do", one.do), list("avoid", one.avoid));
}

async function keep(event) {
  event.preventDefault();
  const id = pane.id;
  if (!draftOf(id).note.trim()) return $("note").focus();
  const result = await keepNote(id);
  if (result?.problem) toast(result.problem);
  if (pane.id === id) $("note").value = draftOf(id).note;
}

export function wireSide() {
  $("note").addEventListener("input", () => (draftOf(pane.id).note = $("note").value));
  $("noting").addEventListener("submit", keep);
  $("find-reply").addEventListener("input", showReplies);
  $("for").addEventListener("change", showReplies);
  $("find-number").addEventListener("input", showNumbers);
}
