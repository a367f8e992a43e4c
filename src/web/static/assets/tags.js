/* Fields of tags: suggests names for the last one that is typed. Without scripts, names are typed in full. */

const PAUSE_MS = 150;

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-suggest]")) suggestSoon(target);
});

const timers = new WeakMap();
let asking = new AbortController();

function suggestSoon(field) {
  clearTimeout(timers.get(field));
  timers.set(
    field,
    setTimeout(() => suggest(field), PAUSE_MS),
  );
}

/** A suggestion replaces the whole value, so it begins as that does: browsers show only what goes on like it. */
async function suggest(field) {
  asking.abort();
  asking = new AbortController();
  const start = field.value.lastIndexOf(",") + 1;
  const prefix = field.value.slice(start).trim();
  const before = field.value.slice(0, field.value.indexOf(prefix, start));
  const names = prefix === "" ? [] : await ask(field, prefix, asking.signal);
  const options = names.map((name) => {
    const option = document.createElement("option");
    option.value = before + name;
    option.label = name;
    return option;
  });
  listOf(field).replaceChildren(...options);
}

function listOf(field) {
  if (field.list) return field.list;
  const list = document.createElement("datalist");
  list.id = `${field.id || field.name}-suggestions`;
  field.after(list);
  field.setAttribute("list", list.id);
  return list;
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
