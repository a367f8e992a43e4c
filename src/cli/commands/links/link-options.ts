import type { RedirectStatus } from "../../../links/link.ts";
import { type Command, type Invocation, usageProblem } from "../../command.ts";
import { STANDARD_INPUT } from "../../given-file.ts";
import { text as shared } from "../text.en.ts";
import { text } from "./text.en.ts";

const add = () => shared.links.add;

/** Options of a link, new or not. */
export const commonOptions: Command["options"] = {
  alias: { value: "CODES", doc: () => text.alias },
  title: { value: "TEXT", doc: () => add().title },
  note: { value: "TEXT", doc: () => text.note },
  tag: { value: "NAMES", doc: () => add().tag },
  expires: { value: "WHEN", doc: () => add().expires },
  starts: { value: "WHEN", doc: () => add().starts },
  fallback: { value: "URL", doc: () => add().fallback },
  "visit-limit": { value: "COUNT", doc: () => add().visitLimit },
  "password-file": { value: "FILE", doc: () => add().passwordFile },
  "password-stdin": { doc: () => add().passwordStdin },
  "redirect-status": { value: "STATUS", doc: () => text.redirectStatus },
  embed: { value: "HOSTS", doc: () => text.embed },
  "forward-query": { doc: () => add().forwardQuery },
  inline: { doc: () => add().inline },
  download: { doc: () => add().download },
};

/** A line from a file or from standard input; null: none. */
export async function readPassword({
  option,
  has,
  positionals,
}: Invocation): Promise<string | null> {
  const path = option("password-file");
  if (has("password-stdin") && (path !== undefined || positionals[0] === STANDARD_INPUT))
    throw usageProblem(add().onePassword);
  if (!has("password-stdin") && path === undefined) return null;
  const given = await (path === undefined ? Bun.stdin : Bun.file(path)).text();
  return given.replace(/\r?\n$/, "");
}

/** Null: as the site's settings say. */
export function opensInBrowser({ has }: Invocation): boolean | null {
  if (has("inline") && has("download")) throw usageProblem(add().inlineOrDownload);
  if (has("download")) return false;
  return has("inline") ? true : null;
}

/** The schema refuses other numbers. */
export function redirectStatusIn({ option }: Invocation): RedirectStatus | undefined {
  const given = option("redirect-status");
  return given === undefined ? undefined : (Number(given) as RedirectStatus);
}

/** Short codes with commas or spaces between them. */
export function splitCodes(given: string): string[] {
  return given.split(/[\s,]+/).filter((code) => code !== "");
}
