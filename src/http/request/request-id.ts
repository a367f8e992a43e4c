import type { Random } from "../../clock.ts";
import type { Client } from "../call.ts";

/** Header in which a proxy sends the id of a request, and in which we return it. */
export const REQUEST_ID = "x-request-id";

const WELL_FORMED = /^[\w.:+/=-]{1,128}$/;

/** The id that a trusted proxy gave this request; null where there is none. */
export function requestIdOf({ headers }: Request, { isProxied }: Client): string | null {
  const id = isProxied ? headers.get(REQUEST_ID) : null;
  return id !== null && WELL_FORMED.test(id) ? id : null;
}

/** 96 random bits. */
export function makeRequestId(random: Random): string {
  return Buffer.from(random(12)).toString("base64url");
}
