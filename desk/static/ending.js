// How a case leaves an operator: handed over, given back, closed.
import { draftOf, hasDraft } from "./drafts.js";
import { $, button, element, toast } from "./dom.js";
import { atHand } from "./side.js";
import { isBusy, once } from "./work.js";
import { locale, t } from "./words.js";

const UNDO_SECONDS = 60;
let closing = null;
let onBack = () => {};

export function dialogOf(id) {
  return closing === id;
}

export async function giveBack(id) {
  const result = await once(id, "return");
  if (result?.problem) toast(result.problem);
}

export function askToClose(id) {
  if (id === null || isBusy(id)) return;
  closing = id;
  fillLists();
  $("closing-form").reset();
  $("closing-error").hidden = true;
  $("closing-title").textContent = t("closing_title", { number: id });
  $("unsent").hidden = !hasDraft(id);
  $("follow-up").min = new Date().toISOString().slice(0, 10);
  $("closing").showModal();
}

const nameIn = (one) => (locale === "vi-VN" ? one.name : one.english);

function option(one) {
  const made = element("option", "", nameIn(one));
  made.value = one.id;
  return made;
}

function fillLists() {
  const { groups, outcomes, referrals } = atHand();
  const nothing = (words) => option({ id: "", name: words, english: words });
  $("category").replaceChildren(
    nothing(t("choose_one")),
    ...groups.map((group) => {
      const made = element("optgroup", "", ...group.kinds.map(option));
      made.label = nameIn(group);
      return made;
    }),
  );
  $("outcome").replaceChildren(...outcomes.filter((one) => one.id !== "returned").map(option));
  $("referral").replaceChildren(nothing(t("no_referral")), ...referrals.map(option));
}

async function close(event) {
  event.preventDefault();
  const id = closing;
  const body = {
    category: $("category").value,
    outcome: $("outcome").value,
    referral: $("referral").value,
    follow_up: $("follow-up").value,
    note: $("closing-note").value.trim(),
    goodbye: $("goodbye").checked,
    pause: $("pause").checked,
  };
  const result = await once(id, "close", body);
  if (!result) return;
  $("closing-error").textContent = result.problem;
  $("closing-error").hidden = !result.problem;
  if (result.problem) return;
  $("closing").close();
  // Closed on purpose: what was left unsent is not sent to anybody.
  draftOf(id).reply = draftOf(id).note = "";
}

export function askWhom(id, colleagues, me) {
  if (id === null || isBusy(id)) return;
  const there = colleagues.filter((one) => one.id !== me && one.duty === "on" && one.reachable && one.role !== "administrator");
  $("handing-title").textContent = t("handing_title", { number: id });
  $("handing-error").hidden = true;
  const rows = there.map((one) => choice(one.name, t("carries", one), () => handOver(id, one)));
  rows.push(choice(t("to_queue"), t("to_queue_hint"), () => handOver(id, null)));
  if (!there.length) rows.unshift(element("li", "soft", t("nobody_on_duty")));
  $("handing-list").replaceChildren(...rows);
  $("handing").showModal();
}

function choice(title, about, run) {
  const press = button("", run);
  press.append(element("b", "", title), element("span", "", about));
  return element("li", "", press);
}

async function handOver(id, to) {
  const result = await once(id, "hand-over", { to: to?.id ?? null });
  if (!result) return;
  $("handing-error").textContent = result.problem;
  $("handing-error").hidden = !result.problem;
  if (result.problem) return;
  $("handing").close();
  const words = to ? t("handed_to", { number: id, name: to.name }) : t("handed_to_queue", { number: id });
  toast(words, "news", { label: t("undo"), seconds: UNDO_SECONDS, run: () => takeBack(id, to) });
}

// From the queue a case is taken back as anybody takes it: who was faster has it.
async function takeBack(id, from) {
  const result = await once(id, from ? "take-back" : "claim");
  if (!result) return;
  toast(result.problem || t("taken_back", { number: id }), result.problem ? "problem" : "news");
  if (!result.problem) onBack(id);
}

export function wireEnding(back) {
  onBack = back;
  $("closing-form").addEventListener("submit", close);
  $("keep-open").addEventListener("click", () => $("closing").close());
  $("closing").addEventListener("close", () => (closing = null));
}
