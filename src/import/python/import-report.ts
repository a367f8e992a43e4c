import { type Kind, kinds } from "../../links/link.ts";
import { formatBytes } from "../../text/format.ts";

/** Something to tell of a place in an old folder. */
export interface Remark {
  /** From the folder on. */
  readonly file: string;
  /** Null: it is about the whole file. */
  readonly line: number | null;
  readonly message: string;
}

/** One piece of what is told at the end. */
interface Chapter {
  readonly heading: string;
  readonly lines: readonly string[];
}

export interface Moving {
  readonly from: string;
  readonly to: string;
  readonly isInPlace: boolean;
  readonly isDryRun: boolean;
  /** When it began, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** IANA name. */
  readonly zone: string;
}

export interface ReportedPerson {
  readonly oldName: string;
  readonly username: string;
  readonly isNew: boolean;
  /** Whether they have an account here that stays as it is. */
  readonly isKept: boolean;
}

/** What a move-in did, or would do, gathered while it goes on. */
export class MoveReport {
  readonly #moving: Moving;
  readonly #people: string[] = [];
  readonly #leftOut: Remark[] = [];
  readonly #remarks: Remark[] = [];
  readonly #unnamed: string[] = [];
  readonly #renamed: string[] = [];
  readonly #moved: Record<Kind, number> = { redirect: 0, file: 0, markdown: 0, html: 0 };
  #made = 0;
  #alreadyHere = 0;
  #expired = 0;
  #missing = 0;
  #files = 0;
  #bytes = 0;

  constructor(moving: Moving) {
    this.#moving = moving;
  }

  person({ oldName, username, isNew, isKept }: ReportedPerson): void {
    if (isNew) this.#made++;
    const name = oldName === username ? username : `${show(oldName)} is ${username} here`;
    this.#people.push(isKept ? `${name} (the account was here already, and stays as it is)` : name);
  }

  /** What does not come. */
  leaveOut(file: string, line: number | null, message: string): void {
    this.#leftOut.push({ file, line, message });
  }

  /** What comes otherwise than it was, or should be known. */
  remark(file: string, line: number | null, message: string): void {
    this.#remarks.push({ file, line, message });
  }

  link(kind: Kind, facts: { isExpired: boolean; isFileMissing: boolean }): void {
    this.#moved[kind]++;
    if (facts.isExpired) this.#expired++;
    if (facts.isFileMissing) this.#missing++;
  }

  linkIsHere(): void {
    this.#alreadyHere++;
  }

  file(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
  }

  unnamed(file: string): void {
    this.#unnamed.push(file);
  }

  renamed(file: string, to: string): void {
    this.#renamed.push(`${file} -> ${to}`);
  }

  /** A few lines for a terminal. */
  summary(): string {
    return [...this.#beginning(), ...this.#numbers()].join("\n");
  }

  /** Everything, line by line. */
  text(): string {
    const chapters: readonly Chapter[] = [
      { heading: "Left out", lines: this.#leftOut.map(write) },
      { heading: "To be known", lines: this.#remarks.map(write) },
      { heading: "People", lines: this.#people },
      { heading: "Files that no link names; they stay where they are", lines: this.#unnamed },
      { heading: "Renamed", lines: this.#renamed },
    ];
    const written = chapters
      .filter(({ lines }) => lines.length > 0)
      .map(({ heading, lines }) => `\n${heading}\n${lines.map((line) => `  ${line}\n`).join("")}`);
    return `${this.summary()}\n${written.join("")}`;
  }

  #beginning(): string[] {
    const { from, to, isInPlace, isDryRun, at, zone } = this.#moving;
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
    const time = local.toPlainDateTime().toString({ smallestUnit: "second" }).replace("T", " ");
    return [
      `Moving in from the Python Trunk8, ${time} (${zone})`,
      isInPlace ? `In ${to}, where files stay where they are` : `From ${from} to ${to}`,
      ...(isDryRun ? ["Nothing was changed: this is what would be done."] : []),
      "",
    ];
  }

  #numbers(): string[] {
    const moved = kinds.reduce((sum, kind) => sum + this.#moved[kind], 0);
    const byKind = kinds.map((kind) => `${kind} ${this.#moved[kind]}`).join(", ");
    const rows: readonly (readonly [string, string | number])[] = [
      ["People", `${this.#people.length}, of them ${this.#made} new here`],
      ["Links", `${moved} (${byKind})`],
      ["  expired already", this.#expired],
      ["  whose file is missing", this.#missing],
      ["Links that were here", this.#alreadyHere],
      ["Files", `${this.#files}, ${formatBytes(this.#bytes)}`],
      ["Left out", this.#leftOut.length],
      ["To be known", this.#remarks.length],
      ["Files that no link names", this.#unnamed.length],
    ];
    return rows.map(([name, value]) => `  ${name.padEnd(26)}${value}`);
  }
}

function write({ file, line, message }: Remark): string {
  return `${show(file)}${line === null ? "" : `:${line}`}: ${show(message)}`;
}

/** One line, whatever the old files hold. */
function show(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "?");
}
