import { FIREFOX } from "../../user-agents.ts";

/** What came back; `status` 0: nothing, or not all of its head. */
export interface Answer {
  readonly status: number;
  /** `Location`, or "". */
  readonly location: string;
  readonly text: string;
  /** When the request was sent and when it was answered, by `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The server has seen nothing of the request. */
  readonly isRefused: boolean;
}

export interface Asked {
  readonly cookie?: string;
  /** Sent as a form, by POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is, with its own type. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 45_000;

/**
 * Sends a request on a connection of its own, exactly once: fetch repeats some of those that are cut off, and then the
 * server's counts cannot be compared with the number of requests.
 */
export async function ask(port: number, path: string, asked: Asked = {}): Promise<Answer> {
  const askedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let left = requestOf(path, asked);
  const send = (to: Bun.Socket) => {
    left = left.subarray(to.write(left));
  };
  const socket = {
    drain: send,
    data: (_: unknown, chunk: Buffer) => void chunks.push(chunk),
    close: () => resolve(),
    error: () => resolve(),
  };
  const connection = await Bun.connect({ hostname: "127.0.0.1", port, socket }).catch(() => null);
  if (connection === null) return { ...answerOf("", askedAt), isRefused: true };
  const timer = setTimeout(resolve, asked.timeoutMs ?? TIMEOUT_MS);
  send(connection);
  await promise;
  clearTimeout(timer);
  connection.terminate();
  return answerOf(Buffer.concat(chunks).toString("latin1"), askedAt);
}

function requestOf(path: string, { cookie, form, body }: Asked): Uint8Array {
  const type = "application/x-www-form-urlencoded";
  const sent = form === undefined ? body : { type, bytes: formBytes(form) };
  const head = [
    `${sent === undefined ? "GET" : "POST"} ${path} HTTP/1.1`,
    "Host: x.example",
    `User-Agent: ${FIREFOX}`,
    "Connection: close",
    "X-Forwarded-Proto: https",
    ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
    ...(sent === undefined
      ? []
      : [
          "Accept: application/json",
          `Content-Type: ${sent.type}`,
          `Content-Length: ${sent.bytes.length}`,
        ]),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), sent?.bytes ?? Buffer.of()]);
}

function formBytes(form: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.from(new URLSearchParams(form).toString());
}

function answerOf(said: string, askedAt: number): Answer {
  const times = { askedAt, answeredAt: performance.now(), isRefused: false };
  const end = said.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, location: "", text: "", ...times };
  const head = said.slice(0, end);
  const location = /\r\nlocation: *([^\r]*)/i.exec(head)?.[1] ?? "";
  return {
    status: Number(head.split(" ")[1]),
    location,
    text: said.slice(end + 4),
    ...times,
  };
}
