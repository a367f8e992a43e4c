/** @jsxImportSource #markup */
import { href } from "../../../http/urls.ts";
import type { CsvPreview } from "../../../import/csv/preview-csv.ts";
import { MAX_CSV_BYTES, MAX_CSV_ROWS } from "../../../links/csv/csv-import.ts";
import type { ReadRow } from "../../../links/csv/read-row.ts";
import type { RestoreRecord } from "../../../links/restores/restore-record.ts";
import { formatBytes, formatList } from "../../../text/format.ts";
import { progressAddress } from "../../backup/progress-address.ts";
import { PageHead } from "../../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, TextArea } from "../../ui/post-form.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { text as uiText } from "../../ui/text.en.ts";
import { text } from "./text.en.ts";

interface ImportFormProps {
  readonly entry: Entry;
  /** The import of the user's account that is in progress. */
  readonly running: RestoreRecord | null;
}

export function ImportForm({ entry, running }: ImportFormProps) {
  return (
    <div class="form-width">
      <PageHead title={text.title} />
      <p>{text.about}</p>
      {running !== null && (
        <p class="callout">
          {text.form.inProgress} <a href={progressAddress(running)}>{text.form.show}</a>
        </p>
      )}
      <Fields entry={entry} />
    </div>
  );
}

function Fields({ entry }: { entry: Entry }) {
  return (
    <PostForm action={href("importLinks")} entry={entry} enctype="multipart/form-data">
      <TextArea
        entry={entry}
        name="links"
        label={text.form.pasted}
        help={text.form.pastedHelp}
        rows={8}
        class="font-monospace"
        autocapitalize="none"
        autocomplete="off"
      />
      <ColumnList />
      <InputField
        entry={entry}
        name="file"
        label={text.form.file}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        help={text.form.fileHelp(formatBytes(MAX_CSV_BYTES), MAX_CSV_ROWS)}
      />
      <button class="btn btn-primary" type="submit">
        {uiText.actions.preview}
      </button>{" "}
      <a class="btn btn-quiet" href={href("links")}>
        {uiText.actions.cancel}
      </a>
    </PostForm>
  );
}

function ColumnList() {
  return (
    <details class="mb-3">
      <summary>{text.form.columns}</summary>
      <ul class="mb-0">
        {Object.entries(text.columnsRead).map(([name, meaning]) => (
          <li>
            <code>{name}</code>
            {meaning !== "" && `: ${meaning}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

interface PreviewProps {
  readonly preview: CsvPreview;
  /** Names the uploaded file. */
  readonly sent: string;
  /** What was pasted, if that is what was sent. */
  readonly pasted: string;
}

/** Longest pasted text that the preview shows again. */
const MAX_EDITED = 200_000;

/** What an import will do, and the button that starts it. */
export function ImportPreview({ preview, sent, pasted }: PreviewProps) {
  const { linkCount, faultCount, ignored } = preview;
  const { importAll, importGood } = text.preview;
  const isEditable = pasted !== "" && pasted.length <= MAX_EDITED;
  return (
    <>
      <PageHead title={text.preview.title} />
      <p>{linkCount > 0 ? text.preview.links(linkCount) : text.preview.none}</p>
      {faultCount > 0 && (
        <p class="callout border-danger" role="alert">
          {text.preview.faults(faultCount)}
        </p>
      )}
      {ignored.length > 0 && <p class="name">{text.preview.ignored(formatList(ignored))}</p>}
      <form class="mb-4" method="post" action={href("importLinks")}>
        <input type="hidden" name="sent" value={sent} />
        {linkCount > 0 && (
          <button class="btn btn-primary" type="submit" name="action" value="import">
            {(faultCount === 0 ? importAll : importGood)(linkCount)}
          </button>
        )}{" "}
        {!isEditable && (
          <a class="btn btn-quiet" href={href("importLinks")}>
            {text.preview.chooseAnother}
          </a>
        )}
      </form>
      {isEditable && (
        <details class="mb-4" open={linkCount === 0}>
          <summary>{text.preview.change}</summary>
          <div class="mt-3 form-width">
            <Fields entry={{ values: { links: pasted } }} />
          </div>
        </details>
      )}
      <FaultTable
        faults={preview.faults.flatMap(({ line, fields }) =>
          Object.entries(fields).map(([field, reason]) => ({ line, field, reason })),
        )}
        shown={preview.faults.length}
        count={faultCount}
      />
      {preview.links.length > 0 && (
        <section>
          <h2 class="h5">{text.preview.linksTitle}</h2>
          <FirstOf shown={preview.links.length} count={linkCount} />
          <Table caption={text.preview.linksTitle} columns={linkColumns()} rows={preview.links} />
        </section>
      )}
    </>
  );
}

/** What is wrong in a line. */
interface LineFault {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
}

interface FaultTableProps {
  readonly faults: readonly LineFault[];
  readonly shown: number;
  readonly count: number;
}

function FaultTable({ faults, shown, count }: FaultTableProps) {
  if (faults.length === 0) return null;
  return (
    <section>
      <h2 class="h5">{text.preview.faultsTitle}</h2>
      <FirstOf shown={shown} count={count} />
      <Table caption={text.preview.faultsTitle} columns={faultColumns()} rows={faults} />
    </section>
  );
}

function FirstOf({ shown, count }: { shown: number; count: number }) {
  return shown < count ? <p class="small">{text.preview.firstOf(shown, count)}</p> : null;
}

const faultColumns = (): Column<LineFault>[] => [
  { heading: text.heads.line, cell: ({ line }) => String(line) },
  {
    heading: text.heads.field,
    cell: ({ field }) => (field === "" ? text.wholeLine : <code>{field}</code>),
  },
  { heading: text.heads.reason, class: "name", cell: ({ reason }) => reason },
];

const linkColumns = (): Column<ReadRow>[] => [
  { heading: text.heads.line, cell: ({ line }) => String(line) },
  {
    heading: text.heads.code,
    class: "name",
    cell: ({ input }) => input.shortCode ?? <i>{text.automatic}</i>,
  },
  { heading: text.heads.destination, class: "name", cell: ({ input }) => input.target },
  { heading: text.heads.linkTitle, class: "name", cell: ({ input }) => <bdi>{input.title}</bdi> },
];
