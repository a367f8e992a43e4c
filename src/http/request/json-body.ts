import { keysFromJson } from "../../parse-input.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { type BodyCall, type BodyLimits, hasBody, readBody } from "./body.ts";

/** Whether a request's body is JSON. */
export function hasJsonBody({ headers }: Pick<Request, "headers">): boolean {
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/json" && !headers.has("content-encoding");
}

const MAX_BYTES = 1_048_576;

/**
 * Reads a body of JSON.
 * @throws Problem `bad_request`, `too_large`, `timeout`, `busy`, `storage_full`
 */
export async function readJson(
  call: BodyCall,
  { maxBytes = MAX_BYTES, onDisk }: Partial<BodyLimits> = {},
): Promise<unknown> {
  if (!hasBody(call.request)) throw notJson();
  return await readBody(call, { maxBytes, onDisk }, parseJson);
}

/**
 * Reads a body of JSON as the input of an operation, with its keys in camel case.
 * @throws Problem as `readJson`, and `invalid` for a key in another case than snake case
 */
export async function readJsonInput(call: BodyCall): Promise<Record<string, unknown>> {
  return keysFromJson(await readJson(call));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw notJson(cause);
  }
}

function notJson(cause?: unknown): Problem {
  return new Problem("bad_request", text.form.notJson, { cause });
}
