import { Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { text } from "../text.en.ts";
import { readBounded } from "./form.ts";

/** Whether a request's body is JSON. */
export function hasJsonBody({ headers }: Pick<Request, "headers">): boolean {
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/json" && !headers.has("content-encoding");
}

const MAX_BYTES = 1_048_576;

/**
 * Reads a body of JSON.
 * @throws Problem `bad_request`, `too_large`
 */
export async function readJson({ body }: Request, { maxBytes = MAX_BYTES } = {}): Promise<unknown> {
  if (body === null) throw notJson();
  const bytes = await timed("body", () => readBounded(body, maxBytes));
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw notJson(cause);
  }
}

function notJson(cause?: unknown): Problem {
  return new Problem("bad_request", text.form.notJson, { cause });
}
