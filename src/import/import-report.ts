import { type Kind, kinds } from "../links/link.ts";
import type { Remark, SourcePlace } from "./imported-site.ts";
import { text } from "./text.en.ts";

/** What an import works on. */
export interface ImportFacts {
  /** The program that is imported from, by its name. */
  readonly program: string;
  readonly from: string;
  readonly to: string;
  readonly isInPlace: boolean;
  readonly isDryRun: boolean;
  /** When it began, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** IANA name. */
  readonly zone: string;
}

export interface ReportedUser {
  readonly oldName: string;
  readonly username: string;
  readonly isNew: boolean;
  /** Whether there is an account already, which stays unchanged. */
  readonly isKept: boolean;
}

interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Collects what an import did, or would do. */
export class ImportReport {
  readonly #facts: ImportFacts;
  readonly #users: string[] = [];
  readonly #skipped: Remark[] = [];
  readonly #remarks: Remark[] = [];
  readonly #unusedFiles: string[] = [];
  readonly #renamed: string[] = [];
  readonly #links: Record<Kind, number> = {
    redirect: 0,
    file: 0,
    markdown: 0,
    html: 0,
    collection: 0,
  };
  #added = 0;
  #existing = 0;
  #expired = 0;
  #missing = 0;
  #files = 0;
  #bytes = 0;

  constructor(facts: ImportFacts) {
    this.#facts = facts;
  }

  user({ oldName, username, isNew, isKept }: ReportedUser): void {
    if (isNew) this.#added++;
    const name =
      oldName === username ? username : text.report.renamedUser(inOneLine(oldName), username);
    this.#users.push(isKept ? text.report.existingUser(name) : name);
  }

  /** Notes something that is not imported. */
  skip({ file, line }: SourcePlace, message: string): void {
    this.#skipped.push({ file, line, message });
  }

  /** Notes something that is imported differently, or worth knowing. */
  remark({ file, line }: SourcePlace, message: string): void {
    this.#remarks.push({ file, line, message });
  }

  link(kind: Kind, facts: { isExpired: boolean; isFileMissing: boolean }): void {
    this.#links[kind]++;
    if (facts.isExpired) this.#expired++;
    if (facts.isFileMissing) this.#missing++;
  }

  existingLink(): void {
    this.#existing++;
  }

  file(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
  }

  unusedFile(path: string): void {
    this.#unusedFiles.push(inOneLine(path));
  }

  renamed(file: string, to: string): void {
    this.#renamed.push(`${inOneLine(file)} -> ${inOneLine(to)}`);
  }

  /** A few lines for a terminal. */
  summary(): string {
    return [...this.#beginning(), ...this.#numbers()].join("\n");
  }

  /** The summary, and a line for everything that was noted. */
  full(): string {
    const { headings } = text.report;
    const sections: readonly Section[] = [
      { heading: headings.skipped, lines: this.#skipped.map(lineOf) },
      { heading: headings.remarks, lines: this.#remarks.map(lineOf) },
      { heading: headings.users, lines: this.#users },
      { heading: headings.unusedFiles, lines: this.#unusedFiles },
      { heading: headings.renamed, lines: this.#renamed },
    ];
    const written = sections
      .filter(({ lines }) => lines.length > 0)
      .map(({ heading, lines }) => `\n${heading}\n${lines.map((line) => `  ${line}\n`).join("")}`);
    return `${this.summary()}\n${written.join("")}`;
  }

  #beginning(): string[] {
    const { program, from, to, isInPlace, isDryRun, at, zone } = this.#facts;
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
    const time = local.toPlainDateTime().toString({ smallestUnit: "second" }).replace("T", " ");
    return [
      text.report.title(program, time, zone),
      isInPlace ? text.report.inPlace(to) : text.report.fromTo(from, to),
      ...(isDryRun ? [text.report.dryRun] : []),
      "",
    ];
  }

  #numbers(): string[] {
    const { rows, users, links, files } = text.report;
    const all = kinds.reduce((sum, kind) => sum + this.#links[kind], 0);
    // Other programs have no collections.
    const imported = kinds.filter((kind) => kind !== "collection");
    const byKind = imported.map((kind) => `${kind} ${this.#links[kind]}`).join(", ");
    const numbers: readonly (readonly [string, string | number])[] = [
      [rows.users, users(this.#users.length, this.#added)],
      [rows.links, links(all, byKind)],
      [rows.expired, this.#expired],
      [rows.missing, this.#missing],
      [rows.existing, this.#existing],
      [rows.files, files(this.#files, this.#bytes)],
      [rows.skipped, this.#skipped.length],
      [rows.remarks, this.#remarks.length],
      [rows.unusedFiles, this.#unusedFiles.length],
    ];
    return numbers.map(([name, value]) => `  ${name.padEnd(28)}${value}`);
  }
}

function lineOf({ file, line, message }: Remark): string {
  return `${inOneLine(file)}${line === null ? "" : `:${line}`}: ${inOneLine(message)}`;
}

/** Replaces what would break the line or turn its direction: the text may come from the imported data. */
function inOneLine(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "?");
}
