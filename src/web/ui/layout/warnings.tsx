/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { safeNext } from "../../../http/next-path.ts";
import { addDismissed, readDismissed } from "../../../http/request/cookies.ts";
import { readForm } from "../../../http/request/form.ts";
import { seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { invalid } from "../../../problem.ts";
import { text } from "./text.en.ts";

/** What an administrator should fix, until it is dismissed in this browser; other users do not see it. */
export function Warnings({ call }: { call: Call }) {
  const { app, user, url } = call;
  if (user?.role !== "administrator") return null;
  const { fault } = app.live;
  const faults = fault === null ? [] : [text.warnings.settingsBroken(fault)];
  const dismissed = new Set(readDismissed(call));
  const warnings = [...faults, ...app.warnings].filter((each) => !dismissed.has(keyOf(each)));
  if (warnings.length === 0) return null;
  return (
    <div class="callout border-warning" role="alert">
      {warnings.map((warning) => (
        <form class="page-head" method="post" action={href("dismissWarning")}>
          <p class="mb-0">{warning}</p>
          <input type="hidden" name="warning" value={keyOf(warning)} />
          <input type="hidden" name="back" value={url.pathname + url.search} />
          <button class="btn btn-sm btn-quiet" type="submit">
            {text.warnings.dismiss}
          </button>
        </form>
      ))}
    </div>
  );
}

/** `POST /-/warnings/dismiss` */
export async function dismissWarning(call: Call): Promise<Response> {
  const form = await readForm(call);
  const key = form.text("warning");
  if (!/^[0-9a-z]{1,13}$/.test(key)) throw invalid("warning", text.warnings.unknown);
  const headers = new Headers();
  addDismissed(headers, key, call);
  return seeOther(safeNext(form.text("back")), { call, headers });
}

/** Identifies a warning by its text: one that says something else is shown again. */
function keyOf(warning: string): string {
  return Bun.hash.xxHash64(warning).toString(36);
}
