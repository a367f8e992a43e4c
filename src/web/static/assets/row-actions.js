/** Script of tables of links: adds its actions to each row, and shows on hover what a row cuts short. */

function addActions() {
  for (const template of document.querySelectorAll("template[data-row-actions]")) {
    const table = template.previousElementSibling;
    for (const row of table.tBodies[0].rows)
      if (!row.querySelector(".row-actions")) row.lastElementChild.append(actionsOf(row, template));
  }
}

function actionsOf(row, template) {
  const code = row.querySelector(".link-name a").textContent;
  const actions = template.content.cloneNode(true);
  if ("declared" in row.dataset)
    for (const change of actions.querySelectorAll("[data-change]")) change.remove();
  for (const element of actions.querySelectorAll("*"))
    for (const attribute of element.attributes) fill(attribute, template.dataset.rowActions, code);
  return actions;
}

function fill(attribute, place, code) {
  if (!attribute.value.includes(place)) return;
  const isAddress = attribute.name === "href" || attribute.name === "data-copy";
  attribute.value = attribute.value.replaceAll(place, isAddress ? encodeURIComponent(code) : code);
}

addActions();
// Also to rows that come later: a list that htmx swaps, the newest links of the home page.
new MutationObserver(addActions).observe(document.querySelector("main"), {
  childList: true,
  subtree: true,
});

/** A moment to the second, in the reader's zone. */
document.addEventListener("pointerover", ({ target }) => {
  const time = target.closest(".links time:not([title])");
  if (time) time.title = exactly(time);
  const cut = target.closest(".links .link-name :is(a, bdi):not([title])");
  if (cut && isCut(cut)) cut.title = cut.href ?? cut.textContent;
});

/** By the page, or by the width of the column. */
function isCut({ textContent, scrollWidth, clientWidth }) {
  return textContent.endsWith("\u2026") || scrollWidth > clientWidth;
}

function exactly(time) {
  const { zone: timeZone, locale } = time.closest("table").dataset;
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "full",
    timeStyle: "short",
    timeZone,
  });
  return format.format(new Date(time.dateTime));
}
