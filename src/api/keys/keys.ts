import type { z } from "zod";
import { statusOfKey } from "../../accounts/keys/api-key.ts";
import type { OwnedKey } from "../../accounts/keys/keys.ts";
import type { Call } from "../../http/call.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { empty, json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import { requirePerson, requireUser } from "../request/caller.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";
import type { createdKeySchema, KeyListQuery, keySchema, NewKeyBody } from "./key-schema.ts";

/** `GET /api/v1/keys` */
export async function listKeys(call: Call, { all, after }: KeyListQuery): Promise<Response> {
  const place = after === undefined ? undefined : Number(openCursor(after, { all }));
  const page = all ? await listAll(call, place) : { keys: await listOwn(call), next: null };
  const next = page.next === null ? null : sealCursor(String(page.next), { all });
  const items = page.keys.map((key) => describeKey(call, key));
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

function listAll({ app, actor }: Call, place: number | undefined) {
  return app.accounts.keys.listAll(actor, place);
}

async function listOwn(call: Call): Promise<OwnedKey[]> {
  const { id, username } = requireUser(call);
  const keys = await call.app.accounts.keys.list(call.actor, id);
  return keys.map((key) => ({ ...key, username }));
}

/** `POST /api/v1/keys` */
export async function createKey(call: Call, body: NewKeyBody): Promise<Response> {
  requirePerson(call);
  const owner = requireUser(call);
  const { name, scopes, kinds, expires_at = null } = body;
  const { key, secret } = await call.app.accounts.keys.create(call.actor, owner, {
    name,
    scopes,
    ...(kinds !== undefined && { kinds }),
    expiresAt: expires_at === null ? null : Date.parse(expires_at),
  });
  const answer: z.input<typeof createdKeySchema> = {
    key: describeKey(call, { ...key, username: owner.username }),
    secret,
  };
  const headers = new Headers({ location: href("apiKey", { id: String(key.id) }) });
  return json(answer, { call, status: 201, headers });
}

/** `GET /api/v1/keys/<id>` */
export async function readKey(call: Call): Promise<Response> {
  const key = await call.app.accounts.keys.get(call.actor, parseId(call.params.id) ?? NO_KEY);
  return json(describeKey(call, key), { call });
}

/** `DELETE /api/v1/keys/<id>` */
export async function revokeKey(call: Call): Promise<Response> {
  await call.app.accounts.keys.revoke(call.actor, parseId(call.params.id) ?? NO_KEY);
  return empty({ call, status: 204 });
}

/** An id that no key has. */
const NO_KEY = 0;

function describeKey({ app }: Call, key: OwnedKey): z.input<typeof keySchema> {
  const { id, beginning, name, username, scopes, kinds, lastUse } = key;
  return {
    id,
    beginning,
    name,
    owner: username,
    scopes: [...scopes],
    kinds: kinds && [...kinds],
    status: statusOfKey(key, app.clock()),
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: rfc3339(key.expiresAt),
    revoked_at: rfc3339(key.revokedAt),
    last_used: lastUse && {
      at: new Date(lastUse.at).toISOString(),
      client: lastUse.client,
      network: lastUse.network,
    },
  };
}
