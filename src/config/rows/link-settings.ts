import { schemes, webAddress } from "../values/addresses.ts";
import { flag, integer, optionalLine } from "../values/setting-types.ts";
import { row } from "./setting-row.ts";

/** The section `links`. */
export const linkSettings = {
  "links.schemes": row({
    type: schemes(),
    default: ["http", "https"],
    takesEffect: "live",
  }),
  "links.indexed": row({
    type: flag(),
    default: false,
    takesEffect: "live",
  }),
  "links.nofollow": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "links.expired_retention_days": row({
    type: integer(0, 36_500),
    default: 30,
    takesEffect: "live",
  }),
  "links.trash_days": row({
    type: integer(0, 3650),
    default: 30,
    takesEffect: "live",
  }),
  "links.cache_size": row({
    type: integer(100, 10_000_000),
    default: 100_000,
    takesEffect: "restart",
  }),
  "links.forward_query": row({
    type: flag(),
    default: false,
    takesEffect: "live",
  }),
  "links.embed_anywhere": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "links.fallback_url": row({
    type: webAddress(),
    default: "",
    takesEffect: "live",
  }),
  "links.gone_text": row({
    type: optionalLine(500),
    default: "",
    takesEffect: "live",
  }),
  "links.serve_stale_seconds": row({
    type: integer(0, 86_400),
    default: 0,
    takesEffect: "restart",
  }),
  "links.max_age_seconds": row({
    type: integer(0, 31_536_000),
    default: 0,
    takesEffect: "live",
  }),
};
