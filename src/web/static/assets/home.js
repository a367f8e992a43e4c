/* The form on the home page: shows the new short link without leaving the page, and copies it. */

const form = document.querySelector("[data-add]");
const field = form.elements.url;
const result = document.querySelector("[data-add-result]");
const ready = document.querySelector("[data-add-ready]");
const exists = document.querySelector("[data-add-exists]");
const refused = document.querySelector("[data-add-refused]");

let isSending = false;

field.addEventListener("input", () => {
  form.elements.if_exists.value = "ask";
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isSending) send();
});

async function send() {
  isSending = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: "application/json" },
    });
    if (answer.status === 201) showReady(await answer.json());
    else if (answer.status === 200) showExisting(await answer.json());
    else if (answer.status === 422) showRefused(await answer.json());
    else form.submit();
  } catch {
    form.submit();
  } finally {
    isSending = false;
  }
}

function showReady(link) {
  showLink(ready, link);
  field.value = "";
  form.elements.if_exists.value = "ask";
  form.elements.form_id.value = newFormId();
  field.focus();
  refreshNews();
}

/** The address stays in the field, for those who want another link to it. */
function showExisting(link) {
  showLink(exists, link);
  result.querySelector("[data-add-another]").addEventListener("click", () => {
    form.elements.if_exists.value = "create";
    form.requestSubmit();
  });
}

/** Shows a short link and copies it. */
function showLink(template, { url }) {
  show(template);
  const link = result.querySelector("a");
  link.href = url;
  link.textContent = url;
  const button = result.querySelector("[data-copy]");
  button.dataset.copy = url;
  button.click();
  field.removeAttribute("aria-invalid");
}

function showRefused({ detail, errors = {} }) {
  show(refused);
  result.querySelector("[data-add-problem]").textContent = errors.url ?? detail;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

function show(template) {
  result.replaceChildren(template.content.cloneNode(true));
}

/** A site on plain http has no `crypto.randomUUID`. */
function newFormId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Refreshes the statistics and the newest links; they stay as they were if the request fails. */
async function refreshNews() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-home-news]");
    if (fresh) document.querySelector("[data-home-news]").replaceWith(fresh);
  } catch {}
}
