import type { Call, Handler } from "../../http/call.ts";
import { renderOptions, renderTurn } from "../../http/caller/rendering.ts";
import { CountedUpload } from "../../http/content/counted-upload.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther, usersPage } from "../../http/response/response.ts";
import { href, withQuery } from "../../http/urls.ts";
import { type Link, statusOf } from "../../links/link.ts";
import { Problem } from "../../problem.ts";
import { contentFields } from "../links/form/form-fields.ts";
import { drawDocument } from "./document-page.tsx";
import { isOfFrame, passFor } from "./frame/navigation.ts";
import { contentOf } from "./live-link.ts";
import { drawStored, frameOf } from "./open-document.ts";
import { deliverHtmlPage } from "./open-html.ts";
import { siteSource } from "./site/site-address.ts";
import { text } from "./text.en.ts";

/** Previews of pages, in a frame of ours. */
export const previews = { ofText, ofLink } satisfies Record<string, Handler>;

/** Most bytes of a form, in which a character of the text may take nine. */
const MAX_FORM_BYTES = 4_194_304;

/** `POST /-/preview`: a text as a page, for a frame beside the editor. */
async function ofText(call: Call): Promise<Response> {
  const form = await readPreviewed(call);
  switch (form.text("kind")) {
    case "markdown":
      return await showText(call, textIn(form, "markdown"), form.text("title").trim());
    case "html":
      return usersPage(textIn(form, "html"), "hosted_preview", { call });
    default:
      throw new Problem("bad_request", text.problem.notPreviewable);
  }
}

async function readPreviewed(call: Call): Promise<Form> {
  using upload = new CountedUpload(call);
  return await readForm(call, { maxBytes: MAX_FORM_BYTES, onDisk: () => upload.begin() });
}

/** The field `text`, or the field of the link form for this kind. */
function textIn(form: Form, kind: "markdown" | "html"): string {
  return form.text(form.has("text") ? "text" : contentFields[kind].text);
}

/** `GET /-/preview/<code>`: the page of a link, live or not, for a frame on the link's page. */
async function ofLink(call: Call): Promise<Response> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  // Opened alone, a page of a user could show any address of the site to an administrator.
  const pass = call.url.searchParams.get(PASS) ?? "";
  if (link.kind === "html" && !(await isOfFrame(call, pass, passAddress(link))))
    return seeOther(href("linkPage", { shortCode: link.shortCode }), { call });
  switch (link.kind) {
    case "markdown":
      return await showLink(call, link);
    case "html":
      return await deliverHtmlPage(call, link, {
        page: "hosted_preview",
        cacheControl: "no-store",
      });
    case "redirect":
    case "file":
    case "collection":
      throw new Problem("not_found", text.problem.notPreviewable);
  }
}

/** The address of a link's preview, for a frame of the page that `call` asks for; that of a live site has its files. */
export async function previewSource(
  call: Call,
  link: Pick<Link, "kind" | "shortCode">,
): Promise<string> {
  const { app, settings } = call;
  const { shortCode } = link;
  const opening = link.kind === "html" ? await app.links.cache.find(shortCode) : null;
  const isHere = opening?.isGated || contentOrigin(settings) === null;
  if (opening?.isSite && isHere && statusOf(opening, app.clock()) === "live")
    return await siteSource({ ...call, session: null }, { shortCode, opening }, "");
  const path = href("linkPreview", { shortCode });
  const pass = link.kind === "html" ? passFor(call, passAddress(link)) : "";
  return pass === "" ? path : withQuery(path, { [PASS]: pass });
}

const PASS = "pass";

/** No short code: a pass for the page itself opens no preview. */
const passAddress = ({ shortCode }: Pick<Link, "shortCode">) => `preview/${shortCode}`;

async function showText(call: Call, source: string, title: string): Promise<Response> {
  const rendering = call.app.pages.renderText(
    source,
    renderOptions(call.settings),
    renderTurn(call, "preview"),
  );
  const frame = frameOf(call, { title, ownerTheme: null, shortCode: null });
  const { html } = await drawDocument(frame, rendering, () => source);
  return usersPage(html, "document_preview", { call });
}

async function showLink(call: Call, link: Link): Promise<Response> {
  const { ownerTheme = null } = (await call.app.links.cache.find(link.shortCode)) ?? {};
  const frame = frameOf(call, { ...link, ownerTheme });
  const { html } = await drawStored(call, frame, contentOf(call.app, link), "preview");
  return usersPage(html, "document_preview", { call });
}
