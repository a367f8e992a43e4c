import type { Flag } from "../database/schema.ts";
import {
  type Content,
  type Kind,
  kinds,
  type Link,
  type LinkOptions,
  noOptions,
  type RedirectStatus,
} from "./link.ts";
import { type EmbedHosts, embedHostsFrom } from "./options/embed-hosts.ts";
import { type ContentColumns, contentFrom } from "./rows/link-columns.ts";
import type { ShortCode } from "./short-code.ts";
import { type Location, locationOf } from "./target/location.ts";
import type { Target } from "./target/target.ts";

/** The options that decide what a visitor gets. */
type OpeningOption = Exclude<keyof LinkOptions, "aliases">;

/** The part of a link that is needed to open it, without the title of a redirect. */
export interface Opening
  extends Pick<
    Link,
    | "id"
    | "kind"
    | "title"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "content"
    | "inline"
    | "updatedAt"
    | OpeningOption
  > {
  /** Whether it asks for something before it opens: a password, or a visit that is left. */
  readonly isGated: boolean;
  /** Whether it is an HTML page with files beside it: a site. */
  readonly isSite: boolean;
  /** The destination of a redirect as a URI; empty for the other kinds. */
  readonly location: Location | "";
  /** The owner's theme for Markdown pages, of such a page only. */
  readonly ownerTheme: string | null;
}

/** What a link is read from. */
export interface OpeningRow
  extends Pick<
      Link,
      | "id"
      | "kind"
      | "target"
      | "title"
      | "redirectStatus"
      | "expiresAt"
      | "updatedAt"
      | "startsAt"
      | "fallbackUrl"
    >,
    ContentColumns {
  readonly short_code: ShortCode;
  readonly disabled: Flag;
  readonly inline: Flag;
  readonly forwardQuery: Flag | null;
  readonly embedHosts: EmbedHosts | null;
  readonly isGated: Flag;
  readonly isSite: Flag;
  readonly ownerTheme: string | null;
}

/** The bucket of a code, and the version at which that stood when the row was read. */
export class CachedRead {
  readonly bucket: number;
  readonly version: number;
  used = false;

  constructor(bucket: number, version: number) {
    this.bucket = bucket;
    this.version = version;
  }
}

/** What links with stored bytes or options have. */
type Rest = Pick<
  Opening,
  | "kind"
  | "title"
  | "content"
  | "inline"
  | "updatedAt"
  | "ownerTheme"
  | "isGated"
  | "isSite"
  | OpeningOption
>;

/** What a redirect without options has instead, one for all. */
const REDIRECT: Rest = {
  ...noOptions,
  kind: "redirect",
  title: "",
  content: null,
  inline: false,
  updatedAt: 0,
  ownerTheme: null,
  isGated: false,
  isSite: false,
};

/**
 * A link as it is kept. A site may have a hundred thousand in memory, nearly all of them redirects: an object has only
 * what those need, in eight fields.
 */
export class CachedLink extends CachedRead {
  readonly id: number;
  readonly location: Location | "";
  readonly redirectStatus: RedirectStatus;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  readonly #rest: Rest;

  constructor(row: OpeningRow, bucket: number, version: number) {
    super(bucket, version);
    const isRedirect = row.kind === "redirect";
    this.id = row.id;
    this.location = isRedirect ? locationOf(row.target) : "";
    this.redirectStatus = row.redirectStatus;
    this.expiresAt = row.expiresAt;
    this.disabled = row.disabled === 1;
    this.#rest = isRedirect && !hasOptions(row) ? REDIRECT : restFrom(row, isRedirect);
  }

  get startsAt(): number | null {
    return this.#rest.startsAt;
  }

  get fallbackUrl(): Target | "" {
    return this.#rest.fallbackUrl;
  }

  get forwardQuery(): boolean | null {
    return this.#rest.forwardQuery;
  }

  get embedHosts(): EmbedHosts {
    return this.#rest.embedHosts;
  }

  get isGated(): boolean {
    return this.#rest.isGated;
  }

  get isSite(): boolean {
    return this.#rest.isSite;
  }

  get kind(): Kind {
    return this.#rest.kind;
  }

  get title(): string {
    return this.#rest.title;
  }

  get content(): Content | null {
    return this.#rest.content;
  }

  get inline(): boolean {
    return this.#rest.inline;
  }

  get updatedAt(): number {
    return this.#rest.updatedAt;
  }

  get ownerTheme(): string | null {
    return this.#rest.ownerTheme;
  }
}

function hasOptions({ startsAt, fallbackUrl, forwardQuery, isGated }: OpeningRow): boolean {
  return startsAt !== null || fallbackUrl !== "" || forwardQuery !== null || isGated === 1;
}

function restFrom(row: OpeningRow, isRedirect: boolean): Rest {
  const { kind, title, updatedAt, ownerTheme, startsAt, fallbackUrl, forwardQuery } = row;
  const options = {
    startsAt,
    fallbackUrl,
    forwardQuery: forwardQuery === null ? null : forwardQuery === 1,
    embedHosts: embedHostsFrom(kind, row.embedHosts),
    isGated: row.isGated === 1,
  };
  // A limited redirect shows its title to previews.
  if (isRedirect) return { ...REDIRECT, ...options, title: options.isGated ? title : "" };
  return {
    ...options,
    kind: sameText(kind),
    title,
    content: contentFrom(row),
    inline: row.inline === 1,
    isSite: row.isSite === 1,
    updatedAt,
    ownerTheme,
  };
}

/** One string for all links of a kind, where each row brought its own. */
function sameText(kind: Kind): Kind {
  return kinds.find((known) => known === kind) ?? kind;
}
