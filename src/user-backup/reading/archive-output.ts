import { closeSync, openSync, read, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Preferences } from "../../accounts/user-schema.ts";
import type { ArchivedVisitor } from "../archived-visitor.ts";
import type { CheckedLink, SkippedLink, StoredText } from "../checked-link.ts";

/**
 * What reading an archive leaves: files without a name, which the process that reads it writes and that of the restore
 * reads. Both ends of their formats are in this file.
 *
 * links     a JSON text a line: a checked link, or one that is skipped
 * totals    for each checked link, two 64-bit floats: its visits, and the time of the last one or NaN
 * visitors  a JSON text a line
 * hours     rows of four 32-bit integers: place of the link, hour (or quarter, or day), place of the visitor, visits
 * texts     the texts of links in a links.toml, one after another
 */
const names = ["links", "totals", "visitors", "hours", "texts"] as const;

type Name = (typeof names)[number];

/** A link as its line has it: its totals are apart, since they are known last. */
export type LinkLine = Omit<CheckedLink, "place" | "visits" | "lastVisitAt"> | SkippedLink;

/** What an archive holds beside its lists. */
export interface ArchiveSummary {
  readonly preferences: Preferences;
  /** Checked links. */
  readonly links: number;
  /** Size of the files of all checked links, each file once. */
  readonly bytes: number;
  /** What could not be read. */
  readonly remarks: readonly string[];
}

/** What the process that reads an archive answers. */
export type Reading =
  | { readonly summary: ArchiveSummary }
  /** A fault of the archive, as a message for its sender. */
  | { readonly refusal: string }
  | { readonly isDiskFull: true };

const FIRST_DESCRIPTOR = 3;

/** Bytes that are written at a time. */
const BUFFER_BYTES = 262_144;

/** In the process that reads the archive: writes its lists. */
export class ArchiveOutput {
  readonly #waiting = new Map<Name, Buffer[]>(names.map((name) => [name, []]));
  readonly #sizes = new Map<Name, number>();
  #textBytes = 0;

  link(line: LinkLine): void {
    this.#line("links", line);
  }

  visitor(visitor: ArchivedVisitor): void {
    this.#line("visitors", visitor);
  }

  hour(row: readonly [place: number, hour: number, visitor: number, visits: number]): void {
    this.#add("hours", Buffer.from(Uint32Array.from(row).buffer));
  }

  total(visits: number, lastVisitAt: number | null): void {
    this.#add("totals", Buffer.from(Float64Array.of(visits, lastVisitAt ?? Number.NaN).buffer));
  }

  /** Keeps a text; returns where it is. */
  text(text: string): StoredText {
    const bytes = Buffer.from(text);
    const at = this.#textBytes;
    this.#textBytes += bytes.length;
    this.#add("texts", bytes);
    return { at, size: bytes.length };
  }

  end(): void {
    for (const name of names) this.#write(name);
  }

  #line(name: Name, value: unknown): void {
    this.#add(name, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  #add(name: Name, bytes: Buffer): void {
    this.#waiting.get(name)?.push(bytes);
    const size = (this.#sizes.get(name) ?? 0) + bytes.length;
    this.#sizes.set(name, size);
    if (size >= BUFFER_BYTES) this.#write(name);
  }

  #write(name: Name): void {
    const bytes = Buffer.concat(this.#waiting.get(name) ?? []);
    this.#waiting.set(name, []);
    this.#sizes.set(name, 0);
    const file = FIRST_DESCRIPTOR + names.indexOf(name);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  }
}

const readAt = promisify(read);

/** Links in a page, visitors in a page, and rows of hours in a page. */
const LINES = 500;
const ROWS = 20_000;

/** The files, open and without a name: nothing of them outlives the process. */
export class OutputFiles implements Disposable {
  /** In the order in which the process that reads the archive expects them. */
  readonly descriptors: readonly number[];

  /** @param folder on a disk, not in memory */
  constructor(folder: string, id: string) {
    this.descriptors = names.map((name) => openNameless(join(folder, `.reading-${id}-${name}`)));
  }

  /** Pages of links in the order of the archive; always the same ones. */
  async *links(): AsyncGenerator<readonly (CheckedLink | SkippedLink)[]> {
    let place = 0;
    for await (const lines of this.#lines("links")) {
      const totals = await this.#totals(place, lines.length);
      const first = place;
      yield lines.map((line) => {
        const link = JSON.parse(line) as LinkLine;
        if ("reason" in link) return link;
        const [visits = 0, lastVisitAt = Number.NaN] = totals.subarray((place - first) * 2);
        const last = Number.isNaN(lastVisitAt) ? null : lastVisitAt;
        return { ...link, place: place++, visits, lastVisitAt: last };
      });
    }
  }

  async *visitors(): AsyncGenerator<readonly ArchivedVisitor[]> {
    for await (const lines of this.#lines("visitors")) yield lines.map((line) => JSON.parse(line));
  }

  /** Pages of rows: place of the link, hour since 1970, place of the visitor, visits. */
  async *hours(): AsyncGenerator<Uint32Array> {
    for (let at = 0; ; at += ROWS * 16) {
      const bytes = await this.#read("hours", at, ROWS * 16);
      if (bytes.length === 0) return;
      yield new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    }
  }

  async *text({ at, size }: StoredText): AsyncGenerator<Uint8Array> {
    for (let read = 0; read < size; read += BUFFER_BYTES)
      yield await this.#read("texts", at + read, Math.min(BUFFER_BYTES, size - read));
  }

  [Symbol.dispose](): void {
    for (const file of this.descriptors) closeSync(file);
  }

  async #totals(place: number, count: number): Promise<Float64Array> {
    const bytes = await this.#read("totals", place * 16, count * 16);
    return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  }

  async *#lines(name: Name): AsyncGenerator<string[]> {
    const decoder = new TextDecoder();
    let lines: string[] = [];
    let rest = "";
    for (let at = 0; ; at += BUFFER_BYTES) {
      const bytes = await this.#read(name, at, BUFFER_BYTES);
      const text = rest + decoder.decode(bytes, { stream: true });
      lines.push(...text.split("\n"));
      rest = lines.pop() ?? "";
      for (; lines.length >= LINES; lines = lines.slice(LINES)) yield lines.slice(0, LINES);
      if (bytes.length === 0) break;
    }
    if (lines.length > 0) yield lines;
  }

  async #read(name: Name, at: number, length: number): Promise<Buffer> {
    const file = this.descriptors[names.indexOf(name)] ?? -1;
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await readAt(file, bytes, 0, length, at);
    return bytes.subarray(0, bytesRead);
  }
}

function openNameless(path: string): number {
  const file = openSync(path, "wx+", 0o600);
  rmSync(path);
  return file;
}
