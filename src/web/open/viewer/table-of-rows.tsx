/** @jsxImportSource #markup */
import { extensionOf } from "../../../files/file-name.ts";
import type { Call } from "../../../http/call.ts";
import { takeWork } from "../../../http/caller/take-work.ts";
import { cellsOf, RowSplitter, separatorOf } from "../../../links/csv/row-splitter.ts";
import type { Content } from "../../../links/link.ts";
import { textOf } from "../../../text/text-encoding.ts";
import { text } from "../text.en.ts";

/** Most rows, and columns, that are shown, and how many bytes of a file are read for them. */
const MOST_ROWS = 1000;
const MOST_COLUMNS = 100;
const READ_BYTES = 1_048_576;

/** CPU time in milliseconds of the largest table. */
const TABLE_MS = 15;

/** The first rows of a CSV or TSV file as a table, its first row as headings; null if it is none. */
export async function tableOfRows(call: Call, content: Content) {
  if (!/^text\//.test(content.type) || !/^(?:csv|tsv)$/.test(extensionOf(content.name)))
    return null;
  takeWork(call, TABLE_MS);
  const [head, ...rows] = await readRows(call, content);
  if (head === undefined || head.length < 2) return null;
  const shown = rows.slice(0, MOST_ROWS);
  const isCut = rows.length > MOST_ROWS || content.size > READ_BYTES;
  return (
    <>
      {isCut && <p>{text.viewer.firstRows(shown.length)}</p>}
      <section class="file-table" tabindex={0} aria-label={text.viewer.content}>
        <table class="table table-sm">
          <thead>
            <tr>
              {head.map((cell) => (
                <th scope="col">{cell}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((cells) => (
              <tr>
                {cells.map((cell) => (
                  <td>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

async function readRows({ app }: Call, content: Content): Promise<readonly string[][]> {
  const isCut = content.size > READ_BYTES;
  const bytes = await app.files.blobs.open(content);
  const source = textOf(await bytes.slice(0, READ_BYTES).bytes(), isCut);
  if (source === null) return [];
  const separator = separatorOf(source.trimStart().split(/[\r\n]/, 1)[0] ?? "");
  const splitter = new RowSplitter(separator);
  const rows = splitter.push(source);
  // The last row of what was read is not whole, unless the file ends with it.
  if (!isCut) rows.push(...splitter.end());
  return rows
    .slice(0, MOST_ROWS + 2)
    .map((row) => cellsOf(row.text, separator).slice(0, MOST_COLUMNS));
}
