import type { NewKeyInput } from "../../../accounts/keys/key-schema.ts";
import type { App } from "../../../app.ts";
import { effectiveZone } from "../../../config/values/time-zone.ts";
import { parseExpiry } from "../../../links/expiry.ts";
import { operator } from "../../../policy.ts";
import { type Invocation, printNote, printResult, usageProblem } from "../../command.ts";
import { withApp } from "../../with-app.ts";
import { findOwner } from "../links/link-owner.ts";
import { text } from "./text.en.ts";

/** Standard output has the key alone, so that it can be read into a variable or a file. */
export async function addKeyHere(invocation: Invocation): Promise<void> {
  const { positionals, option } = invocation;
  const username = option("user");
  const scopes = option("scopes");
  if (username === undefined) throw usageProblem(text.userMissing);
  if (scopes === undefined) throw usageProblem(text.scopesMissing);
  await withApp(invocation, async (app) => {
    const owner = await findOwner(app, username);
    const [name = ""] = positionals;
    const some = option("kinds");
    const input = {
      name,
      scopes: namesIn(scopes),
      ...(some !== undefined && { kinds: namesIn(some) }),
      expiresAt: expiryOf(app, option("expires")),
    };
    // Its schema checks the names.
    const { secret } = await app.accounts.keys.create(operator, owner, input as NewKeyInput);
    printNote(text.created(name, owner.username));
    printResult(secret);
  });
}

function expiryOf({ clock, live }: App, given: string | undefined): number | null {
  if (given === undefined) return null;
  return parseExpiry(given, "expires", { now: clock(), zone: effectiveZone(live.current) });
}

function namesIn(list: string): string[] {
  return list.split(/[\s,]+/).filter((name) => name !== "");
}
