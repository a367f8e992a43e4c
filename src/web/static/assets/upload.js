/*
 * A form that brings a file. The file may be dropped or pasted, is judged before it is sent, and goes with a moving bar
 * and a way to stop it. Without this script the form is sent as any other.
 */

const form = document.querySelector("form[data-upload]");
const input = form.querySelector('input[type="file"]');
const progress = document.querySelector("[data-upload-progress]");
const problem = document.querySelector("[data-upload-problem]");

/** Whether the form goes as soon as a file is there, and has no fields to be seen. */
const goesAtOnce = form.dataset.upload === "at-once";

const BROKEN = "The connection broke before all of it had arrived. Send it again.";
const REFUSED_ON_THE_WAY =
  "A server in front of this site refuses files of this size. Tell the administrator of this site.";

/** The request under way. */
let sending = null;

input.addEventListener("change", () => {
  const [file] = input.files;
  showRefused("");
  showWhyNot(file ? whyNot(file) : "");
  const chosen = form.querySelector("[data-upload-chosen]");
  if (chosen) chosen.textContent = file ? `Chosen: ${file.name}, ${sizeOf(file.size)}.` : "";
});

form.addEventListener("submit", (event) => {
  const [file] = input.files;
  if (!file || event.submitter?.formTarget === "_blank") return;
  event.preventDefault();
  if (whyNot(file) !== "") input.focus();
  else if (!sending) send(file);
});

document.addEventListener("paste", ({ clipboardData: { types, files } }) => {
  // What is copied from a table or a text may come as a picture, too.
  if (!types.includes("text/plain")) take(files);
});

/** Anywhere on the page: what is dropped beside the form would make the browser leave it. */
document.addEventListener("dragover", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  markTarget();
});

document.addEventListener("drop", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  take(event.dataTransfer.files);
});

function bringsFiles({ dataTransfer }) {
  return dataTransfer.types.includes("Files");
}

let leaving;

/** Until for a moment nothing was dragged here. */
function markTarget() {
  const { classList } = document.documentElement;
  classList.add("upload-here");
  clearTimeout(leaving);
  leaving = setTimeout(() => classList.remove("upload-here"), 200);
}

function take(files) {
  if (files.length === 0 || sending) return;
  if (files.length > 1) return showRefused("A link hands out one file: bring them one by one.");
  input.files = files;
  input.dispatchEvent(new Event("change"));
  if (goesAtOnce) form.requestSubmit();
}

/** Why a file would be refused, in the words of the server; "" if it would not. */
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

function send(file) {
  const request = new XMLHttpRequest();
  const pace = new Pace();
  request.open("POST", form.getAttribute("action"));
  request.setRequestHeader("accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    showProgress(loaded / total, pace.tell(loaded, total));
  });
  request.addEventListener("load", () => finish(request));
  request.addEventListener("error", () => stop(BROKEN));
  request.addEventListener("abort", () => stop(""));
  sending = request;
  request.send(dataOfForm());
  showSending(file);
}

/** The page that comes next is to tell what has become of it. */
function dataOfForm() {
  const data = new FormData(form);
  data.set("notice", "on");
  return data;
}

function showSending({ name, size }) {
  showRefused("");
  for (const field of form.elements) showFieldProblem(field, "");
  form.inert = true;
  progress.hidden = false;
  showProgress(0, "");
  say(`Sending ${name}, ${sizeOf(size)}.`);
  progress.querySelector("[data-upload-cancel]").focus();
}

function finish({ status, response: answer }) {
  if (answer?.page) return goTo(answer.page);
  stop(whyRefused(status, answer));
  if (status === 401) show("signed-out");
  // Backwards, so that the first of them has the focus in the end.
  for (const [name, message] of Object.entries(answer?.errors ?? {}).reverse()) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type="hidden"])`);
    if (field) showRefusedField(field, message);
  }
}

function goTo(page) {
  sending = null;
  location.assign(page);
}

function whyRefused(status, answer) {
  if (status === 413 && answer?.code !== "too_large") return REFUSED_ON_THE_WAY;
  return answer?.detail ?? BROKEN;
}

function showRefusedField(field, message) {
  showFieldProblem(field, message);
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

/** Back to the form, filled in as it was. */
function stop(why) {
  sending = null;
  showForm();
  form.querySelector('[type="submit"]')?.focus();
  if (why === "") say("The upload is cancelled.");
  else showRefused(why);
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

/** How fast it goes: over the last few seconds, so that it is steady and still true. */
class Pace {
  #marks = [{ at: performance.now(), loaded: 0 }];

  tell(loaded, total) {
    if (loaded === total) return "Saving...";
    const share = `${Math.floor((100 * loaded) / total)}% of ${sizeOf(total)}`;
    const speed = this.#measure(loaded);
    if (!(speed > 0)) return share;
    return `${share}, ${sizeOf(speed)} a second, ${leftOf((total - loaded) / speed)} left`;
  }

  /** Bytes a second; NaN at the very beginning. */
  #measure(loaded) {
    const at = performance.now();
    this.#marks.push({ at, loaded });
    while (this.#marks.length > 2 && at - this.#marks[0].at > WINDOW_MS) this.#marks.shift();
    const [since] = this.#marks;
    return (1000 * (loaded - since.loaded)) / (at - since.at);
  }
}

let saidQuarters = 0;

/** The bar moves all the time; those who hear the page are told of each quarter. */
function showProgress(part, figures) {
  progress.querySelector("progress").value = 100 * part;
  progress.querySelector("[data-upload-figures]").textContent = figures;
  const quarters = Math.floor(4 * part);
  if (quarters > saidQuarters) say(figures);
  saidQuarters = quarters;
}

function leftOf(seconds) {
  if (seconds < 60) return counted(Math.ceil(seconds), "second");
  if (seconds < 3600) return counted(Math.ceil(seconds / 60), "minute");
  return counted(Math.ceil(seconds / 3600), "hour");
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** As the server writes sizes. */
function sizeOf(bytes) {
  let size = bytes;
  let step = 0;
  while (Math.round(size * 10) / 10 >= 1024 && step < UNITS.length - 1) {
    size /= 1024;
    step++;
  }
  const maximumFractionDigits = step === 0 ? 0 : 1;
  return `${size.toLocaleString("en", { maximumFractionDigits })} ${UNITS[step]}`;
}

/** The message beside a field, as the server writes it; "" takes it away. */
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

function showRefused(words) {
  if (words === "") return problem.replaceChildren();
  show("refused");
  problem.querySelector("p").textContent = words;
}

function show(what) {
  const { content } = document.querySelector(`[data-upload-${what}]`);
  problem.replaceChildren(content.cloneNode(true));
}

function say(words) {
  document.querySelector("[data-announcements]").textContent = words;
}
