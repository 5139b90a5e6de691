// The little that is needed to build the page from data, as text and never as markup.
export const $ = (id) => document.getElementById(id);

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

export function button(text, onClick, className = "") {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

// Puts nodes in order and moves only what differs, so that focus and scrolling stay.
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, place) => {
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
}

// Fills a place anew only when what it shows has changed: a reader of the screen is not told twice.
export function fill(node, key, make) {
  if (node.dataset.filled === key) return;
  node.dataset.filled = key;
  node.replaceChildren(...make());
}

const SECONDS = { problem: 8, news: 4, alarm: 15 };
let hiding = 0;

// An alarm that was followed needs no words any more.
export function hush() {
  if ($("toast").dataset.mood === "alarm") $("toast").hidden = true;
}

// A word at the top, with an action for as long as it stands.
export function toast(text, mood = "problem", action = null) {
  clearTimeout(hiding);
  const [words, press] = $("toast").children;
  words.textContent = text;
  $("toast").dataset.mood = mood;
  $("toast").hidden = !text;
  press.hidden = !action;
  if (action) {
    press.textContent = action.label;
    press.onclick = () => {
      $("toast").hidden = true;
      action.run();
    };
  }
  if (text) hiding = setTimeout(() => ($("toast").hidden = true), (action?.seconds ?? SECONDS[mood]) * 1_000);
}
