/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { type NoticeCode, setNotice } from "../../../http/request/cookies.ts";
import { type Form, readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json, seeOther } from "../../../http/response/response.ts";
import type { ExpiryContext } from "../../../links/expiry.ts";
import { type BulkChange, parseBulkChange } from "../../../links/input/bulk-schema.ts";
import { renamingFields } from "../../../links/input/link-schema.ts";
import type { Removal } from "../../../links/links.ts";
import { splitTags } from "../../../links/tags/tag-names.ts";
import { invalid } from "../../../problem.ts";
import { formatList } from "../../../text/format.ts";
import { show } from "../../ui/layout/layout.tsx";
import { submit } from "../../ui/post-form.tsx";
import { zoneOf } from "../../ui/time.tsx";
import { noticeOf } from "../trash/trash-notice.ts";
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
  await requireFound(call, change.codes);
  const { count } = await carryOut(call, change);
  return json({ count }, { call });
}

async function changeFromForm(call: Call, form: Form, view: ListView): Promise<Response> {
  requireFields(call.request, form, { known: fields, repeatable: ["codes"] });
  const change = parseForm(call, form);
  if (prefersJson(call.request)) await requireFound(call, change.codes);
  if (change.action === "delete" && form.checked("ask")) return await ask(call, view, change.codes);
  const headers = new Headers();
  const done = await carryOut(call, change);
  const code = notices[change.action];
  const notice = code === "links_deleted" ? noticeOf(code, done) : { code, count: done.count };
  setNotice(headers, notice, call.client);
  return seeOther(addressOf(view), { call, headers });
}

const fields = ["codes", "action", "ask", "view", "expires_in", "to", "tags"];

const notices = {
  delete: "links_deleted",
  expire: "expiry_set",
  transfer: "links_given",
  add_tags: "tags_changed",
  remove_tags: "tags_changed",
} as const satisfies Record<BulkChange["action"], NoticeCode>;

/** Returns how many links have changed, and how to undo it. */
async function carryOut(
  { app, actor }: Call,
  change: BulkChange,
): Promise<Pick<Removal, "count" | "trashedAt">> {
  const { codes } = change;
  switch (change.action) {
    case "delete":
      return await app.links.removeMany(actor, codes);
    case "expire": {
      const { expiresAt } = change;
      return { count: await app.links.editMany(actor, codes, { expiresAt }), trashedAt: null };
    }
    case "transfer": {
      const count = await app.links.transfer.transfer(actor, codes, change.to);
      return { count, trashedAt: null };
    }
    case "add_tags": {
      const count = await app.links.tagMany(actor, codes, { added: change.tags });
      return { count, trashedAt: null };
    }
    case "remove_tags": {
      const count = await app.links.tagMany(actor, codes, { removed: change.tags });
      return { count, trashedAt: null };
    }
  }
}

/** A person sees which links are left; a program is not to take for done what was skipped. */
async function requireFound(call: Call, codes: readonly string[]): Promise<void> {
  const links = await call.app.links.getMany(call.actor, codes);
  const missing = codes.filter((code) => !links.some(({ shortCode }) => shortCode === code));
  if (missing.length > 0) throw invalid("codes", text.bulk.notFound(formatList(missing)));
}

function parseForm(call: Call, form: Form): BulkChange {
  return renamingFields({ expires_at: "expires_in" }, () =>
    parseBulkChange({ codes: codesIn(form), ...actionIn(form) }, contextOf(call)),
  );
}

function actionIn(form: Form) {
  const action = form.text("action");
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
    default:
      return { action };
  }
}

/** `never` must be written out: an empty field must not remove the expiry by accident. */
function expiryIn(form: Form): string | null | undefined {
  const typed = form.text("expires_in").trim();
  return typed.toLowerCase() === "never" ? null : typed || undefined;
}

/** One field for each link, or several codes in one field, separated by commas. */
function codesIn(form: Form): readonly string[] {
  return form.all("codes").flatMap((text) => text.split(","));
}

function contextOf(call: Call): ExpiryContext {
  return { now: call.app.clock(), zone: zoneOf(call) };
}

async function ask(call: Call, view: ListView, codes: readonly string[]): Promise<Response> {
  const links = await call.app.links.getMany(call.actor, codes);
  if (links.length === 0) throw invalid("codes", text.bulk.gone);
  return await show(
    call,
    { title: text.bulk.deleteTitle },
    <AskDelete view={view} links={links} trashDays={call.settings["links.trash_days"]} />,
  );
}
