import { refused } from "../../archive/archive.ts";
import { VISITS } from "../../archive/manifest.ts";
import { text as archiveText } from "../../archive/text.en.ts";
import { isHourInRange, MAX_VISITS } from "../../archive/value-ranges.ts";
import { QUARTER_MS } from "../../visits/quarter.ts";
import type { ArchivedVisitor } from "../archived-visitor.ts";
import { text } from "../text.en.ts";
import type { ArchiveOutput } from "./archive-output.ts";
import type { LinkReader } from "./link-reader.ts";

/** Most hours of an archive. */
const MAX_HOURS = 10_000_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Longest line: those of ours have at most 150,000 bytes. */
const MAX_LINE = 1_048_576;

/** What is known of a visitor of the manifest. */
export interface VisitorKind {
  readonly isPerson: boolean;
  /** What its visits are counted by; without it, by hours. */
  readonly countedBy: ArchivedVisitor["countedBy"];
}

interface HoursReaderParts {
  readonly links: LinkReader;
  /** Of the manifest. */
  readonly visitors: readonly VisitorKind[];
  readonly output: ArchiveOutput;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** What the hours of a link sum up to. */
interface Total {
  /** Of everybody. */
  all: number;
  /** Of people. */
  visits: number;
  /** Milliseconds since 1970 UTC of the beginning and end of the last one by people. */
  from: number;
  to: number;
}

/** Checks the hours of the links one by one, and writes each out. */
export class HoursReader {
  readonly #parts: HoursReaderParts;
  readonly #totals = new Map<number, Total>();
  #count = 0;

  constructor(parts: HoursReaderParts) {
    this.#parts = parts;
  }

  /** @throws Problem `invalid` on `backup_file` */
  async read(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const line of linesOf(bytes)) this.#addLine(line);
  }

  /**
   * Writes the visits by people to each link. Totals in older archives include bots, so they count for links without
   * hours only.
   */
  writeTotals(): void {
    const { links, output } = this.#parts;
    for (const [place, visits] of links.visits.entries()) {
      const last = links.lastVisitAt[place] ?? null;
      const total = this.#totals.get(place);
      if (total === undefined) output.total(last === null ? 0 : visits, last);
      else if (total.visits === 0) output.total(0, null);
      else output.total(total.visits, lastOf(total, last));
    }
  }

  #addLine(line: string): void {
    const { short_code: code, hours } = objectOf(line);
    if (typeof code !== "string" || !Array.isArray(hours)) throw badLine();
    const place = this.#parts.links.places.get(code);
    for (const row of hours) this.#addRow(place, row);
  }

  #addRow(place: number | undefined, row: unknown): void {
    if (++this.#count > MAX_HOURS) throw refused(text.archive.tooManyHours);
    if (!Array.isArray(row) || row.length !== 3) throw badLine();
    const [at, visitor, visits] = row as unknown[];
    if (!isCount(at) || !isCount(visitor) || !isCount(visits) || visits < 1) throw badLine();
    const { visitors, output, now } = this.#parts;
    const kind = visitors[visitor];
    if (kind === undefined) throw refused(text.archive.unknownVisitor(VISITS));
    if (visits > MAX_VISITS) throw badLine();
    const length = lengthOf(kind);
    if (place === undefined || !isHourInRange(Math.floor((at * length) / HOUR_MS), now)) return;
    if (length < DAY_MS) this.#sum(place, kind, { from: at * length, length, visits });
    output.hour([place, at, visitor, visits]);
  }

  /** Days repeat what hours or quarter hours have. */
  #sum(
    place: number,
    { isPerson }: VisitorKind,
    { from, length, visits }: { from: number; length: number; visits: number },
  ): void {
    const total = this.#totals.get(place) ?? { all: 0, visits: 0, from: 0, to: 0 };
    this.#totals.set(place, total);
    total.all += visits;
    if (total.all > MAX_VISITS) throw badLine();
    if (!isPerson) return;
    total.visits += visits;
    if (from < total.from) return;
    total.from = from;
    total.to = from + length;
  }
}

/** Milliseconds of what visits are counted by. */
function lengthOf({ countedBy }: VisitorKind): number {
  if (countedBy === undefined) return HOUR_MS;
  return countedBy === "quarter" ? QUARTER_MS : DAY_MS;
}

function lastOf({ from, to }: Total, lastVisitAt: number | null): number {
  const isExact = lastVisitAt !== null && lastVisitAt >= from && lastVisitAt < to;
  return isExact ? lastVisitAt : from;
}

function objectOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw badLine();
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function badLine() {
  return refused(archiveText.badJson(VISITS, ""));
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw refused(text.archive.noLines(VISITS));
    yield* lines;
  }
  if (rest !== "") yield rest;
}
