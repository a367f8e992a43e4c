import type { Columns } from "../database/database.ts";
import type { Sums } from "./sum-table.ts";

/** Sums are by a link and a number made of the rest: these are more than there are of each. */
export const CLASSES = 16;
export const DAYS = 2 ** 17;
export const PLACES = 2 ** 20;
export const VALUE_IDS = 2 ** 31;

/** Rows of `link_quarter`, or of the same by owners. */
export function quarterColumns(
  of: "link_id" | "owner_id",
  { firsts, seconds, counts }: Sums,
): Columns {
  return {
    [of]: firsts,
    quarter: seconds.map((second) => Math.floor(second / CLASSES)),
    class: seconds.map((second) => second % CLASSES),
    visits: counts,
  };
}

/** Rows of `link_day`, or of the same by owners. */
export function dayColumns(of: "link_id" | "owner_id", { firsts, seconds, counts }: Sums): Columns {
  const groups = seconds.map((second) => Math.floor(second / VALUE_IDS));
  return {
    [of]: firsts,
    dimension: groups.map((group) => Math.floor(group / DAYS)),
    day: groups.map((group) => group % DAYS),
    value_id: seconds.map((second) => second % VALUE_IDS),
    visits: counts,
  };
}
