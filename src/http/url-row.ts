/** Who may call a URL at all. What they may do to one resource there is decided by `policy.ts`. */
export type Access = "visitor" | "signed_in" | "in_person" | "administrator";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

export const READ = ["GET", "HEAD"] as const;
export const READ_AND_POST = ["GET", "HEAD", "POST"] as const;

/**
 * How a problem is worded: as a page (or JSON, if the client prefers that), as JSON (RFC 9457), as the API does, as text,
 * or for programs as text and for browsers as a page.
 */
export type Tongue = "page" | "json" | "api" | "text" | "program";

/** One URL of the site. */
export interface UrlRow {
  /** `:name` stands for one segment of the path, `:name.:extension` for both parts of one, a last `*` for all that follow. */
  readonly pattern: `/${string}`;
  /** As the `Allow` header lists them. */
  readonly methods: readonly Method[];
  readonly access: Access;
  readonly tongue: Tongue;
  /** Its purpose and the fields that it reads, for docs/urls.md. */
  readonly doc: string;
}

/** The names of the parameters of a pattern. */
export type ParamsIn<Pattern extends string> = Pattern extends `${infer First}/${infer Rest}`
  ? ParamIn<First> | ParamsIn<Rest>
  : ParamIn<Pattern>;

type ParamIn<Segment extends string> = Segment extends `:${infer Name}.:${infer Extension}`
  ? Name | Extension
  : Segment extends `:${infer Name}`
    ? Name
    : Segment extends "*"
      ? "path"
      : never;
