/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { type Notice, setNotice } from "../../../http/request/cookies.ts";
import { type Form, readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { seeOther } from "../../../http/response/response.ts";
import { parseExpiry } from "../../../links/expiry.ts";
import { invalid } from "../../../problem.ts";
import { formatList } from "../../../text/format.ts";
import { show } from "../../ui/layout/layout.tsx";
import { submit } from "../../ui/post-form.tsx";
import { zoneOf } from "../../ui/time.tsx";
import { AskDelete } from "./bulk-form.tsx";
import { showRefused } from "./link-list.tsx";
import { addressOf, type ListView, viewOf } from "./list-view.ts";
import { text } from "./text.en.ts";

/** Most links that one post changes. */
const MAX_CODES = 1000;

/** `POST /-/links`: changes several links at once; links of other users are skipped. */
export async function bulk(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  const view = viewOf(form.text("view"));
  const codes = codesIn(form);
  return await submit(
    call,
    () => change(call, { form, view, codes }),
    (refusal) => {
      const values = { expires_in: form.text("expires_in"), to: form.text("to") };
      return showRefused(call, view, { values, refusal, selected: new Set(codes) });
    },
  );
}

interface Change {
  readonly form: Form;
  readonly view: ListView;
  readonly codes: readonly string[];
}

async function change(call: Call, { form, view, codes }: Change): Promise<Response> {
  requireFields(call.request, form, { known: fields, repeatable: ["codes"] });
  if (codes.length === 0) throw invalid("codes", text.bulk.noneSelected);
  if (codes.length > MAX_CODES) throw invalid("codes", text.bulk.tooMany(MAX_CODES));
  if (prefersJson(call.request)) await requireFound(call, codes);
  switch (form.text("action")) {
    case "delete":
      if (form.checked("ask")) return await ask(call, view, codes);
      return back(call, view, {
        code: "links_deleted",
        count: await call.app.links.removeMany(call.actor, codes),
      });
    case "expire": {
      const expiresAt = parseNewExpiry(form.text("expires_in"), call);
      return back(call, view, {
        code: "expiry_set",
        count: await call.app.links.editMany(call.actor, codes, { expiresAt }),
      });
    }
    // `give` is the old name.
    case "transfer":
    case "give":
      return back(call, view, {
        code: "links_given",
        count: await call.app.links.transfer.transfer(call.actor, codes, parseNewOwner(form)),
      });
    default:
      throw invalid("action", text.bulk.noAction);
  }
}

const fields = ["codes", "action", "ask", "view", "expires_in", "to"];

/** A person sees which links are left; a program is not to take for done what was skipped. */
async function requireFound(call: Call, codes: readonly string[]): Promise<void> {
  const links = await call.app.links.getMany(call.actor, codes);
  const missing = codes.filter((code) => !links.some(({ shortCode }) => shortCode === code));
  if (missing.length > 0) throw invalid("codes", text.bulk.notFound(formatList(missing)));
}

/** One field for each link, or several codes in one field, separated by commas. */
function codesIn(form: Form): readonly string[] {
  const codes = form.all("codes").flatMap((text) => text.split(","));
  return [...new Set(codes.map((code) => code.trim()).filter((code) => code !== ""))];
}

/** `never` must be written out: an empty field must not remove the expiry by accident. */
function parseNewExpiry(field: string, call: Call): number | null {
  const wanted = field.trim();
  if (wanted.toLowerCase() === "never") return null;
  if (wanted === "") throw invalid("expires_in", text.bulk.noExpiry);
  return parseExpiry(wanted, "expires_in", { now: call.app.clock(), zone: zoneOf(call) });
}

function parseNewOwner(form: Form): string {
  const to = form.text("to").trim();
  if (to === "") throw invalid("to", text.bulk.noNewOwner);
  return to;
}

async function ask(call: Call, view: ListView, codes: readonly string[]): Promise<Response> {
  const links = await call.app.links.getMany(call.actor, codes);
  if (links.length === 0) throw invalid("codes", text.bulk.gone);
  return await show(
    call,
    { title: text.bulk.deleteTitle },
    <AskDelete view={view} links={links} />,
  );
}

function back(call: Call, view: ListView, notice: Notice): Response {
  const headers = new Headers();
  setNotice(headers, notice, call.client);
  return seeOther(addressOf(view), { call, headers });
}
