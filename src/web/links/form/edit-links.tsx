/** @jsxImportSource #markup */
import type { Call, Handler } from "../../../http/call.ts";
import { ownOrigins } from "../../../http/caller/own-origins.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { fileListOf } from "../../../http/content/file-list.ts";
import { readSentJson } from "../../../http/content/sent-json.ts";
import { requireKept, storeText } from "../../../http/content/store-text.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { type Notice, setNotice } from "../../../http/request/cookies.ts";
import { Form, hasForm, readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { parseLinkChangesJson, parseNewLinkJson } from "../../../links/input/link-json.ts";
import {
  type InputContext,
  inputContext,
  linkRemovalSchema,
} from "../../../links/input/link-schema.ts";
import { renamingFields } from "../../../links/input/parse-fields.ts";
import { hasContent, type Kind, kinds, type Link } from "../../../links/link.ts";
import type { ListedLink, Removal } from "../../../links/links.ts";
import { declaredIn } from "../../../links/rows/declared.ts";
import { parseShortCode } from "../../../links/short-code.ts";
import { text as linkText } from "../../../links/text.en.ts";
import { parseInput } from "../../../parse-input.ts";
import { Problem } from "../../../problem.ts";
import { goTo } from "../../go-to.ts";
import { signedIn } from "../../signed-in.ts";
import { type Entry, showForm, submit } from "../../ui/post-form.tsx";
import { findAskedFor, findForAddress } from "../existing-link.tsx";
import { listOr, VIEW } from "../list/back-to-list.ts";
import { findHeld } from "../share/held-file.ts";
import { valuesIn } from "../share/shared-values.ts";
import {
  contentFields,
  type FormFields,
  fieldsOf,
  isChecked,
  linkFields,
  parseLinkChangesForm,
  parseNewLinkForm,
} from "./form-fields.ts";
import { sendingKey } from "./form-token.tsx";
import { assetsFor, kindIn } from "./kind-fields.tsx";
import { AddForm, DeleteForm, EditForm } from "./link-forms.tsx";
import {
  FILES_FIELD,
  fingerprintOf,
  readSentForm,
  requireLinkFields,
  requireOwnFiles,
  type SentForm,
  sentFiles,
  takeNamedUpload,
  valuesBeside,
} from "./sent-form.ts";
import { storeContent } from "./store-content.ts";
import { text } from "./text.en.ts";
import { editableFields } from "./typed-text.ts";

/** Creating, changing and deleting links. */
export const links = {
  addForm,
  add,
  editForm,
  edit,
  deleteForm,
  delete: remove,
  checkCode,
} satisfies Record<string, Handler>;

async function addForm(call: Call): Promise<Response> {
  const values = valuesIn(call.url.searchParams);
  const existing = await findForAddress(call, values, contextOf(call));
  return await showAddForm(call, { values }, existing);
}

async function add(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await createFromJson(call);
  await using sent = await readSentForm(call, signedIn(call).user);
  return await submit(
    call,
    () => createFromForm(call, sent),
    (refusal) =>
      showAddForm(call, { values: { ...fieldsIn(sent.form), ...valuesBeside(sent) }, refusal }),
  );
}

/** A form that is sent again unchanged, as by a double click, returns the link that it created. */
async function createFromForm(call: Call, sent: SentForm): Promise<Response> {
  const owner = signedIn(call).user;
  requireLinkFields(call, sent);
  const fields = fieldsIn(sent.form);
  const context = contextOf(call);
  const upload = await takeNamedUpload(call, sent, { owner, kind: kindSent(fields, "file") });
  const listed = sent.lists.get(FILES_FIELD) ?? [];
  const input = parseNewLinkForm(fields, context, sentFiles(sent), listed.length > 0);
  await inForm(call.app.links.circles.refuseNew(input, context.ownOrigins));
  requireOwnFiles(sent, input.kind);
  const title = input.title || (input.shortCode ?? "");
  const recipient = { kind: input.kind, title, owner, stored: null };
  await using content = await storeContent(call, sent, fields, recipient);
  const { kind, file, files } = content;
  const key = sendingKey(sent.form, owner.id, [fields, fingerprintOf(sent)]) ?? upload?.key ?? null;
  const { removedMetadata } = call.app.files;
  const sentList = kind === "collection" ? fileListOf(call, listed, FILES_FIELD) : [];
  await using cleaned = await removedMetadata.cleanAll(sentList, isChecked(fields.remove_metadata));
  const creation = { ownerId: owner.id, key, files: files ?? cleaned.files };
  const existing = await findAskedFor(call, sent.form, creation, input);
  if (existing !== null) return await answerExisting(call, fields, existing);
  const link = await call.app.links.create(call.actor, creation, { ...input, kind }, file);
  await upload?.markUsed(link.shortCode);
  return answerForm(call, sent.form, "created", link);
}

/** A page's own script shows the link; without it, the form is shown again with both choices. */
async function answerExisting(call: Call, values: FormFields, existing: Link): Promise<Response> {
  if (prefersJson(call.request)) return answerJson(call, 200, existing);
  return await showAddForm(call, { values }, existing, 422);
}

async function createFromJson(call: Call): Promise<Response> {
  const owner = signedIn(call).user;
  const creation = { ownerId: owner.id };
  const body = await readSentJson(call);
  const context = contextOf(call);
  const { input, content, wanted } = parseNewLinkJson(body, context);
  const { links } = call.app;
  const existing = wanted && (await links.existing.find(call.actor, creation, input, wanted));
  if (existing) return answerJson(call, 200, existing);
  await links.circles.refuseNew(input, context.ownOrigins);
  const { kind } = input;
  if (content === null || !hasContent(kind))
    return answerJson(call, 201, await links.create(call.actor, creation, input));
  const title = input.title || (input.shortCode ?? "");
  const recipient = { kind, title, owner, stored: null };
  await using stored = await storeText(call, content, recipient, "content");
  return answerJson(call, 201, await links.create(call.actor, creation, input, stored.file));
}

/** A program gets JSON. A page's own script, which opens the next page, has that page show the notice. */
function answerForm(call: Call, form: Form, action: "created" | "saved", link: Link): Response {
  const { shortCode, kind } = link;
  const becamePage = kind === "html" && form.text("link_type") === "markdown";
  const code = becamePage ? "became_page" : action;
  const page = listOr(href("linkPage", { shortCode }), form.text(VIEW));
  if (!prefersJson(call.request)) return goTo(call, page, { code, shortCode });
  const status = action === "created" ? 201 : 200;
  if (!form.checked("notice")) return answerJson(call, status, link);
  const headers = new Headers();
  setNotice(headers, { code, shortCode }, call.client);
  return answerJson(call, status, link, { headers, page });
}

interface JsonExtras {
  readonly headers?: Headers;
  /** The next page, for a script that opens it. */
  readonly page?: string;
}

function answerJson(
  call: Call,
  status: 200 | 201,
  { shortCode }: Link,
  { headers = new Headers(), page }: JsonExtras = {},
): Response {
  const path = href("open", { shortCode });
  headers.set("location", path);
  const url = call.client.origin + path;
  const answer = { short_code: shortCode, shortCode, url, ...(page !== undefined && { page }) };
  return json(answer, { call, status, headers });
}

/** @param existing a link to the same destination, which is offered instead */
async function showAddForm(
  call: Call,
  entry: Entry,
  existing: Link | null = null,
  status = 200,
): Promise<Response> {
  const usage = await call.app.files.blobs.usageOf(signedIn(call).user.id);
  const assets = assetsFor(kindIn(entry, "redirect"));
  const held = await findHeld(call, entry);
  const sheets = existing && { sheets: ["link.css"] as const };
  return await showForm(
    call,
    { title: text.titles.add, entry, ...assets, ...sheets, status },
    <AddForm {...{ call, usage, entry, existing, held }} />,
  );
}

async function editForm(call: Call): Promise<Response> {
  const link = await findEditable(call);
  const kind = call.url.searchParams.get("link_type") ?? link.kind;
  const typed = await editableFields(call, kind, link.content);
  const view = call.url.searchParams.get(VIEW) ?? "";
  const values = { ...fieldsOf(link, zoneOf(call)), ...typed, link_type: kind, [VIEW]: view };
  return await showEditForm(call, link, { values });
}

async function edit(call: Call): Promise<Response> {
  const link = await findEditable(call);
  if (hasJsonBody(call.request)) return answerJson(call, 200, await changeFromJson(call, link));
  await using sent = await readSentForm(call, ownerOf(link), link.content?.size ?? 0);
  return await submit(
    call,
    async () => answerForm(call, sent.form, "saved", await changeFromForm(call, link, sent)),
    (refusal) => showRefusedEdit(call, link, sent.form, refusal),
  );
}

/** After a conflict, the form is one of the new revision: to save it again replaces that knowingly. */
async function showRefusedEdit(
  call: Call,
  link: ListedLink,
  form: Form,
  refusal: Problem,
): Promise<Response> {
  const values = { ...fieldsIn(form), [VIEW]: form.text(VIEW) };
  if (refusal.code !== "conflict") return await showEditForm(call, link, { values, refusal });
  const current = await findEditable(call);
  const typed = await editableFields(call, current.kind, current.content);
  const saved = { ...fieldsOf(current, zoneOf(call)), ...typed };
  const entry = { values: { ...values, revision: String(current.revision) }, refusal };
  return await showEditForm(call, current, entry, saved);
}

async function changeFromForm(call: Call, link: ListedLink, sent: SentForm): Promise<Link> {
  requireLinkFields(call, sent);
  const fields = withFormerCode(call, link, fieldsIn(sent.form));
  const context = contextOf(call);
  const upload = await takeNamedUpload(call, sent, {
    owner: ownerOf(link),
    kind: kindSent(fields, link.kind),
  });
  const listed = sent.lists.get(FILES_FIELD) ?? [];
  const changes = parseLinkChangesForm(fields, link, context, sentFiles(sent), listed.length > 0);
  await inForm(call.app.links.circles.refuseChanges(link, changes, context.ownOrigins));
  requireOwnFiles(sent, changes.kind ?? link.kind);
  await using content = await storeContent(call, sent, fields, {
    kind: changes.kind ?? link.kind,
    title: (changes.title ?? link.title) || link.shortCode,
    owner: ownerOf(link),
    stored: link.content,
  });
  const { kind, file, files } = content;
  if (file === null && hasContent(kind))
    await requireKept(call, link, kind, contentFields[kind].file);
  const changed = { ...changes, kind };
  const edited = await call.app.links.edit(call.actor, link.shortCode, changed, file, files);
  if (file !== null) await upload?.markUsed(edited.shortCode);
  return edited;
}

/** The kind that a form names, if it names one. */
function kindSent({ link_type: sent }: FormFields, otherwise: Kind): Kind {
  return kinds.find((kind) => kind === sent?.trim()) ?? otherwise;
}

/** A form that is sent again could not know that the short code it replaced is an alias now. */
function withFormerCode(call: Call, link: ListedLink, fields: FormFields): FormFields {
  const { shortCode: asked = "" } = call.params;
  const isOutdated = fields.revision !== undefined && Number(fields.revision) !== link.revision;
  const isFormer = link.aliases.some((code) => code === asked);
  if (!isOutdated || !isFormer || fields.aliases === undefined) return fields;
  return { ...fields, aliases: `${fields.aliases} ${asked}` };
}

async function changeFromJson(call: Call, link: ListedLink): Promise<Link> {
  const body = await readSentJson(call);
  const context = contextOf(call);
  const { input, content } = parseLinkChangesJson(body, link, context);
  await call.app.links.circles.refuseChanges(link, input, context.ownOrigins);
  const kind = input.kind ?? link.kind;
  if (content === null || !hasContent(kind)) {
    await requireKept(call, link, kind, "kind");
    return await call.app.links.edit(call.actor, link.shortCode, input);
  }
  const title = (input.title ?? link.title) || link.shortCode;
  const recipient = { kind, title, owner: ownerOf(link), stored: link.content };
  await using stored = await storeText(call, content, recipient, "content");
  return await call.app.links.edit(call.actor, link.shortCode, input, stored.file);
}

function ownerOf({ ownerId: id, owner: username }: ListedLink) {
  return { id, username };
}

async function showEditForm(
  call: Call,
  link: Link,
  entry: Entry,
  saved?: FormFields,
): Promise<Response> {
  const usage = await call.app.files.blobs.usageOf(link.ownerId);
  return await showForm(
    call,
    {
      title: text.titles.edit(link.shortCode),
      entry,
      ...assetsFor(kindIn(entry, link.kind), true),
    },
    <EditForm call={call} usage={usage} link={link} entry={entry} saved={saved} />,
  );
}

function deleteForm(call: Call): Promise<Response> {
  return askToDelete(call, { values: { [VIEW]: call.url.searchParams.get(VIEW) ?? "" } });
}

async function askToDelete(call: Call, entry: Entry): Promise<Response> {
  const link = await findEditable(call);
  const title = text.titles.remove(link.shortCode);
  return await showForm(
    call,
    { title, entry },
    <DeleteForm call={call} link={link} entry={entry} />,
  );
}

async function remove(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) {
    const { shortCode } = await removeRevision(call, await readJsonInput(call));
    return json({ short_code: shortCode }, { call });
  }
  const form = hasForm(call.request) ? await readForm(call) : new Form();
  requireFields(call.request, form, { known: ["revision", VIEW] });
  const revision = form.text("revision").trim();
  const view = form.text(VIEW);
  return await submit(
    call,
    async () => {
      const input = revision === "" ? {} : { revision: Number(revision) };
      const removal = await removeRevision(call, input);
      return goTo(call, listOr(href("links"), view), noticeOf(removal));
    },
    (refusal) => askToDelete(call, { values: { [VIEW]: view }, refusal }),
  );
}

async function removeRevision({ app, actor, params }: Call, input: unknown): Promise<Removal> {
  const { revision } = parseInput(linkRemovalSchema, input);
  return await app.links.remove(actor, params.shortCode ?? "", revision ?? undefined);
}

/** Where the link is in the trash, with a button that undoes it. */
function noticeOf({ shortCode, trashedAt }: Removal): Notice {
  if (trashedAt === null) return { code: "deleted", shortCode };
  return { code: "links_trashed", count: 1, undo: trashedAt };
}

/** A link that pages may change: one that no links.toml declares. */
async function findEditable({ app, actor, params }: Call): Promise<ListedLink> {
  const link = await app.links.get(actor, params.shortCode ?? "");
  if (link.declared) throw declaredIn(link, link.owner);
  return link;
}

function fieldsIn(form: Form): FormFields {
  const sent = [...linkFields, "revision" as const].filter((name) => form.has(name));
  return Object.fromEntries(sent.map((name) => [name, form.text(name)]));
}

/** Names the field of the form in a refusal. */
async function inForm(check: Promise<void>): Promise<void> {
  await check.catch((thrown: unknown) =>
    renamingFields({ target: "url" }, () => {
      throw thrown;
    }),
  );
}

function contextOf(call: Call): InputContext {
  return inputContext(call.app, ownOrigins(call), zoneOf(call));
}

/** Checks, while a person types, whether a short code is available. */
async function checkCode(call: Call): Promise<Response> {
  const code = call.url.searchParams.get("short_code") ?? "";
  return json(await judgeCode(call, code.trim()), { call });
}

async function judgeCode(call: Call, code: string): Promise<{ ok: boolean; message: string }> {
  const { app } = call;
  const { user } = signedIn(call);
  try {
    const isFree = await app.links.isFree(parseShortCode(code), user.id);
    const message = isFree ? text.codeIsFree(code) : linkText.shortCode.taken(code);
    return { ok: isFree, message };
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "invalid")
      return { ok: false, message: thrown.message };
    throw thrown;
  }
}
