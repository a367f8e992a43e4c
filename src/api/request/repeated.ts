import { hash } from "node:crypto";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { KEPT_MS, type KeptAnswer } from "../../accounts/sent-requests.ts";
import type { Call } from "../../http/call.ts";
import { isServerFault } from "../../http/response/problem-response.ts";
import { respondWith } from "../../http/response/response.ts";
import type { Creation } from "../../links/create/link-creation.ts";
import { Problem, toProblem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { requireUser } from "./caller.ts";
import { parameterField } from "./pointer.ts";

/** What keeps a link from being created twice, where the request has an idempotency key. */
export type Once = Pick<Creation, "key" | "lifeMs">;

const HEADER = "idempotency-key";

/** Headers that are part of an answer. */
const KEPT_HEADERS = ["etag", "location"] as const;

/**
 * Carries out a request with an Idempotency-Key only once. A repeated one gets the answer of the first, unless that was
 * a problem: then nothing has changed, and it is carried out. Without the header, `work` is done each time.
 * @param content what is asked for, beside the method and the URL
 * @throws Problem `bad_request`, `idempotency_key_reused`, `idempotency_key_in_use`
 */
export async function answerOnce(
  call: Call,
  content: unknown,
  work: (once: Once) => Promise<Response>,
): Promise<Response> {
  const given = call.request.headers.get(HEADER);
  if (given === null) return await work({});
  const key = parseKey(given);
  const { id: userId } = requireUser(call);
  const { sentRequests } = call.app.accounts;
  const { pathname, search } = call.url;
  const asked = JSON.stringify([call.request.method, pathname, search, content]);
  const begun = await sentRequests.begin({ userId, key, content: asked });
  if ("status" in begun) return replay(call, begun);
  try {
    const response = await work({ key: `api:${userId}:${hash("sha256", key)}`, lifeMs: KEPT_MS });
    await sentRequests.finish(begun, await keep(response));
    return response;
  } catch (thrown) {
    if (isServerFault(toProblem(thrown))) await sentRequests.retry(begun).catch(() => undefined);
    else await sentRequests.abandon(begun);
    throw thrown;
  }
}

async function keep(response: Response): Promise<KeptAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = decoded(await response.clone().bytes(), response.headers.get("content-encoding"));
  return { status: response.status, headers: Object.fromEntries(headers), body };
}

/** The text of a body that may be compressed for the client that asked first. */
function decoded(bytes: Uint8Array, coding: string | null): string {
  const plain =
    coding === "zstd" ? zstdDecompressSync(bytes) : coding === "gzip" ? gunzipSync(bytes) : bytes;
  return new TextDecoder().decode(plain);
}

function replay(call: Call, { status, headers, body }: KeptAnswer): Response {
  const all = new Headers({ ...headers, "idempotency-replayed": "true" });
  return respondWith(body, "json", "application/json", { call, status, headers: all });
}

/** A string of structured fields (RFC 9651), or a bare token. */
function parseKey(given: string): string {
  const [, quoted] = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/.exec(given.trim()) ?? [];
  const key = quoted?.replaceAll(/\\(["\\])/g, "$1") ?? given.trim();
  const isKey = quoted !== undefined || /^[!#-+\--:<-~]+$/.test(key);
  if (isKey && key.length >= 1 && key.length <= 255) return key;
  const fields = { [parameterField("Idempotency-Key")]: text.idempotencyKey };
  throw new Problem("bad_request", text.idempotencyKey, { fields });
}
