import type { AuditFilter } from "../../audit/audit.ts";
import { auditDeeds } from "../../audit/audit-deeds.ts";
import { href, type UrlName, withQuery } from "../../http/urls.ts";

/** The filter fields of the record's address, as they were typed. */
export const filterNames = ["deed", "actor", "thing", "address", "since", "until"] as const;

/** How somebody looks at the record: all that the page's address says. */
export interface AuditView {
  readonly fields: Readonly<Record<(typeof filterNames)[number], string>>;
  /** The `next` of the page before; null at the beginning. */
  readonly after: number | null;
}

/** The view that an address asks for. What it says wrongly counts as not said. */
export function readAuditView(query: URLSearchParams): AuditView {
  const given = filterNames.map((name) => [name, query.get(name)?.trim() ?? ""] as const);
  const after = query.get("after") ?? "";
  return {
    fields: Object.fromEntries(given) as AuditView["fields"],
    after: /^[1-9]\d{0,15}$/.test(after) ? Number(after) : null,
  };
}

/** The address of a view on one of the record's pages, as short as it can be. */
export function auditAddress(
  name: Extract<UrlName, "audit" | "auditCsv" | "ownAudit">,
  { fields, after }: AuditView,
): string {
  const said = filterNames.map((field) => [field, fields[field] || null] as const);
  return withQuery(href(name), { ...Object.fromEntries(said), after: after?.toString() });
}

/** What a view leaves out. Days are those of `zone`, an IANA name, the last one included. */
export function filterOf({ fields }: AuditView, zone: string): AuditFilter {
  const deed = auditDeeds.find((known) => known === fields.deed);
  const since = startOfDay(fields.since, zone, 0);
  const until = startOfDay(fields.until, zone, 1);
  return {
    ...(deed && { deed }),
    ...(fields.actor !== "" && { actor: fields.actor }),
    ...(fields.thing !== "" && { thing: fields.thing }),
    ...(fields.address !== "" && { address: fields.address }),
    ...(since !== null && { since }),
    ...(until !== null && { until }),
  };
}

/** The first moment of the day `later` days after the one that is written; null where none is. */
function startOfDay(text: string, zone: string, later: number): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    const day = Temporal.PlainDate.from(text).add({ days: later });
    return day.toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}
