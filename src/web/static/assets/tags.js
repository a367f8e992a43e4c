/* Fields of tags: a list of names under the field for the last one that is typed (the ARIA pattern of a combobox). Our own
   list and not a datalist, since browsers leave out what differs in accents. Without scripts, names are typed in full. */

const PAUSE_MS = 150;

let asking = new AbortController();
let timer;
let count = 0;

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls") ?? "");
const isField = (target) => target.matches?.("[data-suggest]");
const isOpen = (field) => listOf(field)?.hidden === false;

document.addEventListener("input", ({ target }) => {
  if (!isField(target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(target), PAUSE_MS);
});

document.addEventListener("focusout", ({ target }) => {
  if (isField(target)) close(target);
});

document.addEventListener("keydown", (event) => {
  const { target: field, key } = event;
  if (!isField(field) || !isOpen(field) || event.isComposing) return;
  const options = [...listOf(field).children];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  if (key === "ArrowDown") mark(field, options, (at + 1) % options.length);
  else if (key === "ArrowUp") mark(field, options, (at <= 0 ? options.length : at) - 1);
  else if (key === "Escape") close(field);
  else if (key === "Enter" && at >= 0) choose(field, options[at]);
  else return;
  event.preventDefault();
});

async function suggest(field) {
  asking.abort();
  asking = new AbortController();
  const prefix = field.value.slice(field.value.lastIndexOf(",") + 1).trim();
  const names = prefix === "" ? [] : await ask(field, prefix, asking.signal);
  if (names.length === 0 || document.activeElement !== field) return close(field);
  const list = listOf(field) ?? addList(field);
  list.replaceChildren(...names.map((name) => optionOf(list, name)));
  list.hidden = false;
  field.ariaExpanded = "true";
  field.removeAttribute("aria-activedescendant");
}

function addList(field) {
  const list = document.createElement("div");
  list.id = `suggestions-${count++}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = field.labels?.[0]?.textContent ?? "";
  // The field keeps the focus.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => choose(field, target.closest("[role=option]")));
  field.role = "combobox";
  field.ariaAutoComplete = "list";
  field.setAttribute("aria-controls", list.id);
  field.after(list);
  return list;
}

function optionOf(list, name) {
  const option = document.createElement("div");
  option.id = `${list.id}-${count++}`;
  option.role = "option";
  option.ariaSelected = "false";
  option.textContent = name;
  return option;
}

function mark(field, options, at) {
  for (const [place, option] of options.entries()) option.ariaSelected = String(place === at);
  field.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

function choose(field, option) {
  if (!option) return;
  const before = field.value.slice(0, field.value.lastIndexOf(",") + 1);
  field.value = before === "" ? option.textContent : `${before} ${option.textContent}`;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  close(field);
}

function close(field) {
  clearTimeout(timer);
  asking.abort();
  const list = listOf(field);
  if (list === null) return;
  list.hidden = true;
  field.ariaExpanded = "false";
  field.removeAttribute("aria-activedescendant");
}

/** If the request fails, nothing is suggested. */
async function ask(field, prefix, signal) {
  try {
    const query = new URLSearchParams({ prefix });
    const headers = { accept: "application/json" };
    const answer = await fetch(`${field.dataset.suggest}?${query}`, { headers, signal });
    if (answer.ok) return (await answer.json()).tags;
  } catch {}
  return [];
}
