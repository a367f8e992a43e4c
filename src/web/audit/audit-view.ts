import type { AuditFilter } from "../../audit/audit.ts";
import { auditActions } from "../../audit/audit-actions.ts";
import { href, type UrlName, withQuery } from "../../http/urls.ts";

/** Filter fields of the URL, as they were typed. */
export const filterNames = ["action", "actor", "resource", "address", "since", "until"] as const;

type FilterName = (typeof filterNames)[number];

/** Names that fields had in earlier releases: URLs with them keep working. */
const formerNames: Readonly<Partial<Record<FilterName, string>>> = {
  action: "deed",
  resource: "thing",
};

/** What the URL of the activity log selects. */
export interface AuditView {
  readonly fields: Readonly<Record<FilterName, string>>;
  /** The `next` of the previous page; null at the beginning. */
  readonly after: number | null;
}

/** Reads the view from a URL's query; invalid values are ignored. */
export function readAuditView(query: URLSearchParams): AuditView {
  const given = filterNames.map((name) => [name, readField(query, name)] as const);
  const after = query.get("after") ?? "";
  return {
    fields: Object.fromEntries(given) as AuditView["fields"],
    after: /^[1-9]\d{0,15}$/.test(after) ? Number(after) : null,
  };
}

function readField(query: URLSearchParams, name: FilterName): string {
  const former = formerNames[name];
  const text = query.get(name) ?? (former === undefined ? null : query.get(former));
  return text?.trim() ?? "";
}

/** The shortest URL of a view on one of the pages. */
export function auditAddress(
  name: Extract<UrlName, "audit" | "auditCsv" | "ownAudit">,
  { fields, after }: AuditView,
): string {
  const said = filterNames.map((field) => [field, fields[field] || null] as const);
  return withQuery(href(name), { ...Object.fromEntries(said), after: after?.toString() });
}

/** The conditions of a view. Days are those of `zone`, an IANA name; the last one is included. */
export function filterOf({ fields }: AuditView, zone: string): AuditFilter {
  const action = auditActions.find((known) => known === fields.action);
  const since = startOfDay(fields.since, zone, 0);
  const until = startOfDay(fields.until, zone, 1);
  return {
    ...(action && { action }),
    ...(fields.actor !== "" && { actor: fields.actor }),
    ...(fields.resource !== "" && { resource: fields.resource }),
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
