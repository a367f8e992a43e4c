import { accountRows } from "./account-bounds.ts";
import { apiAdminRows } from "./api-admin-bounds.ts";
import { apiRows } from "./api-bounds.ts";
import type { BoundRow } from "./bound-row.ts";
import { linkRows } from "./link-bounds.ts";
import { openRows } from "./open-bounds.ts";
import { fixedRows, storedRows } from "./page-bounds.ts";

/** Every operation of the table of routes. */
export const boundRows: readonly BoundRow[] = [
  ...storedRows,
  ...openRows,
  ...linkRows,
  ...accountRows,
  ...apiRows,
  ...apiAdminRows,
  ...fixedRows,
];
