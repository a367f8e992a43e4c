import type { Dimension } from "../visits/dimension.ts";
import type { Visitor } from "../visits/visit.ts";

/** A visitor of an archive: what its visits are counted by, and the value of a dimension (null: not kept apart). */
export interface ArchivedVisitor extends Visitor {
  /** Without it by hours, as in older archives. */
  readonly countedBy?: "quarter" | Dimension | undefined;
  readonly value?: string | null | undefined;
}
