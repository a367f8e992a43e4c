import { hash } from "node:crypto";
import type { Handler } from "../../http/call.ts";
import { isKnownTag } from "../../http/response/conditional.ts";
import { empty, respondWith } from "../../http/response/response.ts";
import { makeDocument } from "../openapi/document.ts";
import type { ApiRow } from "../operation.ts";

/** The document as it is sent: the same for every process of one version, so it is made once. */
interface Made {
  readonly body: string;
  readonly etag: string;
}

/** `GET /api/v1/openapi.json` */
export function documentOf(listRows: () => readonly ApiRow[]): Handler {
  let made: Made | null = null;
  return (call) => {
    made ??= make(listRows());
    const { body, etag } = made;
    const headers = new Headers({ etag });
    if (isKnownTag(call.request, etag)) return empty({ call, status: 304, headers });
    return respondWith(body, "json", "application/json", { call, headers });
  };
}

function make(rows: readonly ApiRow[]): Made {
  const body = JSON.stringify(makeDocument(rows));
  return { body, etag: `"${hash("sha256", body, "base64url").slice(0, 22)}"` };
}
