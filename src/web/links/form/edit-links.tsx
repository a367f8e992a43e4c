/** @jsxImportSource hono/jsx */
import type { Call, Handler } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { type Notice, type NoticeCode, setNotice } from "../../../http/request/cookies.ts";
import type { Form } from "../../../http/request/form.ts";
import { json, seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import type { Link } from "../../../links/link.ts";
import {
  type InputContext,
  inputContext,
  linkFields,
  parseLinkChanges,
  parseNewLink,
  type RawFields,
} from "../../../links/link-input.ts";
import { declaredIn } from "../../../links/link-writes.ts";
import type { ListedLink } from "../../../links/links.ts";
import { parseShortCode, type ShortCode } from "../../../links/short-code.ts";
import { Problem } from "../../../problem.ts";
import { signedIn } from "../../signed-in.ts";
import { show } from "../../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../../ui/post-form.tsx";
import { zoneOf } from "../../ui/time.tsx";
import { sendingKey } from "./form-token.tsx";
import { assetsFor, kindIn } from "./kind-fields.tsx";
import { AddForm, DeleteForm, EditForm, fieldsOf } from "./link-forms.tsx";
import { cameIn, fingerprintOf, readSentForm, type SentForm } from "./sent-form.ts";
import { bringBytes } from "./store-content.ts";
import { editableFields } from "./typed-text.ts";

/** Making, changing and deleting links. */
export const links = {
  addForm,
  add,
  editForm,
  edit,
  deleteForm,
  delete: remove,
  checkCode,
} satisfies Record<string, Handler>;

function addForm(call: Call): Promise<Response> {
  const { searchParams } = call.url;
  const given = linkFields.filter((name) => searchParams.has(name));
  const values = Object.fromEntries(given.map((name) => [name, searchParams.get(name) ?? ""]));
  return showAddForm(call, { values });
}

async function add(call: Call): Promise<Response> {
  await using sent = await readSentForm(call, signedIn(call).user);
  return await submit(
    call,
    async () => answerDone(call, sent.form, "created", await create(call, sent)),
    (refusal) => showAddForm(call, { values: fieldsIn(sent.form), refusal }),
  );
}

/** A form that is sent again unchanged, as by a double click, gets the link that it made. */
async function create(call: Call, sent: SentForm): Promise<Link> {
  const owner = signedIn(call).user;
  const fields = fieldsIn(sent.form);
  const input = parseNewLink(fields, contextOf(call), cameIn(sent));
  const title = input.title || (input.shortCode ?? "");
  const named = { kind: input.kind, fields, title, owner, stored: null };
  await using brought = await bringBytes(call, sent, named);
  const { kind, file } = brought;
  const sentAs = sendingKey(sent.form, owner.id, [fields, fingerprintOf(sent)]);
  const wanted = { ...input, kind };
  return await call.app.links.create(call.actor, { ownerId: owner.id, sentAs }, wanted, file);
}

/** A program gets JSON. A page's own script, which leads on to the link's page, has that page tell of it. */
function answerDone(
  call: Call,
  form: Form,
  deed: "created" | "saved",
  { shortCode, kind }: Link,
): Response {
  const becamePage = kind === "html" && form.text("link_type") === "markdown";
  const code = becamePage ? "became_page" : deed;
  if (!prefersJson(call.request)) return toPage(call, code, shortCode);
  const path = href("open", { shortCode });
  const headers = new Headers({ location: path });
  const status = deed === "created" ? 201 : 200;
  const done = { shortCode, url: call.client.origin + path };
  if (!form.checked("notice")) return json(done, { call, status, headers });
  setNotice(headers, { code, shortCode }, call.client);
  return json({ ...done, page: href("linkPage", { shortCode }) }, { call, status, headers });
}

function showAddForm(call: Call, entry: Entry): Promise<Response> {
  return showForm(
    call,
    { title: "Add a link", entry, ...assetsFor(kindIn(entry, "redirect")) },
    <AddForm call={call} entry={entry} />,
  );
}

async function editForm(call: Call): Promise<Response> {
  const link = await ownLinkOf(call);
  const kind = call.url.searchParams.get("link_type") ?? link.kind;
  const typed = await editableFields(call, kind, link.content);
  const values = { ...fieldsOf(link, zoneOf(call)), ...typed, link_type: kind };
  return await showEditForm(call, link, { values });
}

async function edit(call: Call): Promise<Response> {
  const link = await ownLinkOf(call);
  await using sent = await readSentForm(call, { id: link.ownerId, username: link.owner });
  return await submit(
    call,
    async () => answerDone(call, sent.form, "saved", await change(call, link, sent)),
    (refusal) => showEditForm(call, link, { values: fieldsIn(sent.form), refusal }),
  );
}

async function change(call: Call, link: ListedLink, sent: SentForm): Promise<Link> {
  const fields = fieldsIn(sent.form);
  const changes = parseLinkChanges(fields, link, contextOf(call), cameIn(sent));
  await using brought = await bringBytes(call, sent, {
    kind: changes.kind ?? link.kind,
    fields,
    title: (changes.title ?? link.title) || link.shortCode,
    owner: { id: link.ownerId, username: link.owner },
    stored: link.content,
  });
  const { kind, file } = brought;
  return await call.app.links.edit(call.actor, link.shortCode, { ...changes, kind }, file);
}

function showEditForm(call: Call, link: Link, entry: Entry): Promise<Response> {
  return showForm(
    call,
    { title: `Edit ${link.shortCode}`, entry, ...assetsFor(kindIn(entry, link.kind)) },
    <EditForm call={call} link={link} entry={entry} />,
  );
}

async function deleteForm(call: Call): Promise<Response> {
  const link = await ownLinkOf(call);
  return await show(call, { title: `Delete ${link.shortCode}` }, <DeleteForm link={link} />);
}

async function remove(call: Call): Promise<Response> {
  const { shortCode } = await call.app.links.remove(call.actor, call.params.shortCode ?? "");
  return goTo(call, href("links"), { code: "deleted", shortCode });
}

/** A link that pages may change: a file declares it not. */
async function ownLinkOf({ app, actor, params }: Call): Promise<ListedLink> {
  const link = await app.links.get(actor, params.shortCode ?? "");
  if (link.declared) throw declaredIn(link, link.owner);
  return link;
}

function toPage(call: Call, code: NoticeCode, shortCode: ShortCode): Response {
  return goTo(call, href("linkPage", { shortCode }), { code, shortCode });
}

function goTo(call: Call, address: string, notice: Notice): Response {
  const headers = new Headers();
  setNotice(headers, notice, call.client);
  return seeOther(address, { call, headers });
}

function fieldsIn(form: Form): RawFields {
  const sent = linkFields.filter((name) => form.has(name));
  return Object.fromEntries(sent.map((name) => [name, form.text(name)]));
}

function contextOf(call: Call): InputContext {
  const { app, settings, client } = call;
  return inputContext(app, [client.origin, settings["server.public_url"]], zoneOf(call));
}

/** Says while somebody types whether a link may be made at that code. */
async function checkCode(call: Call): Promise<Response> {
  const text = call.url.searchParams.get("short_code") ?? "";
  return json(await judgeCode(call, text.trim()), { call });
}

async function judgeCode({ app }: Call, text: string): Promise<{ ok: boolean; message: string }> {
  try {
    const isFree = await app.links.isFree(parseShortCode(text));
    return { ok: isFree, message: `"${text}" is ${isFree ? "free" : "taken already"}.` };
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "invalid")
      return { ok: false, message: thrown.message };
    throw thrown;
  }
}
