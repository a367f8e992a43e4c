import type { Call } from "../../../http/call.ts";
import { isForContentHost } from "../../../http/content-origin.ts";
import type { Opening } from "../../../links/cached-link.ts";
import type { PassBinding } from "../../../links/gate/gate-passes.ts";

/**
 * In its sandbox, a page has no origin, so browsers send no cookie for what it loads: the address of that has a pass of
 * those who opened the gate, and where browsers do not say which page a request is of, of those who got the page. Else it
 * is empty.
 */
export async function sitePassFor(call: Call, opening: Opening): Promise<string> {
  if (!opening.isGated && call.request.headers.has("sec-fetch-dest")) return "";
  const binding = await bindingOf(call, opening);
  return binding === null ? "" : call.app.links.gates.passes.issue(binding);
}

/** Whether the address of what a page loads has such a pass. */
export async function hasSitePass(call: Call, opening: Opening): Promise<boolean> {
  const [, pass = ""] = (call.params.pass ?? "").split("~");
  const binding = pass === "" ? null : await bindingOf(call, opening);
  return binding !== null && call.app.links.gates.passes.accepts(pass, binding);
}

/**
 * Whether something may be a script: not for a page of ours, which has an origin and may load those of this host. A page
 * of a user has none, or that of the content host.
 */
export async function mayRun(call: Call, opening: Opening): Promise<boolean> {
  const { app, request, settings } = call;
  if (isForContentHost(request, settings)) return true;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin";
  return (await hasSitePass(call, opening)) || !(await app.accounts.users.areSeveral());
}

/** The pass ends with the password, and is of no use to another browser. */
async function bindingOf(
  { app, request: { headers }, client }: Call,
  { id, isGated }: Opening,
): Promise<PassBinding | null> {
  const gate = isGated ? await app.links.gates.find(id) : { passwordHash: "" };
  if (gate === null) return null;
  const address = headers.has("sec-fetch-dest") ? "" : client.address;
  const holder = [gate.passwordHash, address, headers.get("user-agent")].join("\n");
  return { kind: "site", linkId: id, holder };
}
