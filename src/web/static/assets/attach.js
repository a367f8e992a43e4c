/*
 * Files that are dropped or pasted while a page is written. Each becomes a link of its own, and its image or link is
 * inserted at the cursor.
 */

const editor = document.querySelector("[data-attach]");
const area = editor?.querySelector("textarea");
const form = area?.form;

/** How each kind of text shows a file. */
const markups = {
  markdown: (path, name, isImage) =>
    isImage ? `![](${path})` : `[${name.replaceAll(/[\\[\]]/g, "\\$&")}](${path})`,
  html: (path, name, isImage) =>
    isImage ? `<img src="${path}" alt="">` : `<a href="${path}">${escapeHtml(name)}</a>`,
};

/** Endings of files that are such a text themselves. */
const texts = { markdown: /\.(md|markdown|txt)$/i, html: /\.html?$/i };

const kind = editor?.dataset.editor;

/** Uploads under way: the text is not sent before they are in it. */
const underWay = new Set();

let count = 0;

/** The event is that of upload.js, which otherwise takes the file for the whole content. */
form?.addEventListener("bring", (event) => {
  const { files } = event.detail;
  if (!isWriting() || isSource(files)) return;
  event.preventDefault();
  for (const file of files) attach(file, event.detail);
});

form?.addEventListener(
  "submit",
  (event) => {
    if (underWay.size === 0 || event.submitter?.formTarget === "_blank") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Promise.all(underWay).then(() => form.requestSubmit(event.submitter));
  },
  { capture: true },
);

function isWriting() {
  return editor.closest(".source").querySelector('[value="text"]').checked;
}

/** A text that is dropped on an empty editor is the content itself. */
function isSource([file, ...others]) {
  return others.length === 0 && area.value.trim() === "" && texts[kind].test(file.name);
}

async function attach(file, { whyNot, showRefused, explain }) {
  const why = whyNot(file);
  if (why !== "") return showRefused(why);
  showRefused("");
  const mark = addMark(file);
  const upload = send(file).then(
    ({ status, answer }) => {
      replace(mark, status === 201 ? markupOf(file, answer) : "");
      if (status !== 201) explain(status, answer);
    },
    () => {
      replace(mark, "");
      explain(0, null);
    },
  );
  underWay.add(upload);
  await upload;
  underWay.delete(upload);
}

async function send(file) {
  const body = new FormData();
  body.set("link_type", "file");
  body.set("file", file);
  const headers = { accept: "application/json" };
  const response = await fetch(editor.dataset.attach, { method: "POST", body, headers });
  const answer = await response.json().catch(() => null);
  return { status: response.status, answer };
}

/** Not every system says the type of a file. */
const IMAGE = /\.(avif|bmp|gif|jpe?g|png|svg|webp)$/i;

function markupOf({ name, type }, { url }) {
  const isImage = type.startsWith("image/") || IMAGE.test(name);
  return markups[kind](new URL(url).pathname, name, isImage);
}

function escapeHtml(text) {
  const holder = document.createElement("p");
  holder.textContent = text;
  return holder.innerHTML;
}

/** Stands in the text as long as a file is uploaded. */
function addMark({ name }) {
  const mark = `[${editor.dataset.attaching.replace("{name}", () => name)} #${++count}]`;
  const { selectionStart, selectionEnd, value } = area;
  const isAfterMark = value.slice(0, selectionEnd).endsWith(`#${count - 1}]`);
  write(selectionStart, selectionEnd, isAfterMark ? `\n${mark}` : mark);
  return mark;
}

/** A mark that was deleted meanwhile is not wanted any more. */
function replace(mark, text) {
  const start = area.value.indexOf(mark);
  if (start >= 0) write(start, start + mark.length, text);
}

/** Replaces a part of the text, and leaves cursor and focus where they were. */
function write(start, end, text) {
  const { selectionStart, selectionEnd } = area;
  const focused = document.activeElement;
  area.focus();
  area.setSelectionRange(start, end);
  // The one way of typing that the browser's own undo knows of.
  document.execCommand(text === "" ? "delete" : "insertText", false, text);
  const moved = (at) => (at < end ? Math.min(at, start) : at + text.length - (end - start));
  area.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  focused?.focus();
}
