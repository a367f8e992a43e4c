/** What came back on a connection that was made for one request. */
export interface Answer {
  readonly status: number;
  /** `Location`, or "". */
  readonly location: string;
}

/** Why nothing came: nobody took the connection, so that nobody saw the request; or it ended, and somebody may have. */
export type Failure = "refused" | "cut";

/** A connection that nobody answers on is given up after so many milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * `GET path` on a fresh connection. Unlike fetch it never sends a request twice, so that what the server counted can
 * be compared with what was asked.
 */
export async function getOnce(origin: string, path: string): Promise<Answer | Failure> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const socket = {
    data: (_: unknown, chunk: Buffer) => {
      answer += chunk.toString("latin1");
    },
    close: () => resolve(answer),
    error: () => resolve(answer),
  };
  const connection = await Bun.connect({ hostname, port: Number(port), socket }).catch(() => null);
  if (connection === null) return "refused";
  const timer = setTimeout(() => resolve(""), PATIENCE_MS);
  connection.write(`GET ${path} HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n`);
  const head = readHead(await promise);
  clearTimeout(timer);
  connection.terminate();
  return head;
}

/** Only a whole head is an answer. */
function readHead(text: string): Answer | "cut" {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return "cut";
  const head = text.slice(0, end);
  const location = /\r\nlocation: *([^\r]*)/i.exec(head)?.[1] ?? "";
  return { status: Number(head.split(" ")[1]), location };
}
