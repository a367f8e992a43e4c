/** @jsxImportSource #markup */
import { nameOf, type Upload } from "../../files/uploads/upload.ts";
import { href } from "../../http/urls.ts";
import { formatBytes } from "../../text/format.ts";
import { type Column, Table } from "../ui/table.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

interface UploadListProps {
  readonly uploads: readonly Upload[];
  readonly zone: string;
}

/** Uploads of a user of which no link was created, with buttons that delete them. */
export function UploadList({ uploads, zone }: UploadListProps) {
  const { file, stored, expires, of } = text.uploads;
  const columns: readonly Column<Upload>[] = [
    { heading: file, cell: (upload) => <span class="name">{nameOf(upload)}</span> },
    {
      heading: stored,
      cell: ({ received, length }) =>
        length === null ? formatBytes(received) : of(formatBytes(received), formatBytes(length)),
    },
    { heading: expires, cell: ({ expiresAt }) => <Time at={expiresAt} zone={zone} /> },
    { heading: shared.actions.delete, cell: (upload) => <DeleteButton upload={upload} /> },
  ];
  return <Table caption={text.uploads.title} columns={columns} rows={uploads} />;
}

function DeleteButton({ upload }: { upload: Upload }) {
  return (
    <form method="post" action={href("profile")}>
      <input type="hidden" name="action" value="delete_upload" />
      <input type="hidden" name="upload" value={upload.id} />
      <button
        class="btn btn-sm btn-quiet"
        type="submit"
        aria-label={text.uploads.remove(nameOf(upload))}
      >
        {shared.actions.delete}
      </button>
    </form>
  );
}
