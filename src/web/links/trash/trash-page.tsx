/** @jsxImportSource #markup */
import type { User } from "../../../accounts/user.ts";
import type { Call, Handler } from "../../../http/call.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import type { Notice } from "../../../http/request/cookies.ts";
import { type Form, readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json } from "../../../http/response/response.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { BulkWork } from "../../../links/bulk/bulk-work.ts";
import { codeFor, type TrashChange, trashChangeSchema } from "../../../links/input/trash-schema.ts";
import { text as linkText } from "../../../links/text.en.ts";
import type { TrashedLink } from "../../../links/trash/trash.ts";
import { parseInput } from "../../../parse-input.ts";
import { isAdministrator } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { goTo } from "../../go-to.ts";
import { findAccount } from "../../signed-in.ts";
import { DialogCancel, DialogContent, DialogLink } from "../../ui/dialog.tsx";
import { PageHead, show as showPage } from "../../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, showForm, submit } from "../../ui/post-form.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { startBulk } from "../bulk/bulk-progress-page.tsx";
import { codesIn } from "../codes-in.ts";
import { text } from "./text.en.ts";

/** Handles `/-/trash`: deleted links, until they are deleted permanently. */
export const trash = { show, change } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const { searchParams } = call.url;
  const code = searchParams.get("code");
  if (code !== null) return await askForCode(call, code, { values: {} });
  const owner = await ownerNamed(call, searchParams.get("owner"));
  if (searchParams.get("empty") === "ask") return await askToEmpty(call, owner.username);
  const after = Number(searchParams.get("after") ?? Number.NaN);
  const page = await call.app.links.trash.list(
    call.actor,
    owner.id,
    Number.isSafeInteger(after) ? after : null,
  );
  const days = call.settings["links.trash_days"];
  return await showPage(
    call,
    { title: text.title, sheets: ["list.css"] },
    <>
      <PageHead title={text.title}>
        {page.links.length > 0 && <EmptyButton owner={owner.username} />}
      </PageHead>
      <p>{days === 0 ? text.off : text.intro(days)}</p>
      {page.links.length === 0 ? (
        <p>{text.nothing}</p>
      ) : (
        <Table caption={text.title} columns={columnsFor(call)} rows={page.links} />
      )}
      {page.next !== null && (
        <a
          class="btn btn-quiet"
          href={withQuery(href("trash"), {
            owner: searchParams.get("owner"),
            after: String(page.next),
          })}
        >
          {text.next}
        </a>
      )}
    </>,
  );
}

function columnsFor(call: Call): readonly Column<TrashedLink>[] {
  const time = { zone: zoneOf(call), now: call.app.clock() };
  const { heads } = text;
  return [
    {
      heading: heads.link,
      class: "link-name",
      cell: (link) => (
        <>
          <span class="fw-semibold name">{link.formerCode}</span> <bdi>{link.title}</bdi>
          <br />
          <span class="name">{link.content?.name ?? link.target}</span>
          {link.shortCode !== link.formerCode && <div class="small">{text.usedAgain}</div>}
        </>
      ),
    },
    { heading: heads.deleted, cell: (link) => <Time at={link.deletedAt} {...time} /> },
    {
      heading: heads.until,
      cell: (link) => <Time at={call.app.links.trash.endOf(link)} {...time} />,
    },
    {
      heading: heads.actions,
      label: null,
      class: "text-nowrap",
      cell: (link) => <RowActions link={link} />,
    },
  ];
}

function RowActions({ link: { shortCode, formerCode } }: { link: TrashedLink }) {
  const label = `${text.recover} ${formerCode}`;
  return (
    <div class="page-actions">
      {shortCode === formerCode ? (
        <ActionButton action="recover" code={shortCode} label={text.recover} about={label} />
      ) : (
        <a
          class="btn btn-sm btn-quiet"
          href={withQuery(href("trash"), { code: shortCode })}
          aria-label={label}
        >
          {text.recover}
        </a>
      )}
      <ActionButton
        action="purge"
        code={shortCode}
        label={text.purge}
        about={`${text.purge}: ${formerCode}`}
      />
    </div>
  );
}

interface ActionButtonProps {
  readonly action: "recover" | "purge";
  readonly code: string;
  readonly label: string;
  /** What a screen reader says: the label with the link it is about. */
  readonly about: string;
}

function ActionButton({ action, code, label, about }: ActionButtonProps) {
  return (
    <form method="post" action={href("trash")} class="d-inline">
      <input type="hidden" name="codes" value={code} />
      <button
        class="btn btn-sm btn-quiet"
        type="submit"
        name="action"
        value={action}
        aria-label={about}
      >
        {label}
      </button>
    </form>
  );
}

function EmptyButton({ owner }: { owner: string }) {
  return (
    <DialogLink class="btn btn-danger" href={withQuery(href("trash"), { empty: "ask", owner })}>
      {text.empty}
    </DialogLink>
  );
}

/** Asks before everything in the trash is deleted permanently. */
async function askToEmpty(call: Call, owner: string): Promise<Response> {
  return await showPage(
    call,
    { title: text.emptyQuestion },
    <DialogContent>
      <h1 class="h3 mb-3">{text.emptyQuestion}</h1>
      <p>{text.emptyWarning}</p>
      <form method="post" action={href("trash")} class="d-flex gap-2">
        <input type="hidden" name="owner" value={owner} />
        <button class="btn btn-danger" type="submit" name="action" value="empty">
          {text.purge}
        </button>
        <DialogCancel href={href("trash")} />
      </form>
    </DialogContent>,
  );
}

/** Asks for another short code: that of the link is used again. */
async function askForCode(call: Call, code: string, entry: Entry): Promise<Response> {
  const link = await call.app.links.trash.get(call.actor, code);
  return await showForm(
    call,
    { title: text.recoverAs(link.formerCode), entry },
    <div class="form-width">
      <PageHead title={<span class="name">{text.recoverAs(link.formerCode)}</span>} />
      <p>{text.usedAgain}</p>
      <PostForm action={href("trash")} entry={entry}>
        <input type="hidden" name="codes" value={code} />
        <InputField
          entry={entry}
          name="short_code"
          label={text.otherCode}
          autocomplete="off"
          autocapitalize="none"
          required
          focused
        />
        <button class="btn btn-primary" type="submit" name="action" value="recover">
          {text.recover}
        </button>
      </PostForm>
    </div>,
  );
}

const fields = ["action", "codes", "short_code", "deleted_at", "owner"];

async function change(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) {
    const given = parseInput(trashChangeSchema, await readJsonInput(call));
    const undo = await longUndo(call, given);
    if (undo !== null) return await startBulk(call, undo);
    return json({ count: await carryOut(call, given) }, { call });
  }
  const form = await readForm(call);
  requireFields(call.request, form, { known: fields, repeatable: ["codes"] });
  const codes = codesIn(form);
  return await submit(
    call,
    async () => {
      const given = parseInput(trashChangeSchema, inputFrom(form, codes));
      const undo = await longUndo(call, given);
      if (undo !== null) return await startBulk(call, undo);
      const count = await carryOut(call, given);
      const address = href(given.action === "undo" ? "links" : "trash");
      return goTo(call, address, noticeFor(given, count));
    },
    (refusal) => {
      const [code] = codes;
      if (codes.length !== 1 || code === undefined) throw refusal;
      return askForCode(call, code, { values: { short_code: form.text("short_code") }, refusal });
    },
  );
}

function inputFrom(form: Form, codes: readonly string[]): unknown {
  const action = form.text("action");
  switch (action) {
    case "recover": {
      const shortCode = form.text("short_code");
      return { action, codes, ...(shortCode !== "" && { shortCode }) };
    }
    case "undo":
      return { action, deletedAt: Number(form.text("deleted_at") || Number.NaN) };
    case "purge":
      return { action, codes };
    case "empty":
      return { action, owner: form.text("owner") };
    default:
      return { action };
  }
}

function noticeFor({ action }: TrashChange, count: number): Notice {
  const isBack = action === "recover" || action === "undo";
  return { code: isBack ? "links_recovered" : "links_deleted", count };
}

/** The work where so many links were deleted together that they are taken back in portions; else null. */
async function longUndo({ app }: Call, change: TrashChange): Promise<BulkWork | null> {
  if (change.action !== "undo") return null;
  const { deletedAt } = change;
  return (await app.links.trash.isLongUndo(deletedAt)) ? { deletedAt } : null;
}

/** Returns how many links have changed. */
async function carryOut(call: Call, change: TrashChange): Promise<number> {
  const { actor } = call;
  const { trash } = call.app.links;
  switch (change.action) {
    case "recover":
      return await trash.recover(actor, change.codes, codeFor(change));
    case "undo":
      return await trash.undo(actor, change.deletedAt);
    case "purge":
      return await trash.purge(actor, change.codes);
    case "empty":
      return await emptyAll(call, await ownerNamed(call, change.owner ?? null));
  }
}

/** Of a thousand links each, in one request. */
const MOST_ROUNDS = 10;

async function emptyAll({ app, actor }: Call, { id }: { id: number }): Promise<number> {
  let count = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const some = await app.links.trash.empty(actor, id);
    if (some === 0) break;
    count += some;
  }
  return count;
}

/** The account whose trash is meant; absent: the caller's own. Which other accounts there are, administrators see only. */
async function ownerNamed(call: Call, username: string | null): Promise<User> {
  const owner = await findAccount(call, username);
  if (owner !== null) return owner;
  if (isAdministrator(call.actor)) throw new Problem("not_found", linkText.access.noSuchAccount);
  throw new Problem("forbidden", linkText.access.mayNotList);
}
