/** @jsxImportSource #markup */
import type { Call, Handler } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json } from "../../../http/response/response.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { BulkWork } from "../../../links/bulk/bulk-work.ts";
import { type TagChange, tagChangeSchema } from "../../../links/input/tag-schema.ts";
import { LISTED, type Tag } from "../../../links/tags/tags.ts";
import { parseInput } from "../../../parse-input.ts";
import { Problem } from "../../../problem.ts";
import { formatCount } from "../../../text/format.ts";
import { goTo } from "../../go-to.ts";
import { findAccount, signedIn } from "../../signed-in.ts";
import { PageHead } from "../../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, showForm, submit } from "../../ui/post-form.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { startBulk } from "../bulk/bulk-progress-page.tsx";
import { tagLinks } from "../tag-links.ts";
import { text } from "./text.en.ts";

/** Handles `/-/tags`: the tags of an account, and changes of one in all links that have it. */
export const tags = { show, change } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const { searchParams } = call.url;
  const owner = await ownerNamed(call, searchParams.get("owner"));
  const prefix = searchParams.get("prefix");
  const { tags } = call.app.links;
  if (prefix !== null)
    return json({ tags: await tags.suggest(call.actor, owner.id, prefix) }, { call });
  if (prefersJson(call.request))
    return json(
      { tags: await tags.list(call.actor, owner.id, searchParams.get("after") ?? "") },
      { call },
    );
  return await showPage(call, owner, { values: {} });
}

interface Owner {
  readonly id: number;
  readonly username: string;
}

/** Only administrators may name another account. */
async function ownerNamed(call: Call, username: string | null): Promise<Owner> {
  const owner = await findAccount(call, username);
  if (owner === null) throw new Problem("not_found", text.nothing);
  return owner;
}

async function showPage(call: Call, owner: Owner, entry: Entry): Promise<Response> {
  const after = call.url.searchParams.get("after") ?? "";
  const shown = await call.app.links.tags.list(call.actor, owner.id, after);
  const last = shown.length === LISTED ? shown.at(-1) : undefined;
  const ownerIn = ownerOf(call, owner.username);
  return await showForm(
    call,
    { title: text.title, entry, sheets: ["list.css"], scripts: ["tags.js"] },
    <>
      <PageHead title={text.title} />
      {shown.length === 0 ? (
        <p>{text.nothing}</p>
      ) : (
        <>
          <Table caption={text.title} columns={columnsOf()} rows={shown} />
          {last && (
            <a
              class="btn btn-quiet mb-4"
              href={withQuery(href("tags"), { ...ownerIn, after: last.name })}
            >
              {text.next}
            </a>
          )}
          <ChangeForm owner={owner} entry={entry} />
        </>
      )}
    </>,
  );
}

const columnsOf = (): readonly Column<Tag>[] => [
  { heading: text.heads.tag, cell: ({ name }) => tagLinks([name]) },
  { heading: text.heads.links, cell: ({ links }) => formatCount(links) },
];

function ChangeForm({ owner, entry }: { owner: Owner; entry: Entry }) {
  const names = {
    autocomplete: "off",
    autocapitalize: "none",
    "data-suggest": href("tags"),
  } as const;
  return (
    <div class="form-width">
      <h2 class="h4">{text.change}</h2>
      <p>{text.intro}</p>
      <PostForm action={href("tags")} entry={entry}>
        <input type="hidden" name="owner" value={owner.username} />
        <InputField entry={entry} name="tag" label={text.tag} required {...names} />
        <InputField entry={entry} name="to" label={text.to} help={text.toHelp} {...names} />
        <div class="page-actions">
          {(["rename", "merge"] as const).map((action) => (
            <button class="btn btn-quiet" type="submit" name="action" value={action}>
              {text[action]}
            </button>
          ))}
          <button class="btn btn-danger" type="submit" name="action" value="delete">
            {text.delete}
          </button>
        </div>
      </PostForm>
    </div>
  );
}

const fields = ["action", "tag", "to", "owner"];

async function change(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) {
    const given = parseInput(tagChangeSchema, await readJsonInput(call));
    const work = await longWork(call, given);
    if (work !== null) return await startBulk(call, work);
    return json({ count: await carryOut(call, given) }, { call });
  }
  const form = await readForm(call);
  requireFields(call.request, form, { known: fields });
  const values = { tag: form.text("tag"), to: form.text("to"), owner: form.text("owner") };
  return await submit(
    call,
    async () => {
      const action = form.text("action");
      const { to, ...named } = values;
      const given = { action, ...named, ...(action !== "delete" && { to }) };
      const change = parseInput(tagChangeSchema, given);
      const work = await longWork(call, change);
      if (work !== null) return await startBulk(call, work);
      const count = await carryOut(call, change);
      const address = withQuery(href("tags"), ownerOf(call, values.owner));
      return goTo(call, address, { code: "tags_changed", count });
    },
    async (refusal) =>
      await showPage(call, await ownerNamed(call, values.owner), { values, refusal }),
  );
}

function ownerOf(call: Call, owner: string): { owner: string | null } {
  return { owner: owner === signedIn(call).user.username ? null : owner || null };
}

/** The work where more links have the tag than one request should change; else null. */
async function longWork(call: Call, change: TagChange): Promise<BulkWork | null> {
  const { action, tag } = change;
  const { id: ownerId } = await ownerNamed(call, change.owner ?? null);
  if (!(await call.app.links.tags.isLong(ownerId, tag))) return null;
  const to = change.action === "delete" ? "" : change.to;
  return { tag: { action, ownerId, tag, to } };
}

/** Returns how many links had the tag. */
async function carryOut(call: Call, change: TagChange): Promise<number> {
  const { tags } = call.app.links;
  const { id } = await ownerNamed(call, change.owner ?? null);
  switch (change.action) {
    case "rename":
      return await tags.rename(call.actor, id, change.tag, change.to);
    case "merge":
      return await tags.merge(call.actor, id, change.tag, change.to);
    case "delete":
      return await tags.remove(call.actor, id, change.tag);
  }
}
