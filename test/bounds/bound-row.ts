import type { Method } from "../../src/http/url-row.ts";
import type { UrlName } from "../../src/http/urls.ts";
import type { BoundSite, Sent } from "./bound-site.ts";

/** One thing that makes an operation dearer, and what bounds it. */
export interface BoundRow {
  readonly name: UrlName;
  readonly method: Exclude<Method, "HEAD">;
  readonly grows: string;
  readonly bound: string;
  /** What is answered at the bound, in words. */
  readonly answer: string;
  /** A size within the bound, as four times of it is. */
  readonly size: number;
  /** A size beyond the bound, and the status it gets; null if what is stored may grow, and the answer does not. */
  readonly beyond: readonly [size: number, status: number] | null;
  /** The status of sizes within the bound. */
  readonly status: number;
  /** Most rows that a request of the larger size adds to the database. */
  readonly rows: number;
  /** Most bytes of the answer to the larger size. */
  readonly bytes: number;
  /** Stores what the request of this size is about. */
  readonly store?: (site: BoundSite, size: number) => Promise<unknown>;
  readonly request: (site: BoundSite, size: number) => Sent | Promise<Sent>;
}

type Given = Pick<BoundRow, "grows" | "bound" | "answer" | "size" | "request"> & Partial<BoundRow>;

/** A page is at most this long, whatever is stored or sent. */
const PAGE = 200_000;

export function row(name: UrlName, method: BoundRow["method"], given: Given): BoundRow {
  const status = method === "GET" ? 200 : 303;
  return { name, method, beyond: null, status, rows: 4, bytes: PAGE, ...given };
}

export const get = (name: UrlName, given: Given) => row(name, "GET", given);
export const post = (name: UrlName, given: Given) => row(name, "POST", given);

/** A form post; `docs` reads this table outside of tests, where world.ts cannot be loaded. */
export const form = (fields: Readonly<Record<string, string>>) => ({
  method: "POST",
  body: new URLSearchParams(fields),
});

export const letters = (count: number) => "a".repeat(count);

/** A GET that nothing makes dearer but its URL. */
export function byUrl(
  name: UrlName,
  path: (site: BoundSite) => string,
  more: Partial<BoundRow> = {},
) {
  return get(name, {
    grows: "the URL",
    bound: "16,384 bytes",
    answer: "414",
    size: 4_000,
    beyond: [17_000, 414],
    request: async (site, size) => {
      const url = path(site);
      const room = size - url.length;
      return { path: `${url}${url.includes("?") ? "&" : "?"}x=${letters(Math.max(0, room - 3))}` };
    },
    ...more,
  });
}

/** A small form, whose unknown fields browsers may send. */
export function byForm(
  name: UrlName,
  path: (site: BoundSite) => string,
  fields: Readonly<Record<string, string>> = {},
  more: Partial<BoundRow> = {},
) {
  return post(name, {
    grows: "the form",
    bound: "1 MB",
    answer: "413",
    size: 200_000,
    beyond: [1_100_000, 413],
    request: (site, size) => ({
      path: path(site),
      init: form({ ...fields, extra: letters(size) }),
    }),
    ...more,
  });
}

export const notRead = { bound: "not read", answer: "the same", beyond: null } as const;

/** A field of a form with a longest value. */
export function byField(
  name: UrlName,
  path: string,
  field: string,
  most: number,
  fields: (site: BoundSite) => Readonly<Record<string, string>>,
  more: Partial<BoundRow> = {},
) {
  return post(name, {
    grows: `\`${field}\``,
    bound: `${most.toLocaleString("en")} characters`,
    answer: "422",
    size: Math.floor(most / 4),
    beyond: [most + 1, 422],
    request: (site, size) => ({
      path,
      init: form({ ...fields(site), [field]: letters(size) }),
    }),
    ...more,
  });
}

export const at = (path: string) => () => path;

export const TARGET = "https://example.com/";
