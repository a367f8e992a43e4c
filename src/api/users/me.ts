import type { z } from "zod";
import type { User } from "../../accounts/user.ts";
import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import { keysFromJson } from "../../parse-input.ts";
import { requireUser } from "../request/caller.ts";
import type { MyChangesBody, meSchema } from "./user-schema.ts";

/** `PATCH /api/v1/me` */
export async function changeMe(call: Call, body: MyChangesBody): Promise<Response> {
  const { users } = call.app.accounts;
  const user = requireUser(call);
  await users.changePreferences(call.actor, user.id, keysFromJson(body));
  return await answerMe(call, (await users.findById(user.id)) ?? user);
}

/** `GET /api/v1/me` */
export async function readMe(call: Call): Promise<Response> {
  return await answerMe(call, requireUser(call));
}

async function answerMe(call: Call, user: User): Promise<Response> {
  const { bytes, quota } = await call.app.files.blobs.usageOf(user.id);
  const answer: z.input<typeof meSchema> = {
    username: user.username,
    display_name: user.displayName,
    role: user.role,
    must_change_password: user.mustChangePassword,
    created_at: new Date(user.createdAt).toISOString(),
    theme: user.theme,
    markdown_theme: user.markdownTheme,
    time_zone: user.timeZone,
    quota: quota === 0 ? null : quota,
    used_bytes: bytes,
    ...byWhat(call),
  };
  return json(answer, { call });
}

function byWhat({ actor }: Call): Pick<z.input<typeof meSchema>, "key" | "impersonated_by"> {
  const { key = null, impersonator = null } = actor.is === "user" ? actor : {};
  return {
    key: key && {
      id: key.id,
      beginning: key.beginning,
      scopes: [...key.scopes],
      kinds: key.kinds && [...key.kinds],
    },
    impersonated_by: impersonator?.username ?? null,
  };
}
