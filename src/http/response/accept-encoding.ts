import { parseAccept } from "hono/utils/accept";

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
  const accepted = parseAccept(headers.get("accept-encoding") ?? "");
  const qualities = new Map(accepted.map(({ type, q }) => [type.toLowerCase(), q]));
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
