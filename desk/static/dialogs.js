// What opens over the desk: dead letters, the team's roles, the keys.
import { $, button, element, toast } from "./dom.js";
import { get, post } from "./link.js";
import { channel, dayAndTime, failure, t } from "./words.js";

const KEYS = [
  ["?", "key_help"], ["j  k", "key_walk"], ["n", "key_first"], ["c", "key_claim"], ["r", "key_reply"], ["i", "key_note"],
  ["t", "key_replies"], ["p", "key_numbers"], ["h", "key_hand_over"], ["x", "key_close"], ["b", "key_beside"], ["o", "key_switch"],
  ["/", "key_find"], ["l", "key_letters"], ["Ctrl Enter", "key_send"], ["Esc", "key_leave"],
];

export function showKeys() {
  const key = (names) => element("dt", "", ...names.split(/\s+/).flatMap((name) => [element("kbd", "", name), " "]));
  $("keys-list").replaceChildren(...KEYS.flatMap(([names, words]) => [key(names), element("dd", "", t(words))]));
  if (!$("keys").open) $("keys").showModal();
}

export async function showLetters(onOpen) {
  const answer = await get("/desk/letters");
  if (!answer) return toast(t("other_problem"));
  const rows = answer.letters.map((one) => letter(one, onOpen));
  $("letters-list").replaceChildren(...(rows.length ? rows : [element("li", "quiet", t("no_letters"))]));
  if (!$("letters").open) $("letters").showModal();
}

function letter(one, onOpen) {
  const why = one.state === "failed" ? failure(one.failure) : t("state_unknown");
  const where = one.case ? t("case", { number: one.case }) : "–";
  const head = element("p", "top", element("b", "", where), element("span", "soft", channel(one)), element("span", "soft", dayAndTime(one.at)));
  const made = element("li", "", head, element("p", "delivery", `${t(`author_${one.from}`)}: ${why}`));
  made.append(element("p", one.text === null ? "soft" : "quote", one.text ?? t("letter_hidden")));
  made.dataset.state = one.state;
  if (one.case && document.body.dataset.role !== "administrator") {
    const open = button(t("letter_open"), () => {
      $("letters").close();
      onOpen(one.case);
    });
    made.append(open);
  }
  return made;
}

export async function showTeam() {
  const answer = await get("/desk/team");
  if (!answer) return toast(t("other_problem"));
  $("team-list").replaceChildren(...answer.team.map(member));
  if (!$("team").open) $("team").showModal();
}

function member(one) {
  const role = element("select", "", ...["operator", "supervisor", "administrator"].map((name) => new Option(t(`role_${name}`), name)));
  role.value = one.role;
  role.setAttribute("aria-label", `${t("role")}: ${one.name}`);
  const capacity = element("input", "");
  Object.assign(capacity, { type: "number", min: 1, max: 20, value: one.capacity });
  capacity.setAttribute("aria-label", `${t("capacity")}: ${one.name}`);
  const save = button(t("save"), async () => {
    const { problem } = await post(`/desk/team/${one.id}`, { role: role.value, capacity: Number(capacity.value) });
    toast(problem || t("saved"), problem ? "problem" : "news");
  });
  const state = one.signed_up ? t(one.reachable ? "here" : "not_here") : t("not_signed_up");
  return element("li", "member", element("b", "", one.name), element("span", "soft", state), role, capacity, save);
}
