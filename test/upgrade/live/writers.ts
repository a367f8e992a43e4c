import { type Answer, ask } from "../../cluster/clients/ask.ts";
import { PASSWORD } from "./running-site.ts";

const CREATORS = 2;
const EDITORS = 2;
const EDITED = 20;
const PAUSE_MS = 40;
const SIGN_INS = 5;

/** What clients were told of their writes: every acknowledged one has to be there afterwards. */
export class Writers {
  /** Short codes and destinations that were acknowledged; of an edited link, the last one. */
  readonly acknowledged = new Map<string, string>();
  /** With counts. */
  readonly failures = new Map<string, number>();
  writes = 0;
  slowestMs = 0;
  /** A restored site has no sessions. */
  signedInAgain = 0;
  readonly #port: number;
  #cookie: string;
  readonly #prefix: string;
  #clients: Promise<void>[] = [];
  #isOver = false;
  #serial = 0;

  private constructor(port: number, cookie: string, prefix: string) {
    this.#port = port;
    this.#cookie = cookie;
    this.#prefix = prefix;
  }

  /** @param prefix of all short codes */
  static async start(port: number, cookie: string, prefix: string): Promise<Writers> {
    const writers = new Writers(port, cookie, prefix);
    for (let at = 0; at < EDITED; at++) await writers.create(`${prefix}-edited${at}`);
    const repeat = async (act: () => Promise<void>) => {
      while (!writers.#isOver) {
        await act();
        await Bun.sleep(PAUSE_MS * (0.5 + Math.random()));
      }
    };
    const create = () => writers.create(`${prefix}-new${writers.#serial++}`);
    writers.#clients = [
      ...Array.from({ length: CREATORS }, () => repeat(create)),
      ...Array.from({ length: EDITORS }, (_, at) => repeat(() => writers.#edit(at))),
    ];
    return writers;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async create(code: string): Promise<void> {
    const url = `https://example.com/${code}`;
    await this.#write("/add", 201, { link_type: "redirect", short_code: code, url }, code);
  }

  /** Each editor has links of its own. */
  async #edit(editor: number): Promise<void> {
    const mine = Math.floor(Math.random() * (EDITED / EDITORS)) * EDITORS + editor;
    const code = `${this.#prefix}-edited${mine}`;
    const url = `https://example.com/${this.writes}`;
    await this.#write(`/edit_link/${code}`, 200, { url }, code);
  }

  fail(why: string): void {
    this.failures.set(why, (this.failures.get(why) ?? 0) + 1);
  }

  async #write(path: string, wanted: number, form: Record<string, string>, code: string) {
    let answer = await ask(this.#port, path, { cookie: this.#cookie, form });
    // While both versions answer, the next request may reach the other one.
    for (let tries = 0; answer.status === 401 && tries < SIGN_INS; tries++) {
      this.signedInAgain++;
      this.#cookie = await signIn(this.#port);
      answer = await ask(this.#port, path, { cookie: this.#cookie, form });
    }
    this.writes++;
    this.slowestMs = Math.max(this.slowestMs, answer.answeredAt - answer.askedAt);
    if (answer.status === wanted) this.acknowledged.set(code, form.url ?? "");
    else this.fail(`${path.split("/")[1]}: ${answer.status} ${detailOf(answer)}`);
  }
}

/** As all requests here: nginx tells the site by its socket that they came by https. */
const FORWARDED = "X-Forwarded-Proto: https";

export async function signIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/auth/login`, {
    method: "POST",
    body: new URLSearchParams({ password: PASSWORD }),
    headers: { Host: "x.example", "X-Forwarded-Proto": "https" },
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`Signing in was answered ${answer.status}.`);
  return cookie;
}

function detailOf({ text }: Answer): string {
  return /"detail":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 100);
}

export interface SlowUpload {
  readonly code: string;
  readonly bytes: Uint8Array;
  /** Sends what is left, and returns the answer. */
  finish(): Promise<Pick<Answer, "status" | "text">>;
}

const PARTS = 40;
const PART_MS = 250;

/** Begins to upload a file of 64 KB; a part of it arrives every quarter of a second until `finish`. */
export async function startUpload(port: number, cookie: string, code: string): Promise<SlowUpload> {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const body = Buffer.concat([
    Buffer.from(field("link_type", "file") + field("short_code", code)),
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${code}.zip"\r\n` +
        "Content-Type: application/zip\r\n\r\n",
    ),
    bytes,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
  const chunks: Buffer[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, chunk) => void chunks.push(chunk),
      close: () => resolve(),
      error: () => resolve(),
    },
  });
  const head = [
    "POST /add HTTP/1.1",
    "Host: x.example",
    FORWARDED,
    `Cookie: ${cookie}`,
    "Accept: application/json",
    "Connection: close",
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    `Content-Length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const size = Math.ceil(body.length / PARTS);
  let sent = 0;
  const send = () => {
    if (sent >= body.length - size) return;
    socket.write(body.subarray(sent, sent + size));
    sent += size;
  };
  send();
  const timer = setInterval(send, PART_MS);
  return {
    code,
    bytes,
    finish: async () => {
      clearInterval(timer);
      socket.write(body.subarray(sent));
      await closed;
      const text = Buffer.concat(chunks).toString("latin1");
      return { status: Number(text.split(" ")[1] ?? 0), text };
    },
  };
}

const BOUNDARY = "trunk8-upload";

function field(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
