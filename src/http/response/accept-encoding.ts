import { parseAccept } from "hono/utils/accept";
import { LRUCache } from "lru-cache";

/** Content codings that we send. */
export type Coding = "br" | "gzip" | "zstd";

/**
 * Returns the coding of `offered` that a request ranks highest, the first of equals (RFC 9110, 12.5.3); null for the
 * bytes as they are, which every client takes.
 */
export function chooseCoding<Offered extends Coding>(
  { headers }: Pick<Request, "headers">,
  offered: readonly Offered[],
): Offered | null {
  const qualities = qualitiesIn(headers.get("accept-encoding") ?? "");
  let best: Offered | null = null;
  let most = qualities.get("identity") ?? 0;
  for (const coding of offered) {
    const quality = qualities.get(coding) ?? qualities.get("*") ?? 0;
    if (quality === 0 || quality < most || (quality === most && best !== null)) continue;
    best = coding;
    most = quality;
  }
  return best;
}

type Qualities = ReadonlyMap<string, number>;

/** Browsers send few different headers, and to read one takes as long as to find the route of a request. */
const known = new LRUCache<string, Qualities>({ max: 50 });

/** Longest header that is kept, in characters. */
const KEPT_LENGTH = 100;

function qualitiesIn(header: string): Qualities {
  if (header.length > KEPT_LENGTH) return readQualities(header);
  const qualities = known.get(header) ?? readQualities(header);
  known.set(header, qualities);
  return qualities;
}

function readQualities(header: string): Qualities {
  return new Map(parseAccept(header).map(({ type, q }) => [type.toLowerCase(), q]));
}
