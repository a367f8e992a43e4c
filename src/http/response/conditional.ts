/** What a client may compare with what it has. */
export interface Validators {
  /** A strong entity tag, in its quotes. */
  readonly etag: string;
  /** Milliseconds since 1970 UTC, as `provenDate` returns them; null for none. */
  readonly modifiedAt: number | null;
  /** Bytes of the whole. */
  readonly size: number;
}

/**
 * Returns the time of a change if Last-Modified, in whole seconds, can prove it (RFC 9110, 8.8.2.2): within the same
 * second another change may follow, and a clock that was set back knows no date. Else null.
 */
export function provenDate(modifiedAt: number, now: number): number | null {
  return seconds(modifiedAt) < seconds(now) ? modifiedAt : null;
}

/** Bytes from `first` to `last`, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a reading request is to get. */
export type Verdict = "full" | "not_modified" | "precondition_failed" | "unsatisfiable" | ByteRange;

/** What a GET or HEAD is to get, by its conditions in the order of RFC 9110, 13.2.2. Only a GET gets a part. */
export function judge(
  { method, headers }: Pick<Request, "method" | "headers">,
  validators: Validators,
): Verdict {
  if (!isExpectedState(headers, validators)) return "precondition_failed";
  if (isKnownAlready(headers, validators)) return "not_modified";
  const range = headers.get("range");
  if (method !== "GET" || range === null || !isRangeWanted(headers, validators)) return "full";
  return rangeVerdict(range, validators.size);
}

/** If-Match or, only where there is none, If-Unmodified-Since. */
function isExpectedState(headers: Headers, { etag, modifiedAt }: Validators): boolean {
  const match = headers.get("if-match");
  if (match !== null) return match.trim() === "*" || tagsIn(match).includes(etag);
  const since = parseHttpDate(headers.get("if-unmodified-since"));
  return since === null || modifiedAt === null || seconds(modifiedAt) <= seconds(since);
}

/** Whether a request says that it has what `etag` names. */
export function isKnownTag({ headers }: Pick<Request, "headers">, etag: string): boolean {
  const noneMatch = headers.get("if-none-match");
  return noneMatch !== null && isAmong(noneMatch, etag);
}

function isAmong(noneMatch: string, etag: string): boolean {
  return noneMatch.trim() === "*" || tagsIn(noneMatch).some(isWeakly(etag));
}

/** If-None-Match or, only where there is none, If-Modified-Since. */
function isKnownAlready(headers: Headers, { etag, modifiedAt }: Validators): boolean {
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) return isAmong(noneMatch, etag);
  const since = parseHttpDate(headers.get("if-modified-since"));
  return since !== null && modifiedAt !== null && seconds(modifiedAt) <= seconds(since);
}

/** If-Range: the very tag, or the very date. A weak tag never is. */
function isRangeWanted(headers: Headers, { etag, modifiedAt }: Validators): boolean {
  const condition = headers.get("if-range")?.trim();
  if (condition === undefined || condition === etag) return true;
  const date = parseHttpDate(condition);
  return date !== null && modifiedAt !== null && seconds(date) === seconds(modifiedAt);
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function tagsIn(list: string): readonly string[] {
  return list.match(ENTITY_TAG) ?? [];
}

function isWeakly(etag: string): (tag: string) => boolean {
  return (tag) => tag.replace(/^W\//, "") === etag;
}

const RANGE_SPEC = /^(\d*)-(\d*)$/;

/** A range that is invalid, in another unit, or one of several is as none: the whole is sent (RFC 9110, 14.2). */
function rangeVerdict(header: string, size: number): Verdict {
  const [unit = "", set = ""] = header.split("=", 2);
  const specs = set.split(",").map((spec) => spec.trim());
  const given = specs.filter((spec) => spec !== "");
  const [, first = "", last = ""] = RANGE_SPEC.exec(given[0] ?? "") ?? [];
  if (unit.trim().toLowerCase() !== "bytes" || given.length !== 1) return "full";
  if (first !== "") return partFrom(Number(first), last === "" ? Infinity : Number(last), size);
  return last === "" ? "full" : lastPart(Number(last), size);
}

function partFrom(first: number, last: number, size: number): Verdict {
  if (last < first) return "full";
  if (first >= size) return "unsatisfiable";
  return { first, last: Math.min(last, size - 1) };
}

/** More than there is means all there is, and all of nothing is no part of it. */
function lastPart(length: number, size: number): Verdict {
  if (length === 0) return "unsatisfiable";
  if (size === 0) return "full";
  return { first: Math.max(0, size - length), last: size - 1 };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

const MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun";
const LONG_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday";
const TIME = String.raw`(?<time>\d\d:\d\d:\d\d)`;

/** The three forms that a recipient must take (RFC 9110, 5.6.7). */
const HTTP_DATES = [
  String.raw`(?:${DAYS}), (?<day>\d\d) (?<month>${MONTHS}) (?<year>\d{4}) ${TIME} GMT`,
  String.raw`(?:${LONG_DAYS}), (?<day>\d\d)-(?<month>${MONTHS})-(?<year>\d\d) ${TIME} GMT`,
  String.raw`(?:${DAYS}) (?<month>${MONTHS}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** An HTTP date as milliseconds since 1970; null for anything else, which is to be ignored. */
export function parseHttpDate(text: string | null): number | null {
  if (text === null) return null;
  for (const form of HTTP_DATES) {
    const { day, month, year = "", time } = form.exec(text.trim())?.groups ?? {};
    const at = Date.parse(`${day} ${month} ${fullYear(year)} ${time} GMT`);
    if (!Number.isNaN(at)) return at;
  }
  return null;
}

/** Two digits are of the century in which they are not far ahead. */
function fullYear(year: string): string {
  if (year.length !== 2) return year;
  return Number(year) < 70 ? `20${year}` : `19${year}`;
}
