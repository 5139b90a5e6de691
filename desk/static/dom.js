// The little that is needed to build the page from data, as text and never as markup.
export const $ = (id) => document.getElementById(id);

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
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

let hiding = 0;
export function toast(text, mood = "problem") {
  clearTimeout(hiding);
  $("toast").textContent = text;
  $("toast").dataset.mood = mood;
  $("toast").hidden = !text;
  if (text) hiding = setTimeout(() => ($("toast").hidden = true), mood === "problem" ? 8_000 : 3_500);
}
