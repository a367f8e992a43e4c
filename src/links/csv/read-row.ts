import type { NewLink } from "../input/link-schema.ts";

/** A row that can become a link. */
export interface ReadRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly input: NewLink;
}

/** What is wrong in a row: a message for each field, by the name of its column; "": the row itself. */
export interface RowFault {
  readonly line: number;
  readonly cells: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/** What is wrong in a row, as one line of text. */
export function describeFault({ fields }: Pick<RowFault, "fields">): string {
  const parts = Object.entries(fields).map(([name, why]) =>
    name === "" ? why : `${name}: ${why}`,
  );
  return parts.join(" ");
}
