/*
 * Script of every page. Every page works without it; each part finds its elements by a data attribute, also in content
 * that htmx or a dialog adds later.
 */

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (button) copy(button);
});

/**
 * Copies `data-copy`, or the text of an element of the page, and says so; by selecting a field where a site on plain
 * http has no clipboard.
 */
async function copy(button) {
  const { copy: given, copyFrom } = button.dataset;
  const text = given ?? document.querySelector(copyFrom).textContent;
  const isCopied = await write(text, button);
  announce(isCopied ? button.dataset.copied : button.dataset.copyFailed);
  if (!isCopied) return;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
}

async function write(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelecting(text, button);
  }
}

function writeBySelecting(text, button) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  // Beside the button, since an open dialog lets nothing outside it be selected.
  button.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused.focus();
  return isCopied;
}

/** Has a screen reader say `message`, also when it is the same as before. */
function announce(message) {
  const region = document.querySelector("[data-announcements]");
  region.textContent = "";
  setTimeout(() => {
    region.textContent = message;
  }, 50);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openDialog(link.href);
});

/** A button that posts to a page that asks a question. */
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (!button?.matches("[data-dialog]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  // Not `form.action`, which is the form's field of that name where it has one.
  openDialog(form.getAttribute("action"), { method: "POST", body }, () => {
    delete button.dataset.dialog;
    form.requestSubmit(button);
  });
});

/** Opens the question on the page at `address` in a dialog; goes to that page if it has none. */
async function openDialog(address, request = {}, goThere = () => location.assign(address)) {
  const content = await fetchContent(address, request);
  if (!content) return goThere();
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.closedBy = "any";
  dialog.append(content);
  nameByHeading(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function fetchContent(address, request) {
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" }, ...request });
    if (!answer.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-dialog-content]");
  } catch {
    return null;
  }
}

function nameByHeading(dialog) {
  const heading = dialog.querySelector("h1, h2");
  if (!heading) return;
  heading.id = "dialog-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
}

document.addEventListener("click", (event) => {
  const way = event.target.closest("dialog [data-dialog-close]");
  if (!way) return;
  event.preventDefault();
  way.closest("dialog").close();
});

/** Sends a posted form only once; `data-repeatable` marks those that start a download and leave the page as it is. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "repeatable" in form.dataset) return;
  if (event.submitter?.formTarget === "_blank") return;
  if (sentForms.has(form)) return event.preventDefault();
  sentForms.add(form);
  // Later, because a button that is disabled at once is not sent along.
  setTimeout(() => setDisabled(form, true));
});

const sentForms = new Set();

/** A page that the browser's history restores can send its forms again. */
window.addEventListener("pageshow", () => {
  for (const form of sentForms) setDisabled(form, false);
  sentForms.clear();
});

function setDisabled(form, isDisabled) {
  for (const element of form.elements) if (element.type === "submit") element.disabled = isDisabled;
}

/** A response without the requested part, such as the sign-in page, is shown as a whole page. */
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (!ctx.select || ctx.request.method !== "GET" || main?.fragment.childElementCount > 0) return;
  event.preventDefault();
  location.assign(ctx.request.action);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const search = document.querySelector('input[type="search"]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-autosubmit]")) event.target.form.requestSubmit();
});

/** An open menu closes when something else is clicked or gets the focus, when it opens a dialog, or by Escape. */
for (const type of ["click", "focusin"])
  document.addEventListener(type, (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });

document.addEventListener("click", (event) => {
  const link = event.target.closest("details[data-menu] a[data-dialog]");
  if (link) closeMenu(link.closest("details"));
});

function closeMenu(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details[data-menu][open]");
  if (menu) closeMenu(menu);
});

/** A bookmarklet is for dragging: a click on it would violate our content security policy. */
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-bookmarklet]")) event.preventDefault();
});

/** Removes drafts (draft.js) after signing out. */
if (document.querySelector('[data-notice="signed_out"]'))
  for (const key of Object.keys(localStorage))
    if (key.startsWith("trunk8-draft ")) localStorage.removeItem(key);
