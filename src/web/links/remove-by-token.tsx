/** @jsxImportSource #markup */
import type { Call, Handler } from "../../http/call.ts";
import { isProgram } from "../../http/request/accept.ts";
import { respondWith } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { show } from "../ui/layout/layout.tsx";
import { text as shared } from "../ui/text.en.ts";
import { text as formText } from "./form/text.en.ts";
import { text } from "./text.en.ts";

/** Handles `/-/remove/<code>/<token>`: everyone with this address can delete the link. */
export const removalByToken = { ask, remove } satisfies Record<string, Handler>;

function claimIn({ params: { shortCode = "", token = "" }, client: { address } }: Call) {
  return { shortCode, token, address };
}

async function ask(call: Call): Promise<Response> {
  const claim = claimIn(call);
  const { shortCode, content, visits } = await call.app.removals.find(claim);
  const days = call.settings["links.trash_days"];
  const { heading, contains, toTrash, consequence } = formText.remove;
  return await show(
    call,
    { title: heading(shortCode) },
    <div class="form-width">
      <h1 class="h3 mb-4 name">{heading(shortCode)}</h1>
      {content && <p class="name">{contains(content.name)}</p>}
      <p>{days > 0 ? toTrash(days) : consequence(visits)}</p>
      <form method="post" action={href("removeByToken", claim)}>
        <button class="btn btn-danger" type="submit">
          {shared.actions.delete}
        </button>
      </form>
    </div>,
  );
}

async function remove(call: Call): Promise<Response> {
  const { shortCode } = await call.app.removals.remove(claimIn(call));
  const title = text.removed(shortCode);
  if (isProgram(call.request))
    return respondWith(`${title}\n`, "json", "text/plain; charset=utf-8", { call });
  return await show(call, { title }, <p class="lead text-center py-5">{title}</p>);
}
