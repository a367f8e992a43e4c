import { FIREFOX } from "../user-agents.ts";

/** The response to a request on a connection of its own. */
export interface Answer {
  readonly status: number;
  /** `Location`, or "". */
  readonly location: string;
}

/** Why there is no response. `refused`: the server has not seen the request. `cut`: it may have. */
export type Failure = "refused" | "cut";

/** Timeout of a response in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Sends `GET path` on a new connection. Unlike fetch it never sends a request twice, so that the server's count can
 * be compared with the number of requests.
 */
export async function getOnce(
  origin: string,
  path: string,
  userAgent = FIREFOX,
): Promise<Answer | Failure> {
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
  const timer = setTimeout(() => resolve(""), TIMEOUT_MS);
  connection.write(
    `GET ${path} HTTP/1.1\r\nHost: x.example\r\nUser-Agent: ${userAgent}\r\nConnection: close\r\n\r\n`,
  );
  const head = readHead(await promise);
  clearTimeout(timer);
  connection.terminate();
  return head;
}

/** Without a complete head, the response was cut off. */
function readHead(text: string): Answer | "cut" {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return "cut";
  const head = text.slice(0, end);
  const location = /\r\nlocation: *([^\r]*)/i.exec(head)?.[1] ?? "";
  return { status: Number(head.split(" ")[1]), location };
}
