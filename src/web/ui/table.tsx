/** @jsxImportSource #markup */
import type { Child } from "./markup/markup.ts";

/** One column: its heading, and its cell for each row. */
export interface Column<Row> {
  readonly heading: Child;
  /** Shown before each cell on a narrow screen; null: nothing. Default: `heading`, if it is plain text. */
  readonly label?: string | null;
  /** How the rows are sorted by this column, if they are. */
  readonly sorted?: "ascending" | "descending" | undefined;
  readonly cell: (row: Row) => Child;
  readonly class?: string;
}

interface TableProps<Row> {
  /** What the table holds, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** A table that becomes a stack of cards on a narrow screen. */
export function Table<Row>({ caption, columns, rows }: TableProps<Row>) {
  return (
    <table class="table align-middle stacking">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" class={column.class} aria-sort={column.sorted}>
              {column.heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {columns.map((column) => (
              <td class={column.class} data-heading={labelOf(column)}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function labelOf<Row>({ label, heading }: Column<Row>): string | undefined {
  if (label !== undefined) return label ?? undefined;
  return typeof heading === "string" ? heading : undefined;
}
