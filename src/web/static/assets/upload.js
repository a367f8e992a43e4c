/*
 * A form with a file. The file may be dropped or pasted, is checked before it is sent, and is uploaded with a progress
 * bar and a button to cancel. Without this script, the form is sent like any other.
 */

const form = document.querySelector("form[data-upload]");
const input = form.querySelector('input[type="file"]');
const progress = document.querySelector("[data-upload-progress]");
const problem = document.querySelector("[data-upload-problem]");

/** Whether the form is sent as soon as a file is chosen, and shows no fields. */
const goesAtOnce = form.dataset.upload === "at-once";

const texts = JSON.parse(progress.dataset.texts);

/** The request under way. */
let sending = null;

input.addEventListener("change", () => {
  const [file] = input.files;
  showRefused("");
  showWhyNot(file ? whyNot(file) : "");
  const chosen = form.querySelector("[data-upload-chosen]");
  if (chosen) chosen.textContent = file ? describe(texts.chosen, file) : "";
});

form.addEventListener("submit", (event) => {
  const [file] = input.files;
  if (!file || event.submitter?.formTarget === "_blank") return;
  event.preventDefault();
  if (whyNot(file) !== "") input.focus();
  else if (!sending) send(file);
});

document.addEventListener("paste", ({ clipboardData: { types, files } }) => {
  // What is copied from a spreadsheet or a text may come as an image, too.
  if (!types.includes("text/plain")) take(files);
});

/** Anywhere on the page: a file dropped beside the form would make the browser leave the page. */
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  markTarget();
});

document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  take(event.dataTransfer.files);
});

function hasFiles({ dataTransfer }) {
  return dataTransfer.types.includes("Files");
}

let leaving;

/** Marks the page as a target until nothing was dragged over it for a moment. */
function markTarget() {
  const { classList } = document.documentElement;
  classList.add("upload-here");
  clearTimeout(leaving);
  leaving = setTimeout(() => classList.remove("upload-here"), 200);
}

function take(files) {
  if (files.length === 0 || sending) return;
  const detail = { files: [...files], whyNot, showRefused, explain };
  // An editor (attach.js) takes files into its text.
  if (!form.dispatchEvent(new CustomEvent("bring", { detail, cancelable: true }))) return;
  if (files.length > 1) return showRefused(texts.oneFile);
  input.files = files;
  input.dispatchEvent(new Event("change"));
  if (goesAtOnce) form.requestSubmit();
}

/** Why the server would refuse a file; "" if it would not. */
function whyNot({ size, name }) {
  const { maxBytes = Infinity, tooLarge, notAllowed } = input.dataset;
  if (size > Number(maxBytes)) return tooLarge;
  const endings = input.accept.split(",");
  return endings.some((ending) => name.toLowerCase().endsWith(ending)) ? "" : notAllowed;
}

function showWhyNot(why) {
  if (goesAtOnce) showRefused(why);
  else showFieldProblem(input, why);
}

/** A large file goes in portions (portions.js), then the form with its name; any other in the form. */
function send(file) {
  const show = watch(file);
  const detail = { file, show, sending: null };
  if (form.dispatchEvent(new CustomEvent("portions", { detail, cancelable: true })))
    return post(file, dataOfForm());
  showSending(file);
  sending = detail.sending;
  pauseButton.hidden = false;
}

/** What portions.js calls while it sends a file. */
function watch(file) {
  let pace = new Pace();
  const goesOn = (offset) => {
    pace = new Pace(offset);
    showPaused(false);
    showProgress(offset / file.size, "");
  };
  return {
    goesOn,
    progress: (loaded) => showProgress(loaded / file.size, pace.describe(loaded, file.size)),
    waiting: () => showFigures(texts.waiting),
    paused: (offset) => {
      showPaused(true);
      showFigures(fill(texts.paused, { percent: Math.floor((100 * offset) / file.size) }));
    },
    failed: (status, answer) => {
      stop();
      explain(status, answer);
    },
    cancelled: () => {
      stop();
      announce(texts.cancelled);
    },
    done: (id) => {
      const data = dataOfForm();
      data.delete(input.name);
      data.set("upload", id);
      post(file, data);
    },
  };
}

const pauseButton = progress.querySelector("[data-upload-pause]");

pauseButton?.addEventListener("click", () => {
  if (sending.isPaused) sending.resume();
  else sending.pause();
});

function showPaused(isPaused) {
  pauseButton.textContent = isPaused ? texts.resume : texts.pause;
}

function showFigures(figures) {
  progress.querySelector("[data-upload-figures]").textContent = figures;
  announce(figures);
}

function post(file, data) {
  const request = new XMLHttpRequest();
  const pace = new Pace();
  request.open("POST", form.getAttribute("action"));
  request.setRequestHeader("accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    showProgress(loaded / total, pace.describe(loaded, total));
  });
  request.addEventListener("load", () => finish(request));
  request.addEventListener("error", () => {
    stop();
    showRefused(texts.connectionLost);
  });
  request.addEventListener("abort", () => {
    stop();
    announce(texts.cancelled);
  });
  sending = request;
  request.send(data);
  showSending(file);
  if (pauseButton) pauseButton.hidden = true;
}

/** `notice` asks for a notice on the next page. */
function dataOfForm() {
  const data = new FormData(form);
  data.set("notice", "on");
  return data;
}

function showSending(file) {
  showRefused("");
  for (const field of form.elements) showFieldProblem(field, "");
  form.inert = true;
  progress.hidden = false;
  showProgress(0, "");
  announce(describe(texts.sending, file));
  progress.querySelector("[data-upload-cancel]").focus();
}

function finish({ status, response: answer }) {
  if (answer?.page) return goTo(answer.page);
  stop();
  explain(status, answer);
  // Backwards, so that the first of them has the focus in the end.
  for (const [name, message] of Object.entries(answer?.errors ?? {}).reverse()) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type="hidden"])`);
    if (field) showRefusedField(field, message);
  }
}

/** Says why the server refused a file. */
function explain(status, answer) {
  showRefused(whyRefused(status, answer));
  if (status === 401) show("signed-out");
}

function goTo(page) {
  sending = null;
  location.assign(page);
}

function whyRefused(status, answer) {
  if (status === 413 && answer?.code !== "too_large") return texts.refusedByProxy;
  return answer?.detail ?? texts.connectionLost;
}

function showRefusedField(field, message) {
  showFieldProblem(field, message);
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

/** Returns to the form, filled in as it was. */
function stop() {
  sending = null;
  showForm();
  form.querySelector('[type="submit"]')?.focus();
}

function showForm() {
  progress.hidden = true;
  form.inert = false;
}

progress.querySelector("[data-upload-cancel]").addEventListener("click", () => sending?.abort());

window.addEventListener("beforeunload", (event) => {
  if (sending) event.preventDefault();
});

/** Also when the browser's history brings the page back as it was left. */
window.addEventListener("pageshow", showForm);

const WINDOW_MS = 3000;

/** Speed over the last few seconds. */
class Pace {
  #marks;

  constructor(loaded = 0) {
    this.#marks = [{ at: performance.now(), loaded }];
  }

  describe(loaded, total) {
    if (loaded === total) return texts.saving;
    const share = { percent: Math.floor((100 * loaded) / total), total: formatSize(total) };
    const speed = this.#measure(loaded);
    if (!(speed > 0)) return fill(texts.share, share);
    const left = formatDuration((total - loaded) / speed);
    return fill(texts.pace, { ...share, speed: formatSize(speed), left });
  }

  /** Bytes per second; NaN at the very beginning. */
  #measure(loaded) {
    const at = performance.now();
    this.#marks.push({ at, loaded });
    while (this.#marks.length > 2 && at - this.#marks[0].at > WINDOW_MS) this.#marks.shift();
    const [since] = this.#marks;
    return (1000 * (loaded - since.loaded)) / (at - since.at);
  }
}

let announcedQuarters = 0;

/** The bar moves all the time; screen readers hear of each quarter. */
function showProgress(part, figures) {
  progress.querySelector("progress").value = 100 * part;
  progress.querySelector("[data-upload-figures]").textContent = figures;
  const quarters = Math.floor(4 * part);
  if (quarters > announcedQuarters) announce(figures);
  announcedQuarters = quarters;
}

function describe(text, { name, size }) {
  return fill(text, { name, size: formatSize(size) });
}

/** A text with its `{places}` filled in. */
function fill(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_, place) => values[place]);
}

function formatDuration(seconds) {
  if (seconds < 60) return formatUnit(Math.ceil(seconds), "second");
  if (seconds < 3600) return formatUnit(Math.ceil(seconds / 60), "minute");
  return formatUnit(Math.ceil(seconds / 3600), "hour");
}

/** Writes sizes as the server does. */
function formatSize(bytes) {
  let size = bytes;
  let step = 0;
  while (Math.round(size * 10) / 10 >= 1024 && step < texts.sizes.length) {
    size /= 1024;
    step++;
  }
  if (step === 0) return formatUnit(Math.round(size), "byte");
  return fill(texts.sizes[step - 1], { size: formatNumber(size, { maximumFractionDigits: 1 }) });
}

function formatUnit(count, unit) {
  return formatNumber(count, { style: "unit", unit, unitDisplay: "long" });
}

function formatNumber(number, options) {
  return new Intl.NumberFormat(texts.locale, options).format(number);
}

/** Shows a message beside a field, as the server does; "" removes it. */
function showFieldProblem(field, message) {
  const id = `${field.name}-problem`;
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ");
  const others = described.filter((other) => other !== id);
  const isRefused = message !== "";
  document.getElementById(id)?.remove();
  field.classList.toggle("is-invalid", isRefused);
  field.setAttribute("aria-invalid", isRefused);
  field.setAttribute("aria-describedby", (isRefused ? [id, ...others] : others).join(" "));
  if (isRefused) field.after(remark(id, message));
}

function remark(id, message) {
  const box = document.createElement("div");
  box.className = "invalid-feedback";
  box.id = id;
  box.textContent = message;
  return box;
}

function showRefused(message) {
  if (message === "") return problem.replaceChildren();
  show("refused");
  problem.querySelector("p").textContent = message;
}

function show(what) {
  const { content } = document.querySelector(`[data-upload-${what}]`);
  problem.replaceChildren(content.cloneNode(true));
}

/** Has a screen reader say `message`. */
function announce(message) {
  document.querySelector("[data-announcements]").textContent = message;
}
