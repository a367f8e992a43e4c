/** Parameters of the opened URL that say by which campaign it was found, in the order of their dimensions. */
const PARAMETERS = ["utm_source", "utm_medium", "utm_campaign"] as const;

/** Most characters of a value that are kept. */
const MAX_VALUE = 64;

/** Source, medium and campaign. */
export type Campaign = readonly [string, string, string];

/** What cannot be in a text of the database, or breaks lines. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** Reads the campaign of a query; null where it has none. Values are text that anybody may have chosen. */
export function campaignOf(query: string): Campaign | null {
  if (!query.includes("utm_")) return null;
  const parameters = new URLSearchParams(query);
  const [source, medium, campaign] = PARAMETERS.map((name) => shorten(parameters.get(name) ?? ""));
  const found = [source ?? "", medium ?? "", campaign ?? ""] as const;
  return found.some((value) => value !== "") ? found : null;
}

function shorten(value: string): string {
  const line = value
    .slice(0, 4 * MAX_VALUE)
    .replace(CONTROL, " ")
    .trim();
  return line.slice(0, MAX_VALUE).toWellFormed().trim();
}
