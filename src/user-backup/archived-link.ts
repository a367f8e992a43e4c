import type { ManifestLink } from "../archive/manifest.ts";

/** A link as an archive has it. Its shape is right; whether it may be is for the plan to judge. */
export interface ArchivedLink extends Omit<ManifestLink, "content" | "kind"> {
  readonly kind: string;
  readonly content: ArchivedContent | null;
}

/** Bytes that are an entry of the archive, or a text that stands in its links.toml. */
export interface ArchivedContent {
  readonly name: string;
  readonly modified_at: number;
  readonly source: { readonly entry: string } | { readonly text: string };
}
