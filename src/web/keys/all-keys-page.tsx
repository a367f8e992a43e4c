/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import { Empty } from "../ui/empty.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Pager } from "../ui/list/pager.tsx";
import { KeyTable } from "./key-table.tsx";
import { text } from "./text.en.ts";

/** Handles `/-/keys/all`: the API keys of all users, or of one. */
export async function allKeys(call: Call): Promise<Response> {
  const { searchParams } = call.url;
  const username = searchParams.get("owner") ?? "";
  const { keys, next } =
    username === "" ? await pageOf(call, searchParams.get("after")) : await ofOne(call, username);
  const title = username === "" ? text.all.title : text.all.of(username);
  return await show(
    call,
    { title, sheets: ["list.css"] },
    <>
      <PageHead title={<span class="name">{title}</span>} />
      {keys.length === 0 ? (
        <Empty title={text.none} />
      ) : (
        <KeyTable call={call} title={title} keys={keys} hasOwners={username === ""} />
      )}
      <Pager
        previous={null}
        next={next === null ? null : withQuery(href("allKeys"), { after: String(next) })}
      />
    </>,
  );
}

async function pageOf({ app, actor }: Call, after: string | null) {
  const from = /^[1-9]\d{0,15}$/.test(after ?? "") ? Number(after) : undefined;
  return await app.accounts.keys.listAll(actor, from);
}

/** At most as many as an account may have, and those that ended lately. */
async function ofOne({ app, actor }: Call, name: string) {
  const { id, username } = await app.accounts.admin.get(actor, name);
  const own = await app.accounts.keys.list(actor, id);
  return { keys: own.map((key) => ({ ...key, username })), next: null };
}
