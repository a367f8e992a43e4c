import type { App } from "../../app.ts";
import type { ReadRow, RowFault } from "../../links/csv/read-row.ts";
import type { InputContext } from "../../links/input/link-schema.ts";

/** Links, and faults, that a preview names. */
const MAX_LINKS = 10;
const MAX_FAULTS = 200;

/** What an import of a file would do. */
export interface CsvPreview {
  readonly linkCount: number;
  readonly faultCount: number;
  /** The first ones. */
  readonly links: readonly ReadRow[];
  readonly faults: readonly RowFault[];
  /** Columns that are not imported. */
  readonly ignored: readonly string[];
}

/**
 * Reads a file without changing anything.
 * @throws Problem `invalid` on `file`, `too_large`
 */
export async function previewCsv(
  app: App,
  { path, ownerId }: { readonly path: string; readonly ownerId: number },
  context: InputContext,
): Promise<CsvPreview> {
  const { columns, portions } = await app.links.csv.check(
    Bun.file(path).stream(),
    ownerId,
    context,
  );
  let [linkCount, faultCount] = [0, 0];
  const links: ReadRow[] = [];
  const faults: RowFault[] = [];
  for await (const portion of portions) {
    linkCount += portion.links.length;
    faultCount += portion.faults.length;
    links.push(...portion.links.slice(0, MAX_LINKS - links.length));
    faults.push(...portion.faults.slice(0, MAX_FAULTS - faults.length));
  }
  return { linkCount, faultCount, links, faults, ignored: columns.ignored };
}
