import { integer } from "../values/setting-types.ts";
import { row } from "./setting-row.ts";

/** The section `limits`. */
export const limitSettings = {
  "limits.stranger_per_minute": row({
    type: integer(0, 1_000_000),
    default: 100,
    takesEffect: "live",
  }),
  "limits.account_per_minute": row({
    type: integer(0, 1_000_000),
    default: 6000,
    takesEffect: "live",
  }),
  "limits.key_per_minute": row({
    type: integer(0, 1_000_000),
    default: 6000,
    takesEffect: "live",
  }),
  "limits.open_per_minute": row({
    type: integer(0, 1_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "limits.stranger_cpu_ms": row({
    type: integer(0, 1_000_000),
    default: 10_000,
    takesEffect: "live",
  }),
  "limits.account_cpu_ms": row({
    type: integer(0, 1_000_000),
    default: 60_000,
    takesEffect: "live",
  }),
  "limits.uploads": row({
    type: integer(0, 1_000_000),
    default: 4,
    takesEffect: "live",
  }),
  "limits.upload_bytes_per_second": row({
    type: integer(0, 1_000_000_000),
    default: 1024,
    takesEffect: "live",
  }),
  "limits.slow_connections": row({
    type: integer(0, 1_000_000),
    default: 100,
    takesEffect: "live",
  }),
};
