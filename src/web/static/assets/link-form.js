/* The form of a link: a short code is checked while the user types, and changes are not lost by leaving. */

const PAUSE_MS = 300;

for (const field of document.querySelectorAll("[data-check]")) checkWhileTyping(field);

function checkWhileTyping(field) {
  const verdict = addVerdict(field);
  let timer;
  let asking = new AbortController();
  field.addEventListener("input", () => {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    timer = setTimeout(() => judge(field, verdict, signal), PAUSE_MS);
  });
}

/** The result of the check, which screen readers read out. */
function addVerdict(field) {
  const verdict = document.createElement("div");
  verdict.className = "form-text verdict";
  verdict.setAttribute("role", "status");
  field.after(verdict);
  return verdict;
}

async function judge(field, verdict, signal) {
  const code = field.value.trim();
  const { ok, message } = code === "" ? { ok: true, message: "" } : await ask(field, code, signal);
  if (signal.aborted) return;
  verdict.textContent = message;
  field.classList.toggle("is-invalid", !ok);
  if (ok) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}

/** If the request fails, nothing is shown: the form itself will say what is wrong. */
async function ask(field, code, signal) {
  try {
    const query = new URLSearchParams({ [field.name]: code });
    const answer = await fetch(`${field.dataset.check}?${query}`, {
      headers: { accept: "application/json" },
      signal,
    });
    if (answer.ok) return await answer.json();
  } catch {}
  return { ok: true, message: "" };
}

const linkForm = document.querySelector('form:has([name="link_type"])');

/** Values that draft.js keeps. */
const drafted = linkForm.querySelector("[data-draft]");
const kept = drafted ? ["title", drafted.name] : [];

/** The values as loaded; a refused form holds changes from the beginning. */
const saved = linkForm.querySelector(':scope > [role="alert"]') ? null : valuesOf(linkForm);

let isSent = false;

function valuesOf(form) {
  const values = [...new FormData(form)].filter(([name]) => !kept.includes(name));
  return JSON.stringify(values.map(([name, value]) => [name, value.name ?? value]));
}

/** After all others: upload.js sends a form itself, and asks for itself until it has. */
window.addEventListener("submit", (event) => {
  if (event.target !== linkForm || event.defaultPrevented) return;
  if (event.submitter?.formTarget !== "_blank") isSent = true;
});

window.addEventListener("beforeunload", (event) => {
  if (!isSent && !linkForm.inert && valuesOf(linkForm) !== saved) event.preventDefault();
});

window.addEventListener("pageshow", () => {
  isSent = false;
});
