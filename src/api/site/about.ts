import type { z } from "zod";
import { maxFileBytes } from "../../config/values/sizes.ts";
import type { Call } from "../../http/call.ts";
import { MAX_TYPED_BYTES } from "../../http/content/sent-json.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { version } from "../../version.ts";
import { MAX_LIMIT } from "../request/page-schema.ts";
import type { aboutSchema } from "./about-schema.ts";

/** `GET /api/v1` */
export function about(call: Call): Response {
  const { settings, client } = call;
  const fileBytes = maxFileBytes(settings);
  const perMinute = settings["limits.account_per_minute"];
  const answer: z.input<typeof aboutSchema> = {
    name: "Trunk8",
    version,
    document: client.origin + href("apiDocument"),
    limits: {
      page_items: MAX_LIMIT,
      body_bytes: MAX_TYPED_BYTES,
      file_bytes: Number.isFinite(fileBytes) ? fileBytes : null,
      requests_per_minute: perMinute === 0 ? null : perMinute,
    },
  };
  return json(answer, { call });
}
