// One key, one thing: while nothing is being typed and no panel is open.
const FIELDS = "input, textarea, select";

export function wireKeys(does) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return leave(event, does);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest(FIELDS)) return;
    const run = does[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function leave(event, does) {
  const field = event.target.closest?.(FIELDS);
  if (field) field.blur();
  does.Escape(Boolean(field));
}
