import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { CountedUpload } from "../../http/content/counted-upload.ts";
import { hasBody, readBody } from "../../http/request/body.ts";
import { requireObject } from "../../parse-input.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { checked } from "./checked.ts";
import { parseJsonText } from "./json-text.ts";
import { joinPointer } from "./pointer.ts";

/** What an operation reads as its body. */
export interface BodyReader<Body> {
  /** For the document. */
  readonly schema: z.ZodType;
  readonly types: readonly string[];
  /** @throws Problem `unsupported_type`, `bad_request`, `too_large`, `timeout`, `busy`, `storage_full`, `invalid` */
  read(call: Call): Promise<Body>;
}

const JSON_TYPES = ["application/json"];

/** Most bytes of a body without texts of documents. */
const MAX_BYTES = 1_048_576;

/** A body of JSON, checked by its schema. */
export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
  maxBytes = MAX_BYTES,
): BodyReader<z.output<Schema>> {
  const read = async (call: Call) =>
    checked(schema, await readApiJson(call, maxBytes), joinPointer);
  return { schema, types: JSON_TYPES, read };
}

/** A body of a JSON object that the domain checks, but for null where that is no value; the schema is for the document. */
export function domainBody(schema: z.ZodObject, maxBytes: number): BodyReader<object> {
  const fields = schema.partial();
  const read = async (call: Call) => {
    const body = requireObject(await readApiJson(call, maxBytes));
    refuseNulls(fields, body);
    return body;
  };
  return { schema, types: JSON_TYPES, read };
}

/**
 * Refuses null where it is no value.
 * @param schema whose fields may all be missing
 * @throws Problem `invalid`
 */
export function refuseNulls(schema: z.ZodObject, body: object): void {
  const nulls = Object.entries(body).filter(
    ([name, value]) => value === null && name in schema.shape,
  );
  if (nulls.length > 0) checked(schema, Object.fromEntries(nulls), joinPointer);
}

async function readApiJson(call: Call, maxBytes: number): Promise<unknown> {
  const { headers } = call.request;
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isJson = type === "" || type === "application/json" || /^application\/.+\+json$/.test(type);
  if (!isJson || headers.has("content-encoding"))
    throw new Problem("unsupported_type", text.json.wrongType);
  if (!hasBody(call.request)) throw new Problem("bad_request", text.json.missing);
  using upload = new CountedUpload(call);
  return await readBody(call, { maxBytes, onDisk: () => upload.begin() }, parseJsonText);
}
