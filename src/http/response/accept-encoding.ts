/** The ways in which we send bytes compressed. */
export type Coding = "br" | "gzip" | "zstd";

/**
 * What a request likes best of `offered`, and of its equals the first (RFC 9110, 12.5.3); null: bytes as they are,
 * which everybody takes.
 */
export function chooseCoding<Offered extends Coding>(
  { headers }: Pick<Request, "headers">,
  offered: readonly Offered[],
): Offered | null {
  const accepted = headers.get("accept-encoding");
  if (accepted === null || accepted === "") return null;
  const weights = weightsIn(accepted);
  let best: Offered | null = null;
  let most = weights.get("identity") ?? 0;
  for (const coding of offered) {
    const weight = weights.get(coding) ?? weights.get("*") ?? 0;
    if (weight === 0 || weight < most || (weight === most && best !== null)) continue;
    best = coding;
    most = weight;
  }
  return best;
}

function weightsIn(accepted: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of accepted.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";");
    weights.set(name.trim(), weightIn(parameters));
  }
  return weights;
}

const WEIGHT = /^\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/;

/** What has no weight has all of it, and what has one that is none is not asked for. */
function weightIn([parameter, ...others]: readonly string[]): number {
  if (parameter === undefined) return 1;
  const weight = others.length === 0 ? WEIGHT.exec(parameter)?.[1] : undefined;
  return Number(weight ?? 0);
}
