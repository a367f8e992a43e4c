import type { App } from "../../../app.ts";
import { writeZip, type ZipEntry } from "../../../archive/write-zip.ts";
import type { Call } from "../../../http/call.ts";
import { parseId } from "../../../http/request/parse-id.ts";
import { download } from "../../../http/response/download.ts";
import { href } from "../../../http/urls.ts";
import type { LinkFile } from "../../../links/files/link-file.ts";
import { Problem } from "../../../problem.ts";
import { answerUnlessLive } from "../fallback.ts";
import { mustOpenFirst, throughGate } from "../gate/through-gate.ts";
import { type FoundLink, findLink, noLink, withoutMore } from "../live-link.ts";
import { isAskedByCollection } from "../open-file.ts";
import { recordVisit } from "../record-visit.ts";
import { text } from "../text.en.ts";

/** Most files that can be chosen at once. */
const MAX_CHOSEN = 1000;

/** `GET /-/zip/:shortCode`: all files of a collection, or those of `?file=`, as a zip that is written while it is sent. */
export async function zip(call: Call): Promise<Response> {
  const found = await findLink(call.app, call.params.shortCode ?? "");
  const { shortCode } = found;
  if (shortCode === call.params.shortCode && (await mustOpenFirst(call, found)))
    return withoutMore(call, href("open", { shortCode }));
  if (found.opening.kind !== "collection" || shortCode !== call.params.shortCode) throw noLink();
  return await throughGate(call, found, "part", () => sendZip(call, found));
}

async function sendZip(call: Call, { opening, shortCode }: FoundLink): Promise<Response> {
  const { app, request, url } = call;
  const other = await answerUnlessLive(call, opening);
  if (other !== null) return other;
  const chosen = url.searchParams.getAll("file").map((id) => parseId(id) ?? 0);
  if (chosen.length > MAX_CHOSEN) throw new Problem("bad_request", text.collection.tooManyChosen);
  const { links, clock } = app;
  const files =
    chosen.length === 0 ? links.files.all(opening.id) : links.files.some(opening.id, chosen);
  if (request.method === "GET" && !isAskedByCollection(call, opening))
    recordVisit(call, opening, clock());
  const name = `${opening.title.replaceAll(/[/\\]/g, "-") || shortCode}.zip`;
  const bytes = writeZip(entriesOf(app, files), clock());
  return download(bytes, { call, name, type: "application/zip" });
}

async function* entriesOf(
  { files: { blobs }, metrics }: App,
  files: AsyncIterable<LinkFile> | Promise<readonly LinkFile[]>,
): AsyncGenerator<ZipEntry> {
  for await (const { path, content } of await files) {
    const { size } = content;
    yield { name: path, size, bytes: (await blobs.open(content)).stream() };
    metrics.countDownload(size);
  }
}
