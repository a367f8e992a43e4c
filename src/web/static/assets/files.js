/*
 * A form with any number of files: they may be dropped anywhere, also as folders, or pasted, and are sent in portions,
 * so that no request is large. Without this script, the form is sent like any other.
 */

const form = document.querySelector("form:has([data-files])");
const box = form.querySelector("[data-files]");
const inputs = form.querySelectorAll('input[type="file"]');
const status = box.querySelector("[data-files-status]");
const problem = box.querySelector("[data-files-problem]");
const texts = JSON.parse(box.dataset.texts);

/** What one request may have: below the limits of proxies. */
const PORTION_FILES = 50;
const PORTION_BYTES = Math.min(Number(box.dataset.chunk), Number(box.dataset.maxBytes ?? Infinity));

/** Files that were dropped or pasted, each with its path; those of the fields are beside them. */
const brought = [];
let isSending = false;

for (const input of inputs) input.addEventListener("change", showChosen);

document.addEventListener("dragover", (event) => {
  if (event.dataTransfer.types.includes("Files")) event.preventDefault();
});

document.addEventListener("drop", async (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  // The list of items is empty once this function waits.
  const dropped = [...event.dataTransfer.items].map((item) => {
    const entry = item.webkitGetAsEntry();
    return entry === null ? fileIn(item) : filesOf(entry);
  });
  bring((await Promise.all(dropped)).flat());
});

document.addEventListener("paste", ({ clipboardData: { types, files } }) => {
  if (!types.includes("text/plain")) bring([...files].map((file) => ({ file, path: file.name })));
});

form.addEventListener("submit", async (event) => {
  const files = chosen();
  if (files.length === 0) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  form.inert = true;
  problem.textContent = "";
  try {
    location.assign(await sendAll(files));
  } catch (error) {
    isSending = false;
    form.inert = false;
    showChosen();
    problem.textContent = error.message;
    form.querySelector('[type="submit"]').focus();
  }
});

function bring(files) {
  if (isSending) return;
  brought.push(...files);
  showChosen();
}

function fileIn(item) {
  const file = item.getAsFile();
  return file === null ? [] : [{ file, path: file.name }];
}

/** The files in a dropped file or folder. */
async function filesOf(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [{ file: await promised((...both) => entry.file(...both)), path }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // At most a hundred at once.
    const entries = await promised((...both) => reader.readEntries(...both));
    if (entries.length === 0) return (await Promise.all(found.map(filesOf))).flat();
    found.push(...entries);
  }
}

function promised(call) {
  return new Promise(call);
}

function chosen() {
  const own = [...inputs].flatMap((input) =>
    [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })),
  );
  return [...own, ...brought];
}

function showChosen() {
  const { length } = chosen();
  status.textContent = length === 0 ? "" : fill(texts.chosen, { count: length });
}

function fill(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Sends all files, and returns the page to open then. */
async function sendAll(files) {
  const isEach = form.elements.each?.value === "each";
  const portions = isEach ? files.map((file) => [file]) : portionsOf(files);
  let answer = null;
  let done = 0;
  for (const portion of portions) {
    const figures = { done, count: files.length };
    status.textContent = fill(texts.sending, figures);
    const upload = portion.length > 1 ? null : await sendLarge(portion[0], figures);
    const address = answer === null || isEach ? form.getAttribute("action") : addressFor(answer);
    const isMore = answer !== null;
    answer = await post(
      address,
      isEach ? single(portion[0], upload) : dataOf(portion, upload, isMore),
    );
    done += portion.length;
  }
  return isEach ? box.dataset.list : answer.page;
}

/** Sends a large file in requests of its own (portions.js); returns the name of its upload, or null for another file. */
function sendLarge({ file, path }, figures) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const fail = (code, answer) => reject(new Error(reasonOf(code, answer)));
  const show = {
    goesOn() {},
    waiting() {},
    cancelled() {},
    progress: (sent) => {
      const percent = Math.floor((100 * sent) / file.size);
      status.textContent = fill(texts.sendingLarge, { ...figures, path, percent });
    },
    // What was sent is kept, for when the form is sent again.
    paused: () => fail(0, null),
    failed: fail,
    done: resolve,
  };
  const detail = { file, show, sending: null };
  if (box.dispatchEvent(new CustomEvent("portions", { detail, cancelable: true, bubbles: true })))
    resolve(null);
  return promise;
}

function portionsOf(files) {
  const portions = [];
  let bytes = 0;
  for (const each of files) {
    const last = portions.at(-1);
    bytes += each.file.size;
    if (last !== undefined && last.length < PORTION_FILES && bytes <= PORTION_BYTES)
      last.push(each);
    else {
      portions.push([each]);
      bytes = each.file.size;
    }
  }
  return portions;
}

function addressFor({ short_code }) {
  return box.dataset.more.replace("{code}", encodeURIComponent(short_code));
}

/** The fields of the form with some files; once the collection is there, the files alone. */
function dataOf(portion, upload, isMore) {
  const all = new FormData(form);
  const data = isMore ? new FormData() : all;
  if (isMore && all.has("remove_metadata")) data.set("remove_metadata", all.get("remove_metadata"));
  data.delete("files");
  if (!isMore) data.set("notice", "on");
  for (const { file, path } of portion)
    if (upload === null) data.append("files", file, path);
    else {
      data.append("uploads", upload);
      data.append("upload_paths", path);
    }
  return data;
}

/** The same for a link of one file. */
function single({ file, path }, upload) {
  const data = new FormData(form);
  data.delete("files");
  data.delete("short_code");
  data.set("link_type", "file");
  if (upload === null) data.append("file", file, path.slice(path.lastIndexOf("/") + 1));
  else data.set("upload", upload);
  return data;
}

async function post(address, body) {
  const headers = { accept: "application/json" };
  const response = await fetch(address, { method: "POST", headers, body }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok && answer) return answer;
  throw new Error(reasonOf(response?.status, answer));
}

function reasonOf(code, answer) {
  if (code === 413 && answer?.code !== "too_large") return texts.refusedByProxy;
  return answer?.detail ?? texts.connectionLost;
}
