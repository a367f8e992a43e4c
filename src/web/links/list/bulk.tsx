/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import type { Notice, NoticeCode } from "../../../http/request/cookies.ts";
import { type Form, readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json } from "../../../http/response/response.ts";
import type { BulkWork } from "../../../links/bulk/bulk-work.ts";
import type { Done } from "../../../links/bulk/many-links.ts";
import type { ExpiryContext } from "../../../links/expiry.ts";
import {
  actionOf,
  type BulkChange,
  type BulkFilter,
  parseBulkChange,
  type Which,
} from "../../../links/input/bulk-schema.ts";
import { renamingFields } from "../../../links/input/parse-fields.ts";
import type { ListFilter } from "../../../links/list/list-query.ts";
import { splitTags } from "../../../links/tags/tag-names.ts";
import { text as linkText } from "../../../links/text.en.ts";
import { isAdministrator } from "../../../policy.ts";
import { invalid, Problem } from "../../../problem.ts";
import { formatList } from "../../../text/format.ts";
import { goTo } from "../../go-to.ts";
import { show } from "../../ui/layout/layout.tsx";
import { submit } from "../../ui/post-form.tsx";
import { startBulk } from "../bulk/bulk-progress-page.tsx";
import { codesIn } from "../codes-in.ts";
import { filterIn } from "../filter-in.ts";
import { AskDelete } from "./bulk-form.tsx";
import { showRefused } from "./link-list.tsx";
import { addressOf, type ListView, viewOf } from "./list-view.ts";
import { text } from "./text.en.ts";

/** `POST /-/links`: changes several links at once; links of other users are skipped. */
export async function bulk(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await changeFromJson(call);
  const form = await readForm(call);
  const view = viewOf(form.text("view"));
  return await submit(
    call,
    () => changeFromForm(call, form, view),
    (refusal) => {
      const values = {
        expires_in: form.text("expires_in"),
        to: form.text("to"),
        tags: form.text("tags"),
      };
      return showRefused(call, view, { values, refusal, selected: new Set(codesIn(form)) });
    },
  );
}

async function changeFromJson(call: Call): Promise<Response> {
  const change = parseBulkChange(await readJsonInput(call), contextOf(call));
  if (change.action !== "undo" && "codes" in change.which)
    await requireFound(call, change.which.codes);
  const work = await longWork(call, change);
  if (work !== null) return await startBulk(call, work);
  return json(await carryOut(call, change), { call });
}

async function changeFromForm(call: Call, form: Form, view: ListView): Promise<Response> {
  requireFields(call.request, form, { known: fields, repeatable: ["codes"] });
  const change = parseForm(call, form, view);
  if (change.action !== "undo" && "codes" in change.which && prefersJson(call.request))
    await requireFound(call, change.which.codes);
  if (change.action === "delete" && form.checked("ask")) return await ask(call, view, change.which);
  const work = await longWork(call, change);
  if (work !== null) return await startBulk(call, work);
  const done = await carryOut(call, change);
  return goTo(call, addressOf(view), noticeFor(change, done));
}

const fields = ["codes", "action", "ask", "view", "whole", "undo", "expires_in", "to", "tags"];

const notices = {
  delete: "links_deleted",
  enable: "links_enabled",
  disable: "links_disabled",
  expire: "expiry_set",
  transfer: "links_given",
  add_tags: "tags_changed",
  remove_tags: "tags_changed",
  undo: "links_undone",
} as const satisfies Record<BulkChange["action"], NoticeCode>;

function noticeFor({ action }: BulkChange, { count, undo }: Done): Notice {
  if (undo === null) return { code: notices[action], count };
  return { code: action === "delete" ? "links_trashed" : notices[action], count, undo };
}

/** Returns how many links have changed, and how to undo it. */
async function carryOut(call: Call, change: BulkChange): Promise<Done> {
  const { many } = call.app.links;
  const { actor } = call;
  if (change.action === "undo") return { count: await many.undo(actor, change.undo), undo: null };
  return await many.run(actor, await codesOf(call, change.which), actionOf(change));
}

/** The work where it takes longer than a request should; else null. */
async function longWork(call: Call, change: BulkChange): Promise<BulkWork | null> {
  const { actor, app } = call;
  const { many } = app.links;
  if (change.action === "undo")
    return (await many.isLongUndo(actor, change.undo)) ? { undo: change.undo } : null;
  if ("codes" in change.which) return null;
  const filter = await listOf(call, change.which.filter);
  if (!(await many.isLong(actor, filter))) return null;
  const action = actionOf(change);
  await many.check(actor, action);
  return { action, batch: app.clock(), filter };
}

async function codesOf(call: Call, which: Which): Promise<readonly string[]> {
  if ("codes" in which) return which.codes;
  return await call.app.links.many.find(call.actor, await listOf(call, which.filter));
}

async function listOf(call: Call, filter: BulkFilter): Promise<ListFilter> {
  const { q = "", kind = null, status = null, tag = "", owner = "" } = filter;
  const { tags: tagMode = "all" } = filter;
  if (owner !== "" && !isAdministrator(call.actor))
    throw new Problem("forbidden", linkText.access.mayNotList);
  const tags = splitTags(tag);
  const view = { text: q.trim(), kind, status, tags, tagMode, owner };
  return await filterIn(call, view);
}

/** A person sees which links are left; a program is not to take for done what was skipped. */
async function requireFound(call: Call, codes: readonly string[]): Promise<void> {
  const links = await call.app.links.getMany(call.actor, codes);
  const missing = codes.filter((code) => !links.some(({ shortCode }) => shortCode === code));
  if (missing.length > 0) throw invalid("codes", text.bulk.notFound(formatList(missing)));
}

function parseForm(call: Call, form: Form, view: ListView): BulkChange {
  const which = form.checked("whole") ? { filter: filterOf(view) } : { codes: codesIn(form) };
  const action = actionIn(form);
  return renamingFields({ expires_at: "expires_in" }, () =>
    parseBulkChange(action.action === "undo" ? action : { ...which, ...action }, contextOf(call)),
  );
}

function filterOf({ text: q, kind, status, tags, tagMode, owner }: ListView): BulkFilter {
  const tagged = tags.length > 0 && { tag: tags.join(), tags: tagMode };
  return { q, owner, ...(kind && { kind }), ...(status && { status }), ...tagged };
}

function actionIn(form: Form) {
  const action = actionNamedIn(form);
  switch (action) {
    case "expire":
      return { action, expiresAt: expiryIn(form) };
    case "add_tags":
    case "remove_tags":
      return { action, tags: splitTags(form.text("tags")) };
    // `give` is the old name.
    case "transfer":
    case "give":
      return { action: "transfer", to: form.text("to") };
    case "undo":
      return { action, undo: Number(form.text("undo") || Number.NaN) };
    default:
      return { action };
  }
}

/** What Enter in a field asks for. */
const actionsByField = { expires_in: "expire", tags: "add_tags", to: "transfer" } as const;

/** The action that was chosen, or that of the one field which is filled in. */
function actionNamedIn(form: Form): string {
  const action = form.text("action");
  if (action !== "filled") return action;
  const filled = Object.entries(actionsByField).filter(([field]) => form.text(field).trim() !== "");
  const [one] = filled;
  return one === undefined || filled.length > 1 ? "" : one[1];
}

/** `never` must be written out: an empty field must not remove the expiry by accident. */
function expiryIn(form: Form): string | null | undefined {
  const typed = form.text("expires_in").trim();
  return typed.toLowerCase() === "never" ? null : typed || undefined;
}

function contextOf(call: Call): ExpiryContext {
  return { now: call.app.clock(), zone: zoneOf(call) };
}

async function ask(call: Call, view: ListView, which: Which): Promise<Response> {
  const trashDays = call.settings["links.trash_days"];
  const isWhole = "filter" in which;
  const { many } = call.app.links;
  const filter = isWhole ? await listOf(call, which.filter) : null;
  const isLong = filter !== null && (await many.isLong(call.actor, filter));
  const codes = isLong ? await many.first(call.actor, filter) : await codesOf(call, which);
  const links = await call.app.links.getMany(call.actor, codes.slice(0, MOST_SHOWN));
  if (links.length === 0) throw invalid("codes", text.bulk.gone);
  const ofList = isLong ? await many.count(call.actor, filter) : codes.length;
  const count = isWhole ? ofList : links.length;
  return await show(
    call,
    { title: text.bulk.deleteTitle },
    <AskDelete {...{ view, links, count, isWhole, trashDays }} />,
  );
}

/** Links that the question lists. */
const MOST_SHOWN = 1000;
