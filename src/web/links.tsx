/** @jsxImportSource hono/jsx */
import type { Call, Handler } from "../http/call.ts";
import { type Notice, type NoticeCode, setNotice } from "../http/cookies.ts";
import { type Form, readForm } from "../http/form.ts";
import { prefersJson } from "../http/request.ts";
import { json, seeOther } from "../http/response.ts";
import { href } from "../http/urls.ts";
import {
  type InputContext,
  inputContext,
  linkFields,
  parseLinkChanges,
  parseNewLink,
  type RawFields,
} from "../links/input.ts";
import type { Link } from "../links/link.ts";
import { parseShortCode, type ShortCode } from "../links/shortcode.ts";
import { Problem } from "../problem.ts";
import { sendingKey } from "./formid.tsx";
import { AddForm, DeleteForm, EditForm, fieldsOf } from "./linkforms.tsx";
import { signedIn } from "./signedin.ts";
import { type Entry, showForm, submit } from "./ui/form.tsx";
import { show } from "./ui/layout.tsx";
import { zoneOf } from "./ui/time.tsx";

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
  const form = await readForm(call.request);
  const fields = fieldsIn(form);
  return await submit(
    call,
    async () => answerCreated(call, await createOnce(call, form, fields)),
    (refusal) => showAddForm(call, { values: fields, refusal }),
  );
}

/** A form that is sent again unchanged, as by a double click, gets the link that it made. */
function createOnce(call: Call, form: Form, fields: RawFields): Promise<Link> {
  const key = sendingKey(form, signedIn(call).user.id, fields);
  return key === null ? create(call, fields) : call.app.made.run(key, () => create(call, fields));
}

function create(call: Call, fields: RawFields): Promise<Link> {
  const owner = { ownerId: signedIn(call).user.id };
  return call.app.links.create(call.actor, owner, parseNewLink(fields, contextOf(call)));
}

function answerCreated(call: Call, { shortCode }: Link): Response {
  if (!prefersJson(call.request)) return toPage(call, "created", shortCode);
  const path = href("open", { shortCode });
  const headers = new Headers({ location: path });
  return json({ shortCode, url: call.client.origin + path }, { call, status: 201, headers });
}

function showAddForm(call: Call, entry: Entry): Promise<Response> {
  return showForm(
    call,
    { title: "Add a link", entry, scripts: ["linkform.js"] },
    <AddForm call={call} entry={entry} zone={zoneOf(call)} />,
  );
}

async function editForm(call: Call): Promise<Response> {
  const link = await linkOf(call);
  return await showEditForm(call, link, { values: fieldsOf(link, zoneOf(call)) });
}

async function edit(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  const link = await linkOf(call);
  const fields = fieldsIn(form);
  return await submit(
    call,
    async () => {
      const changes = parseLinkChanges(fields, link, contextOf(call));
      const { shortCode } = await call.app.links.edit(call.actor, link.shortCode, changes);
      return toPage(call, "saved", shortCode);
    },
    (refusal) => showEditForm(call, link, { values: fields, refusal }),
  );
}

function showEditForm(call: Call, link: Link, entry: Entry): Promise<Response> {
  return showForm(
    call,
    { title: `Edit ${link.shortCode}`, entry },
    <EditForm link={link} entry={entry} zone={zoneOf(call)} />,
  );
}

async function deleteForm(call: Call): Promise<Response> {
  const link = await linkOf(call);
  return await show(call, { title: `Delete ${link.shortCode}` }, <DeleteForm link={link} />);
}

async function remove(call: Call): Promise<Response> {
  const { shortCode } = await call.app.links.remove(call.actor, call.params.shortCode ?? "");
  return goTo(call, href("links"), { code: "deleted", shortCode });
}

function linkOf({ app, actor, params }: Call) {
  return app.links.get(actor, params.shortCode ?? "");
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
