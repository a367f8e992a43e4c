import { networks } from "../values/addresses.ts";
import { flag, headerName, integer, optionalLine } from "../values/setting-types.ts";
import { row } from "./setting-row.ts";

/** The section `visits`. */
export const visitSettings = {
  "visits.retention_days": row({
    type: integer(1, 36_500),
    default: 90,
    takesEffect: "live",
  }),
  "visits.journal_mb": row({
    type: integer(2, 100_000),
    default: 256,
    takesEffect: "live",
  }),
  "visits.count_owners": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "visits.respect_gpc": row({
    type: flag(),
    default: false,
    takesEffect: "live",
  }),
  "visits.excluded_networks": row({
    type: networks(),
    default: [],
    takesEffect: "live",
  }),
  "visits.countries": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "visits.country_header": row({
    type: headerName(),
    default: "",
    takesEffect: "live",
  }),
  "visits.country_file": row({
    type: optionalLine(4096),
    default: "",
    takesEffect: "live",
  }),
} as const;
