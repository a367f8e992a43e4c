import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Why something could not be shown on this machine. */
export class LeftOut extends Error {}

interface Finding {
  readonly what: string;
  readonly outcome: "proved" | "left out" | "failed";
  /** Why it is not proved. */
  readonly why: string;
}

/** What was shown of each file of deploy/. */
export class Report {
  readonly #root: string;
  readonly #findings = new Map<string, Finding[]>();

  /** @param root the folder `deploy` */
  constructor(root: string) {
    this.#root = root;
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        this.#findings.set(relative(root, join(entry.parentPath, entry.name)), []);
  }

  get files(): string[] {
    return [...this.#findings.keys()].sort();
  }

  path(file: string): string {
    return join(this.#root, file);
  }

  async text(file: string): Promise<string> {
    return await Bun.file(this.path(file)).text();
  }

  /** Tries to show something of files; what goes wrong is noted, and the others go on. */
  async prove(files: string | readonly string[], what: string, work: () => unknown): Promise<void> {
    const finding = await judge(what, work);
    for (const file of [files].flat()) this.#note(file, finding);
  }

  /**
   * Writes one line for each file; false where something failed.
   * @param isWhole whether every file should have been tried
   */
  print(write: (line: string) => void, { isWhole }: { isWhole: boolean }): boolean {
    const isTried = (file: string) => this.#findings.get(file)?.length !== 0;
    const asked = this.files.filter((file) => isWhole || isTried(file));
    const lines = asked.map((file) => lineOf(file, this.#findings.get(file) ?? []));
    lines.forEach(write);
    return lines.every((line) => !line.startsWith("FAILED"));
  }

  #note(file: string, finding: Finding): void {
    const findings = this.#findings.get(file);
    if (findings === undefined) this.#findings.set(file, [missing(file), finding]);
    else findings.push(finding);
  }
}

function missing(file: string): Finding {
  return { what: "is there", outcome: "failed", why: `deploy/${file} is missing` };
}

async function judge(what: string, work: () => unknown): Promise<Finding> {
  try {
    await work();
    return { what, outcome: "proved", why: "" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { what, outcome: error instanceof LeftOut ? "left out" : "failed", why };
  }
}

function lineOf(file: string, findings: readonly Finding[]): string {
  const of = (outcome: Finding["outcome"]) => findings.filter((each) => each.outcome === outcome);
  const [failed, proved, leftOut] = [of("failed"), of("proved"), of("left out")];
  if (failed.length > 0)
    return `FAILED   ${file}: ${failed.map(({ what, why }) => `${what}: ${why}`).join(" | ")}`;
  if (findings.length === 0) return `FAILED   ${file}: nothing proves it`;
  const notes = [
    ...proved.map(({ what }) => what),
    ...leftOut.map(({ what, why }) => `not run: ${what} (${why})`),
  ];
  return `${proved.length > 0 ? "proved" : "not run"}${" ".repeat(proved.length > 0 ? 3 : 2)}${file}: ${notes.join("; ")}`;
}
