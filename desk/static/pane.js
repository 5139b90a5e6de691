// One case on the screen: its head, the conversation, and the reply.
import { draftOf, send } from "./drafts.js";
import { $, toast } from "./dom.js";
import { Transcript } from "./transcript.js";
import { isBusy, once } from "./work.js";
import { channel, clock, dayAndTime, holder, left, t, urgency } from "./words.js";

const TYPING_MS = 2_500;
const SHORT_MS = 6 * 3_600_000;

export class Pane {
  id = null;
  item = null;
  known = { audience: null, reachable: true };
  #typedAt = 0;
  #wanted = false;

  // `hooks`: chosen(pane), back(pane), split(pane), shut(pane), more(pane), typing(id, on).
  constructor(hooks) {
    this.hooks = hooks;
    this.root = $("pane").content.firstElementChild.cloneNode(true);
    this.parts = Object.fromEntries([...this.root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
    this.transcript = new Transcript(this.parts.transcript, this.parts.newest);
    this.#wire();
  }

  #wire() {
    const { back, split, shut, more, claim, over, answer, reply } = this.parts;
    this.root.addEventListener("focusin", () => this.hooks.chosen(this));
    this.root.addEventListener("pointerdown", () => this.hooks.chosen(this));
    back.addEventListener("click", () => this.hooks.back(this));
    split.addEventListener("click", () => this.hooks.split(this));
    shut.addEventListener("click", () => this.hooks.shut(this));
    more.addEventListener("click", () => this.hooks.more(this));
    claim.addEventListener("click", () => this.claim("claim"));
    over.addEventListener("click", () => this.claim("take-over"));
    answer.addEventListener("submit", (event) => this.reply(event));
    reply.addEventListener("input", () => this.#typed());
    reply.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) this.reply(event);
    });
  }

  turnTo(id) {
    [this.id, this.item, this.#wanted] = [id, null, false];
    this.transcript.empty();
    this.known = { audience: null, reachable: true };
    this.parts.reply.value = id === null ? "" : draftOf(id).reply;
  }

  merge(frame) {
    this.known = { audience: frame.audience, reachable: frame.reachable };
    this.transcript.merge(frame.messages);
  }

  async claim(action) {
    if (!this.item || this.item.mine) return;
    this.#wanted = true;
    const result = await once(this.id, action);
    if (result?.problem) {
      this.#wanted = false;
      toast(result.problem);
    }
  }

  async reply(event) {
    event?.preventDefault();
    const id = this.id;
    if (id === null || isBusy(id)) return;
    const blank = /\{[^}]*\}/.exec(draftOf(id).reply)?.[0];
    if (blank) return this.#askFor(blank);
    const result = await send(id);
    if (result?.problem && !result.lost) toast(result.problem);
    else if (result?.lost) toast(t("not_sent_yet"));
    else if (result) toast("");
  }

  #askFor(blank) {
    const field = this.parts.reply;
    toast(t("blanks_left", { blank }));
    field.focus();
    field.setSelectionRange(field.value.indexOf(blank), field.value.indexOf(blank) + blank.length);
  }

  #typed() {
    if (this.id === null) return;
    draftOf(this.id).reply = this.parts.reply.value;
    draftOf(this.id).waits = false;
    const [now, on] = [performance.now(), Boolean(this.parts.reply.value.trim())];
    if (on && now - this.#typedAt < TYPING_MS) return;
    this.#typedAt = on ? now : 0;
    this.hooks.typing(this.id, on);
  }

  // Puts words into the reply where the cursor stands, for the operator to edit.
  insert(words) {
    const field = this.parts.reply;
    const [start, end] = [field.selectionStart, field.selectionEnd];
    const gap = start && !/\s$/.test(field.value.slice(0, start)) ? " " : "";
    field.setRangeText(gap + words, start, end, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
    const blank = /\{[^}]*\}/.exec(field.value)?.[0];
    if (blank) this.#select(blank);
  }

  #select(blank) {
    const place = this.parts.reply.value.indexOf(blank);
    this.parts.reply.setSelectionRange(place, place + blank.length);
  }

  show(item, hint) {
    this.item = item;
    this.parts.opened.hidden = !item;
    this.parts.hint.hidden = Boolean(item);
    this.parts["hint-text"].textContent = hint;
    this.parts.split.hidden = !item;
    if (item) this.#showItem(item);
  }

  #showItem(item) {
    const { title, about, typing } = this.parts;
    title.textContent = t("case_title", { number: item.number, urgency: urgency(item) });
    title.dataset.urgency = item.urgency;
    about.textContent = [channel(item), holder(item), ...(item.drill ? [t("drill")] : [])].join(" · ");
    typing.textContent = item.typing.length ? t("is_typing", { names: item.typing.join(", ") }) : "";
    this.transcript.mark(item.reasons.flatMap((reason) => [...reason.matchAll(/“([^”]+)”/g)].map((found) => found[1])));
    this.#showTake(item);
    this.showBusy();
    this.tick();
  }

  #showTake(item) {
    const { take, claim, over, holder: told, answer, reply } = this.parts;
    const free = item.state === "queue" || (item.state === "operator" && !item.operator);
    const lead = document.body.dataset.role === "supervisor";
    take.hidden = item.mine;
    claim.hidden = !free;
    over.hidden = free || item.state !== "operator" || !(item.alone || lead);
    told.textContent = free ? t("nobody_took") : t("read_only", { holder: holder(item) });
    if (item.state === "closed") told.textContent = t("closed_at", { time: dayAndTime(item.closed_at) });
    answer.hidden = !item.mine;
    if (item.mine && this.#wanted) {
      this.#wanted = false;
      reply.focus();
      this.transcript.goLow();
    }
  }

  showBusy() {
    const draft = this.id === null ? null : draftOf(this.id);
    for (const name of ["claim", "over", "send"]) this.parts[name].setAttribute("aria-disabled", String(isBusy(this.id)));
    this.parts.send.textContent = t(draft?.waits ? "send_again" : "send");
    if (draft && this.parts.reply.value !== draft.reply) this.parts.reply.value = draft.reply;
  }

  // What stands above the conversation: nothing arrives, or soon nothing may.
  tick() {
    if (!this.item) return;
    const { strip } = this.parts;
    const until = this.item.reply_until;
    const soon = until && Date.parse(until) - Date.now() < SHORT_MS;
    const time = until && left(until);
    const words = !this.known.reachable ? t("not_reachable") : soon ? (time ? t("window_short", { time }) : t("window_closed")) : "";
    if (strip.textContent !== words) strip.textContent = words;
    strip.hidden = !words || this.item.state === "closed";
  }

  waits() {
    return this.item?.waiting_since ? clock(this.item.waiting_since) : "";
  }
}
