import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

/** A command of a fenced `sh` block, and where it is. */
export interface DocumentedCommand {
  /** Such as `docs/backup.md`. */
  readonly page: string;
  readonly line: number;
  /** As written, without a comment at its end. */
  readonly command: string;
}

/** README.md and the pages of docs/, without design decisions. */
export const pages: readonly string[] = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`),
];

/** Every command of `page`, in order. */
export function commandsOf(page: string): DocumentedCommand[] {
  return readCommands(page, readFileSync(join(ROOT, page), "utf8"));
}

/** The commands of the `sh` blocks of a Markdown text. A here document belongs to its command. */
export function readCommands(page: string, markdown: string): DocumentedCommand[] {
  const found: DocumentedCommand[] = [];
  let isShell = false;
  let end: string | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const last = found.at(-1);
    if (end !== undefined && last !== undefined) {
      found[found.length - 1] = { ...last, command: `${last.command}\n${text}` };
      if (text === end) end = undefined;
    } else if (text.startsWith("```")) {
      isShell = text === "```sh";
    } else if (isShell && text.trim() !== "" && !text.startsWith("#")) {
      const command = text.replace(/\s+#\s.*$/, "");
      found.push({ page, line: index + 1, command });
      end = /<<'(\w+)'/.exec(command)?.[1];
    }
  }
  return found;
}
