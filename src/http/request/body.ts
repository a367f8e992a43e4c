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
    if (cause instanceof Problem) throw cause;
    throw new Problem("bad_request", text.form.incomplete, { cause });
  }
}

function tooLarge(): Problem {
  return new Problem("too_large", text.form.tooLarge);
}
