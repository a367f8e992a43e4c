import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sha256, write } from "../import/python/old-folder.ts";

export interface Size {
  readonly users: number;
  readonly linksEach: number;
  /** One of so many links is a file. */
  readonly everyFile: number;
}

/** The content of a file link. */
export function bytesOf(code: string): string {
  return `${code}\n`.repeat(100);
}

/** Writes an old data folder with many links; returns their short codes. */
export function writeManyLinks(root: string, { users, linksEach, everyFile }: Size): string[] {
  const codes: string[] = [];
  const tables: string[] = [];
  for (let user = 0; user < users; user++) {
    const name = `person${user}`;
    tables.push(`[users.${name}]\npassword_hash = "${sha256(name)}"\nis_admin = false\n`);
    mkdirSync(join(root, "users", name, "assets"), { recursive: true });
    const links: string[] = [];
    for (let link = 0; link < linksEach; link++) {
      const code = `u${user}l${link}`;
      codes.push(code);
      const isFile = link % everyFile === 0;
      if (isFile) write(root, `users/${name}/assets/${code}.txt`, bytesOf(code));
      links.push(isFile ? fileTable(code) : redirectTable(code));
    }
    write(root, `users/${name}/links.toml`, links.join("\n"));
  }
  write(root, "users/users.toml", tables.join("\n"));
  return codes;
}

function fileTable(code: string): string {
  return `[links.${code}]
type = "file"
path = "${code}.txt"
original_filename = "${code}.txt"
file_size = 1
mime_type = "text/plain"
upload_date = "2024-01-15T10:30:00.123456"
`;
}

function redirectTable(code: string): string {
  return `[links.${code}]\ntype = "redirect"\nurl = "https://example.com/${code}?a=b"\n`;
}
