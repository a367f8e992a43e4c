import type { Call, Handler } from "../../http/call.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { usersPage } from "../../http/response/response.ts";
import type { Link } from "../../links/link.ts";
import { Problem } from "../../problem.ts";
import { contentFields } from "../links/form/form-fields.ts";
import { drawDocument } from "./document-page.tsx";
import { drawStored, frameOf, renderOptions } from "./open-document.ts";
import { contentOf } from "./open-file.ts";
import { deliverWebPage } from "./open-html.ts";

/** What pages will look like, inside of ours. */
export const previews = { ofText, ofLink } satisfies Record<string, Handler>;

/** Of a form, in which a character of a text may be written as nine. */
const MAX_FORM_BYTES = 4_194_304;

/** `POST /-/preview`: the page that a text will be, for a frame beside the editor. */
async function ofText(call: Call): Promise<Response> {
  const form = await readForm(call.request, { maxBytes: MAX_FORM_BYTES });
  switch (form.text("kind")) {
    case "markdown":
      return await showText(call, textIn(form, "markdown"), form.text("title").trim());
    case "html":
      return usersPage(textIn(form, "html"), "hosted_preview", { call });
    default:
      throw new Problem("bad_request", "Only Markdown and HTML can be looked at before.");
  }
}

/** The text itself, or the field that the form of a link has for it. */
function textIn(form: Form, kind: "markdown" | "html"): string {
  return form.text(form.has("text") ? "text" : contentFields[kind].text);
}

/** `GET /-/preview/<code>`: the page of a link, live or not, for a frame on the link's page. */
async function ofLink(call: Call): Promise<Response> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  switch (link.kind) {
    case "markdown":
      return await showLink(call, link);
    case "html":
      return await deliverWebPage(call, link, { page: "hosted_preview", cacheControl: "no-store" });
    case "redirect":
    case "file":
      throw new Problem("not_found", "Only a document or a web page can be looked at here.");
  }
}

async function showText(call: Call, text: string, title: string): Promise<Response> {
  const rendering = call.app.pages.renderText(text, renderOptions(call.settings));
  const frame = frameOf(call, { title, shortCode: null });
  const { html } = await drawDocument(frame, rendering, () => text);
  return usersPage(html, "document_preview", { call });
}

async function showLink(call: Call, link: Link): Promise<Response> {
  const { html } = await drawStored(call, frameOf(call, link), contentOf(link));
  return usersPage(html, "document_preview", { call });
}
