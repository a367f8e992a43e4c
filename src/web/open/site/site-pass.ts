import type { Call } from "../../../http/call.ts";
import type { Opening } from "../../../links/cached-link.ts";
import type { PassBinding } from "../../../links/gate/gate-passes.ts";
import type { Gate } from "../../../links/gate/gates.ts";

/**
 * In its sandbox, a page has no origin, so browsers send no cookie for what it loads: the address of that has the pass of
 * those who came through the gate. Empty for a site without one.
 */
export async function sitePassFor({ app, request }: Call, opening: Opening): Promise<string> {
  const gate = opening.isGated ? await app.links.gates.find(opening.id) : null;
  return gate === null ? "" : app.links.gates.passes.issue(bindingOf(request, opening, gate));
}

/** Whether the pass in an address opens the site's gate. */
export async function acceptsSitePass(
  { app, request }: Call,
  opening: Opening,
  pass: string,
): Promise<boolean> {
  if (!opening.isGated) return true;
  const [, given = ""] = pass.split("~");
  const gate = await app.links.gates.find(opening.id);
  return gate !== null && app.links.gates.passes.accepts(given, bindingOf(request, opening, gate));
}

/** The pass ends with the password, and is of no use to another browser. */
function bindingOf({ headers }: Request, { id }: Opening, { passwordHash }: Gate): PassBinding {
  const holder = `${passwordHash}\n${headers.get("user-agent") ?? ""}`;
  return { kind: "site", linkId: id, holder };
}
