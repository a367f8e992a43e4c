/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import type { OwnersNews } from "../../../links/bulk/declared-links.ts";
import { declaringFile } from "../../../links/rows/declared.ts";
import { ownOnly } from "../../signed-in.ts";
import { fillText } from "../../ui/fill-text.tsx";
import { text } from "./text.en.ts";

/** Reads what is wrong with the user's links.toml; for an administrator, with the files of all users. */
export async function readAlerts(call: Call): Promise<readonly OwnersNews[]> {
  const { ownerId } = ownOnly(call);
  return await call.app.links.declared.news(ownerId);
}

/** Why links differ from their links.toml. */
export function DeclarationAlerts({ alerts }: { alerts: readonly OwnersNews[] }) {
  return (
    <>
      {alerts.map((alert) => (
        <div class="callout border-warning" role="alert">
          {describe(alert)}
        </div>
      ))}
    </>
  );
}

function describe({ owner, fault, waiting }: OwnersNews) {
  return fillText(fault === "" ? text.declared.waiting(waiting) : text.declared.broken(fault), {
    file: <span class="name">{declaringFile(owner)}</span>,
    command: <code>trunk8 apply --user {owner} --prune</code>,
  });
}
