import type { Call } from "../../../http/call.ts";
import { downloadCsv } from "../../../http/response/download.ts";
import { filterIn } from "../filter-in.ts";
import { readView } from "../list/list-view.ts";

/** `GET /-/links.csv`: all links of a list. */
export async function linksCsv(call: Call): Promise<Response> {
  const filter = await filterIn(call, readView(call.url.searchParams));
  const lines = call.app.links.exportCsv(call.actor, filter);
  return downloadCsv(lines, { call, name: "links.csv" });
}
