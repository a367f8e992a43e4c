/*
 * The editor of a Markdown document, with a preview beside the text. Without this script it is a plain text area, and a
 * button shows the preview in another tab.
 */

const PAUSE_MS = 300;
const BUSY_MS = 1000;

/** The page as it will be published, rendered after each pause in typing. Each has a new frame, to stay out of the history. */
class Preview {
  #box;
  #area;
  #address;
  #shown = null;
  #arriving = null;
  #timer;
  #count = 0;

  constructor(root, area) {
    this.#box = root.querySelector("[data-preview]");
    this.#address = this.#box.dataset.preview;
    this.#area = area;
    const title = area.form.elements.namedItem("title");
    for (const field of [area, title]) field.addEventListener("input", () => this.#plan(PAUSE_MS));
    for (const button of root.querySelectorAll("[data-see]"))
      button.addEventListener("click", () => this.#see(root, button.dataset.see));
    this.#ask();
  }

  #see(root, what) {
    root.classList.toggle("previewing", what === "preview");
    for (const button of root.querySelectorAll("[data-see]"))
      button.setAttribute("aria-pressed", button.dataset.see === what);
  }

  #plan(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  /** Only the latest request counts. */
  #ask() {
    this.#arriving?.remove();
    const frame = document.createElement("iframe");
    this.#count += 1;
    frame.name = `preview-${this.#count}`;
    frame.title = this.#box.ariaLabel;
    frame.className = "arriving";
    frame.setAttribute("sandbox", "allow-same-origin");
    this.#box.append(frame);
    this.#arriving = frame;
    frame.addEventListener("load", () => this.#arrive(frame));
    this.#send(frame.name);
  }

  #send(target) {
    const form = document.createElement("form");
    const title = this.#area.form.elements.namedItem("title").value;
    const fields = { kind: "markdown", text: this.#area.value, title };
    for (const [name, value] of Object.entries(fields)) form.append(hidden(name, value));
    Object.assign(form, { method: "post", target, hidden: true });
    form.action = this.#address;
    document.body.append(form);
    form.submit();
    form.remove();
  }

  #arrive(frame) {
    const { location, performance, scrollX, scrollY } = frame.contentWindow;
    if (location.href === "about:blank" || frame !== this.#arriving) return;
    const [{ responseStatus }] = performance.getEntriesByType("navigation");
    if (responseStatus === 503) return this.#plan(BUSY_MS);
    const before = this.#shown?.contentWindow ?? { scrollX, scrollY };
    frame.contentWindow.scrollTo(before.scrollX, before.scrollY);
    frame.className = "";
    this.#shown?.remove();
    this.#shown = frame;
    this.#arriving = null;
  }
}

function hidden(name, value) {
  const field = document.createElement("textarea");
  Object.assign(field, { name, value });
  return field;
}

const editor = document.querySelector('[data-editor="markdown"]');

if (editor) new Preview(editor, editor.querySelector("textarea"));

/** Selects the file option when a file is dropped or pasted. */
document.querySelector('.source input[type="file"]')?.addEventListener("change", ({ target }) => {
  const choice = target.closest(".source").querySelector('input[value="file"]');
  if (target.files.length > 0) choice.checked = true;
});
