import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { answerUnlessLive } from "./fallback.ts";
import { mustOpenFirst, throughGate } from "./gate/through-gate.ts";
import { type FoundLink, findLink, noLink, withoutMore } from "./live-link.ts";
import { open } from "./open.ts";
import { sendPart } from "./open-file.ts";
import { openSitePart } from "./site/open-site.ts";
import { refuseServiceWorker } from "./site/service-worker.ts";

/** `GET /:shortCode/*`: one of the files of a link that has several, a page of a site, or a link with something glued to its code. */
export async function openPart(call: Call): Promise<Response> {
  const { shortCode: asked = "", path = "" } = call.params;
  const found = await findLink(call.app, asked);
  const { shortCode, opening } = found;
  if (shortCode === asked && (await mustOpenFirst(call, found)))
    return withoutMore(call, href("open", { shortCode }));
  if (opening.kind === "file" && path === opening.content?.name)
    return await open({ ...call, params: { shortCode: asked } });
  if (shortCode === asked && opening.isSite) {
    refuseServiceWorker(call.request);
    return await throughGate(call, found, "part", () => openSitePart(call, found, path));
  }
  if (shortCode !== asked || opening.kind !== "collection")
    return await open({ ...call, params: { shortCode: `${asked}/${path}` } });
  return await throughGate(call, found, "part", () => openFile(call, found, path));
}

async function openFile(call: Call, found: FoundLink, path: string): Promise<Response> {
  const { opening } = found;
  const other = await answerUnlessLive(call, opening);
  if (other !== null) return other;
  const file = await call.app.links.files.find(opening.id, path);
  if (file === null) throw noLink();
  return await sendPart(call, found, file.content);
}
