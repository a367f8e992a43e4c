import type { App } from "../../app.ts";
import type { Pace } from "../../limits/request-bodies.ts";
import { Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import type { Call } from "../call.ts";
import { text } from "../text.en.ts";

/** A request whose body is read. */
export interface BodyCall extends Pick<Call, "request" | "connection"> {
  readonly app: Pick<App, "bodies">;
}

export interface BodyLimits {
  readonly maxBytes: number;
  /** Called before the first byte of a form goes to disk; what it throws is thrown. */
  readonly onDisk?: (() => void) | undefined;
}

/**
 * Reads a body that is small, of which little is in memory until it has arrived.
 * @param parse gets all of it; its bytes are not to be kept
 * @throws Problem `too_large`, `timeout`, `busy`, `storage_full`, `bad_request` for one that breaks off
 */
export async function readBody<T>(
  { request, app: { bodies } }: BodyCall,
  { maxBytes, onDisk }: BodyLimits,
  parse: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
): Promise<T> {
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge();
  if (isSmallBody(request)) return await parse(await readSmallBody(request, bodies.pace()));
  await using spool = bodies.spool(onDisk);
  const arriving = arrivingChunks(request.body, bodies.pace());
  const bytes = await timed("body", async () => {
    for await (const chunk of arriving) {
      if (spool.size + chunk.byteLength > maxBytes) throw tooLarge();
      await spool.write(chunk);
    }
    return await spool.read();
  });
  return await parse(bytes);
}

/** Most bytes of a small body. A request's head, which is counted nowhere either, may have 32 times as many. */
const SMALL = 4096;

/** Whether a body is known to be so small that it is read at once: to count and spool it takes longer than to parse it. */
export function isSmallBody({ headers }: Pick<Request, "headers">): boolean {
  const length = Number(headers.get("content-length"));
  return length > 0 && length <= SMALL && !headers.has("transfer-encoding");
}

/** Whether a request has a body. A small one is not asked for its stream: to make that takes longer than to read it. */
export function hasBody(request: Request): boolean {
  return isSmallBody(request) || request.body !== null;
}

const CHECK_MS = 1000;

/**
 * Reads a small body.
 * @throws Problem `timeout`, `bad_request` for one that breaks off
 */
export async function readSmallBody(
  request: Request,
  pace: Pace,
): Promise<Uint8Array<ArrayBuffer>> {
  const late = Promise.withResolvers<never>();
  const check = () => {
    try {
      pace.note(0);
    } catch (thrown) {
      late.reject(thrown);
    }
  };
  const timer = setInterval(check, CHECK_MS);
  try {
    const whole = request.arrayBuffer();
    return new Uint8Array(await timed("body", () => Promise.race([whole, late.promise])));
  } catch (cause) {
    throw cause instanceof Problem ? cause : brokenOff(cause);
  } finally {
    clearInterval(timer);
  }
}

/** Yields a body as it arrives; one that breaks off is a `bad_request`, one that is too slow a `timeout`. */
export async function* arrivingChunks(
  body: ReadableStream<Uint8Array> | null,
  pace: Pace,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body ?? []) {
      pace.note(chunk.byteLength);
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof Problem ? cause : brokenOff(cause);
  }
}

function brokenOff(cause: unknown): Problem {
  return new Problem("bad_request", text.form.incomplete, { cause });
}

function tooLarge(): Problem {
  return new Problem("too_large", text.form.tooLarge);
}
