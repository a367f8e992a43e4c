import type { Call } from "../../../http/call.ts";
import { download } from "../../../http/response/download.ts";
import { filterIn } from "../filter-in.ts";
import { readView } from "../list/list-view.ts";

/** `GET /-/links.csv`: all links of a list. */
export async function linksCsv(call: Call): Promise<Response> {
  const filter = await filterIn(call, readView(call.url.searchParams));
  const lines = call.app.links.exportCsv(call.actor, filter);
  return download(bytesOf(lines), { call, name: "links.csv", type: "text/csv; charset=utf-8" });
}

async function* bytesOf(lines: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of lines) yield encoder.encode(piece);
}
