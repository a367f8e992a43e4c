/*
 * Drafts survive a closed tab: they are kept in this browser, for each user, until they are saved or the user signs out
 * (site.js).
 */

const PREFIX = "trunk8-draft ";
const SENT = "trunk8-sent";
const MOST_DRAFTS = 10;
const MOST_CHARACTERS = 1_000_000;
const PAUSE_MS = 500;

const form = document.querySelector("form:has([data-draft])");

if (document.querySelector('[data-notice="created"], [data-notice="saved"]')) forgetSent();
if (form) keep(form, form.querySelector("[data-draft]"));

/** Removes the draft on the page that follows a saved form. */
function forgetSent() {
  const key = sessionStorage.getItem(SENT);
  if (key !== null) localStorage.removeItem(key);
  sessionStorage.removeItem(SENT);
}

function keep(form, area) {
  const key = PREFIX + area.dataset.draft;
  const stored = area.value;
  let timer;
  sessionStorage.removeItem(SENT);
  offer(key, form, area);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(key, form, area, stored), PAUSE_MS);
  });
  window.addEventListener("pagehide", () => {
    if (area.value !== stored) save(key, form, area, stored);
  });
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget !== "_blank") sessionStorage.setItem(SENT, key);
  });
}

function save(key, form, area, stored) {
  const { value: text } = area;
  if (text === stored || text.length > MOST_CHARACTERS) return localStorage.removeItem(key);
  const title = form.elements.namedItem("title").value;
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), text, title }));
    for (const old of draftKeys().slice(MOST_DRAFTS)) localStorage.removeItem(old);
  } catch {
    // Storage is full or disabled: the form works without drafts.
  }
}

/** Newest first. */
function draftKeys() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.sort((one, other) => read(other).at - read(one).at);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? { at: 0 };
  } catch {
    return { at: 0 };
  }
}

/** Offers a draft, unless its text is in the form already, as after a refusal. */
function offer(key, form, area) {
  const { text, title } = read(key);
  if (typeof text !== "string" || text === area.value) return;
  const { content } = document.querySelector("[data-draft-offer]");
  area.closest(".source").before(content.cloneNode(true));
  const box = form.querySelector("[data-draft-box]");
  box.querySelector("[data-draft-restore]").addEventListener("click", () => {
    form.elements.namedItem("title").value = title;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    finish(box, area);
  });
  box.querySelector("[data-draft-discard]").addEventListener("click", () => {
    localStorage.removeItem(key);
    finish(box, area);
  });
}

function finish(box, area) {
  box.remove();
  area.focus();
}
