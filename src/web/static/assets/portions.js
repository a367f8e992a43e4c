/*
 * Sends a large file in portions (tus 1.0), so that it goes on where it stopped: after a pause, a broken connection, or
 * in another tab when the file is chosen again. The event is that of upload.js or files.js, which show how far it is.
 */

/** A form, or the files in it: what it takes is said by an event there. */
const place = document.querySelector("[data-portions]");

/** A proxy may let through less than this site does. */
const LEAST_BYTES = 262_144;

/** How long it waits after each failure in a row, in milliseconds. */
const DELAYS = [500, 1000, 2000, 5000, 10_000, 20_000, 30_000];

const TUS = { "tus-resumable": "1.0.0" };

/** Files for which it is asked whether they are here already. */
const MOST_HASHED = 268_435_456;

place?.addEventListener("portions", (event) => {
  const { file, show } = event.detail;
  if (file.size <= chunkBytes()) return;
  event.preventDefault();
  event.detail.sending = new Portions(file, show);
});

/** What was let through before, in this tab. */
function chunkBytes() {
  return Number(sessionStorage.getItem("chunk")) || Number(place.dataset.chunk);
}

class Portions {
  #file;
  #show;
  #metadata = "";
  #address = null;
  #offset = 0;
  #failures = 0;
  #request = null;
  #isOver = false;
  #goOn = null;

  constructor(file, show) {
    this.#file = file;
    this.#show = show;
    this.#run().catch(() => this.#fail(0, null));
  }

  get isPaused() {
    return this.#goOn !== null;
  }

  pause() {
    if (this.isPaused || this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers();
    this.#goOn = { promise, resolve };
    this.#request?.abort();
    this.#show.paused(this.#offset);
  }

  resume() {
    this.#failures = 0;
    this.#goOn?.resolve();
    this.#goOn = null;
    this.#show.goesOn(this.#offset);
  }

  /** Deletes what was stored. */
  abort() {
    this.#isOver = true;
    this.#request?.abort();
    this.#goOn?.resolve();
    if (this.#address !== null) fetch(this.#address, { method: "DELETE", headers: TUS });
    this.#show.cancelled();
  }

  async #run() {
    this.#metadata = await describe(this.#file);
    while (!this.#isOver) {
      await this.#goOn?.promise;
      if (this.#isOver) return;
      if (this.#address === null) await this.#begin();
      else if (this.#offset < this.#file.size) await this.#sendPortion();
      else return this.#finish();
    }
  }

  #finish() {
    this.#isOver = true;
    this.#show.done(this.#address.split("/").at(-1));
  }

  /** Goes on with an upload of this file that there is, or begins one. */
  async #begin() {
    const known = await this.#ask("GET", `?${new URLSearchParams({ metadata: this.#metadata })}`);
    if (known.status !== 200) return await this.#recover(known);
    const found = known.answer.items.find(({ length }) => length === this.#file.size);
    if (found) return this.#continueAt(found.url, found.offset);
    const headers = { "upload-length": this.#file.size, "upload-metadata": this.#metadata };
    const begun = await this.#ask("POST", "", headers);
    if (begun.status !== 201) return await this.#recover(begun);
    this.#continueAt(begun.header("location"), Number(begun.header("upload-offset") ?? 0));
  }

  #continueAt(address, offset) {
    this.#address = new URL(address, location.href).pathname;
    this.#offset = offset;
    this.#show.goesOn(offset);
  }

  async #sendPortion() {
    const chunk = this.#file.slice(this.#offset, this.#offset + chunkBytes());
    const headers = {
      "upload-offset": this.#offset,
      "content-type": "application/offset+octet-stream",
    };
    const sent = await this.#ask("PATCH", this.#address, headers, chunk);
    if (sent.status !== 204) return await this.#recover(sent);
    this.#failures = 0;
    this.#offset = Number(sent.header("upload-offset"));
    this.#show.progress(this.#offset);
  }

  /** Fails, or waits and asks where to go on. */
  async #recover({ status, answer, header }) {
    if (this.#isOver || this.isPaused) return await this.#askOffset();
    if (status === 413 && header("tus-resumable") === null && chunkBytes() > LEAST_BYTES) {
      sessionStorage.setItem("chunk", Math.max(LEAST_BYTES, Math.floor(chunkBytes() / 2)));
      return await this.#askOffset();
    }
    if (status === 404 && this.#address !== null) {
      this.#address = null;
      this.#offset = 0;
      return;
    }
    const isPassing = status === 0 || status === 409 || status === 423 || status >= 500;
    if (!isPassing || answer?.code === "over_quota") return this.#fail(status, answer);
    if (this.#failures >= DELAYS.length) return this.pause();
    this.#show.waiting();
    await new Promise((resolve) => setTimeout(resolve, DELAYS[this.#failures++]));
    await this.#askOffset();
  }

  /** What the request before could not say. */
  async #askOffset() {
    await this.#goOn?.promise;
    if (this.#address === null || this.#isOver) return;
    const asked = await this.#ask("HEAD", this.#address);
    if (asked.status !== 200) return await this.#recover(asked);
    const offset = Number(asked.header("upload-offset"));
    if (offset > this.#offset) this.#failures = 0;
    this.#offset = offset;
    this.#show.goesOn(offset);
  }

  #fail(status, answer) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#show.failed(status, answer);
  }

  /** @param address below that of uploads, or a path */
  #ask(method, address, headers = {}, body = null) {
    const request = new XMLHttpRequest();
    const { promise, resolve } = Promise.withResolvers();
    const from = this.#offset;
    request.open(method, address.startsWith("/") ? address : place.dataset.portions + address);
    for (const [name, value] of Object.entries({ ...TUS, ...headers }))
      request.setRequestHeader(name, value);
    request.responseType = "json";
    if (body !== null)
      request.upload.addEventListener("progress", ({ loaded }) => {
        if (!this.isPaused) this.#show.progress(Math.min(from + loaded, this.#file.size));
      });
    request.addEventListener("loadend", () => {
      this.#request = null;
      const header = (name) => request.getResponseHeader(name);
      resolve({ status: request.status, answer: request.response, header });
    });
    this.#request = request;
    request.send(body);
    return promise;
  }
}

/** By this, the upload of a file that is chosen again is found. */
async function describe(file) {
  const sha256 = await hashOf(file);
  const fields = {
    filename: file.name,
    modified: String(file.lastModified),
    purpose: "hold",
    ...(sha256 && { sha256 }),
  };
  const pairs = Object.entries(fields).map(([name, value]) => `${name} ${base64(value)}`);
  return pairs.join(",");
}

function base64(value) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(value)));
}

/** Only pages that are served securely can hash. */
async function hashOf(file) {
  if (file.size > MOST_HASHED || !crypto.subtle) return "";
  try {
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}
