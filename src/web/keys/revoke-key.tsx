/** @jsxImportSource #markup */
import type { OwnedKey } from "../../accounts/keys/keys.ts";
import type { Call, Handler } from "../../http/call.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { href, withQuery } from "../../http/urls.ts";
import { goTo } from "../go-to.ts";
import { inSession } from "../signed-in.ts";
import { DialogCancel, DialogContent } from "../ui/dialog.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { show } from "../ui/layout/layout.tsx";
import { text } from "./text.en.ts";

/** Handles `/-/keys/<id>/revoke`: asks, and revokes an API key. */
export const keyRevocation = { ask, revoke } satisfies Record<string, Handler>;

async function ask(call: Call): Promise<Response> {
  const key = await call.app.accounts.keys.get(call.actor, idIn(call));
  return await show(
    call,
    { title: text.revoke.title },
    <Question apiKey={key} back={listOf(call, key)} />,
  );
}

async function revoke(call: Call): Promise<Response> {
  const key = await call.app.accounts.keys.revoke(call.actor, idIn(call));
  return goTo(call, listOf(call, key), { code: "key_revoked" });
}

/** 0 for what is no number: no key has it. */
function idIn({ params }: Call): number {
  return parseId(params.id) ?? 0;
}

/** The list that has the key. */
function listOf(call: Call, { username }: OwnedKey): string {
  const isOwn = inSession(call).user.username === username;
  return isOwn ? href("keys") : withQuery(href("allKeys"), { owner: username });
}

function Question({ apiKey: { id, name, revokedAt }, back }: QuestionProps) {
  return (
    <DialogContent>
      <h1 class="h3 mb-4">
        {fillText(text.revoke.question, { name: <span class="name">{name}</span> })}
      </h1>
      <p>{revokedAt === null ? text.revoke.explanation : text.revoke.already}</p>
      <form method="post" action={href("revokeKey", { id: String(id) })} class="page-actions">
        <button class="btn btn-danger" type="submit">
          {text.revoke.action}
        </button>
        <DialogCancel href={back} />
      </form>
    </DialogContent>
  );
}

interface QuestionProps {
  readonly apiKey: OwnedKey;
  readonly back: string;
}
