import type { BlobPath, StoredBytes } from "../files/blob.ts";
import { type EmbedHosts, NO_HOSTS } from "./options/embed-hosts.ts";
import type { ShortCode } from "./short-code.ts";
import type { Target } from "./target/target.ts";

/** What each kind of link is made of. A kind is a row here and one in web/links/form/kind-fields.tsx. */
export const linkKinds = {
  redirect: { hasContent: false, textExtension: "" },
  file: { hasContent: true, textExtension: "txt" },
  markdown: { hasContent: true, textExtension: "md" },
  html: { hasContent: true, textExtension: "html" },
  collection: { hasContent: false, textExtension: "" },
} as const;

export type Kind = keyof typeof linkKinds;

export const kinds = Object.keys(linkKinds) as readonly Kind[];

/** The kinds that consist of the bytes of one file. */
export type ContentKind = {
  [Each in Kind]: (typeof linkKinds)[Each]["hasContent"] extends true ? Each : never;
}[Kind];

export function hasContent(kind: Kind): kind is ContentKind {
  return linkKinds[kind].hasContent;
}

/** Whether a link may have several files, besides what it has as its content. */
export function mayHaveFiles({ kind }: { readonly kind: Kind }): boolean {
  return kind === "collection" || kind === "html";
}

/** The kind of a link with such a file: HTML uploaded as Markdown becomes a web page. */
export function kindWithFile<Given extends Kind>(kind: Given, fileName: string): Given | "html" {
  return kind === "markdown" && /\.html?$/i.test(fileName) ? "html" : kind;
}

/** The file name of a text that was sent without one. */
export function nameForText(kind: ContentKind, title: string): string {
  const stem = title.replaceAll(/[/\\]/g, "-").trim() || "untitled";
  return `${stem}.${linkKinds[kind].textExtension}`;
}

export const redirectStatuses = [301, 302, 307, 308] as const;
export type RedirectStatus = (typeof redirectStatuses)[number];

export const linkStatuses = ["live", "scheduled", "limit_reached", "expired", "disabled"] as const;

/** What a link answers right now. */
export type LinkStatus = (typeof linkStatuses)[number];

/** The stored bytes of a link. */
export interface Content extends StoredBytes {
  readonly blobId: number;
  readonly path: BlobPath;
  /** The file name. */
  readonly name: string;
  /** The media type for browsers. */
  readonly type: string;
  /** When the link got them, in milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** What a link asks for before it opens. */
export interface LinkGate {
  /** Visits that it answers in all; null: any number. */
  readonly visitLimit: number | null;
  /** Null where there is no limit. */
  readonly visitsLeft: number | null;
  /** A PHC string; empty: no password. */
  readonly passwordHash: string;
  /** Wrong passwords since it was set. */
  readonly wrongPasswords: number;
}

/** The gate of a link that asks for nothing. */
export const noGate: LinkGate = {
  visitLimit: null,
  visitsLeft: null,
  passwordHash: "",
  wrongPasswords: 0,
};

/** What a link may have beside what it opens. Times are milliseconds since 1970 UTC. */
export interface LinkOptions {
  /** Before it, visitors find no link here; null: from the beginning. */
  readonly startsAt: number | null;
  /** Where visitors are sent when the link has expired or is disabled; empty: as the site's settings say. */
  readonly fallbackUrl: Target | "";
  /** Whether a redirect passes the visitor's parameters on; null: as the site's settings say. */
  readonly forwardQuery: boolean | null;
  /** Websites that may show what it opens in a frame; none for a redirect. */
  readonly embedHosts: EmbedHosts;
  /** Further short codes that open the link. */
  readonly aliases: readonly ShortCode[];
}

/** The options of a link that has none. */
export const noOptions: LinkOptions = {
  startsAt: null,
  fallbackUrl: "",
  forwardQuery: null,
  embedHosts: NO_HOSTS,
  aliases: [],
};

/** A short link. Times are milliseconds since 1970 UTC. */
export interface Link extends LinkOptions, LinkGate {
  readonly id: number;
  readonly shortCode: ShortCode;
  readonly ownerId: number;
  readonly kind: Kind;
  /** The destination of a redirect; empty for the other kinds. */
  readonly target: Target | "";
  /** Null for a redirect. */
  readonly content: Content | null;
  /** Whether a file is shown in the browser, if its type is safe. */
  readonly inline: boolean;
  readonly title: string;
  /** In the order of their folded names. */
  readonly tags: readonly string[];
  readonly note: string;
  readonly redirectStatus: RedirectStatus;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  /** Whether its owner's links.toml declares it: then it changes with that file alone. */
  readonly declared: boolean;
  /** Raised by every change, from 1 on. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What `link` answers at `now`; without its visits left, it may have reached its limit. */
export function statusOf(
  link: Pick<Link, "startsAt" | "expiresAt" | "disabled"> & {
    readonly visitsLeft?: number | null | undefined;
  },
  now: number,
): LinkStatus {
  if (link.disabled) return "disabled";
  if (link.expiresAt !== null && link.expiresAt <= now) return "expired";
  if (link.startsAt !== null && link.startsAt > now) return "scheduled";
  if (link.visitsLeft === 0) return "limit_reached";
  return "live";
}
