import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";
import { passFor } from "../frame/navigation.ts";
import type { FoundLink } from "../live-link.ts";
import { sitePassFor } from "./site-pass.ts";

/** The address of a path of a site, with the slash by which its first page finds its files. */
export function siteAddress(shortCode: string, path: string): string {
  return path === "" ? `${href("open", { shortCode })}/` : href("part", { shortCode, path });
}

/** The address of a path of a site for a frame of ours. */
export async function siteSource(
  call: Call,
  { shortCode, opening }: FoundLink,
  path: string,
): Promise<string> {
  const once = passFor(call, `${shortCode}/${path}`) || "-";
  const gate = await sitePassFor(call, opening);
  const pass = gate === "" ? once : `${once}~${gate}`;
  return href("framedSite", { pass, shortCode, path });
}

/**
 * Whether a request comes from a page of the site, which is not in a frame of ours: one without an origin sends no
 * referrer. A forged header can only hide a visit of its own sender.
 */
export function isOfSite({ request, client }: Call, shortCode: string, path: string): boolean {
  const referrer = URL.parse(request.headers.get("referer") ?? "");
  if (referrer !== null)
    return (
      referrer.origin === client.origin && referrer.pathname.startsWith(siteAddress(shortCode, ""))
    );
  return path !== "" && request.headers.get("sec-fetch-site") === "cross-site";
}
