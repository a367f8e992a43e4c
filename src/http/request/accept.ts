import { type Accept, parseAccept } from "hono/utils/accept";
import { LRUCache } from "lru-cache";
import { hasJsonBody } from "./json-body.ts";

/** Whether the answer should be JSON: the body is, or the client ranks it above HTML, or equal and more exactly. */
export function prefersJson({ headers }: Pick<Request, "headers">): boolean {
  return hasJsonBody({ headers }) || asksForJson({ headers });
}

/** The same by what the client accepts alone. */
export function asksForJson({ headers }: Pick<Request, "headers">): boolean {
  return wishesIn(headers).prefersJson;
}

/** Whether a program sent the request: browsers ask for HTML by its name, and programs as a rule for anything. */
export function isProgram({ headers }: Pick<Request, "headers">): boolean {
  return prefersJson({ headers }) || !wishesIn(headers).namesHtml;
}

/** What an `Accept` header says. */
interface Wishes {
  readonly prefersJson: boolean;
  readonly namesHtml: boolean;
}

/** Clients send few different headers, and a request is asked several times. */
const known = new LRUCache<string, Wishes>({ max: 100 });
const MAX_KEPT_LENGTH = 300;

function wishesIn(headers: Headers): Wishes {
  const header = headers.get("accept") ?? "";
  const found = known.get(header);
  if (found !== undefined) return found;
  const wishes = parseWishes(header);
  if (header.length <= MAX_KEPT_LENGTH) known.set(header, wishes);
  return wishes;
}

function parseWishes(header: string): Wishes {
  const ranges = parseAccept(header);
  const html = preferenceFor("text/html", ranges);
  const isPreferred = ["application/json", "application/problem+json"]
    .map((type) => preferenceFor(type, ranges))
    .some(
      (json) =>
        json.quality > html.quality ||
        (json.quality > 0 && json.quality === html.quality && json.exactness > html.exactness),
    );
  const namesHtml = ranges.some(({ type }) => type.toLowerCase() === "text/html");
  return { prefersJson: isPreferred, namesHtml };
}

/** How much a client wants a media type; `exactness` 2 by type/subtype, 1 by type/\*, 0 by *\/* (RFC 9110, 12.5.1). */
interface Preference {
  readonly quality: number;
  readonly exactness: number;
}

/** The most exact range counts. */
function preferenceFor(type: string, ranges: readonly Accept[]): Preference {
  const fitting = ["*/*", type.replace(/\/.*/, "/*"), type];
  return ranges
    .map(({ type: range, q }) => ({ quality: q, exactness: fitting.indexOf(range.toLowerCase()) }))
    .reduce((best, each) => (each.exactness > best.exactness ? each : best), {
      quality: 0,
      exactness: -1,
    });
}
