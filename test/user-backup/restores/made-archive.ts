import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ASSETS, MANIFEST, type ManifestEntry, VISITS } from "../../../src/archive/manifest.ts";
import { ManifestWriter } from "../../../src/archive/manifest-writer.ts";
import { writeZip, type ZipEntry } from "../../../src/archive/write-zip.ts";
import { START, type World } from "../../world.ts";

export interface ArchiveShape {
  /** Redirects `code-0`, `code-1`, …; default prefix `code`. */
  readonly links: number;
  readonly prefix?: string;
  /** Hours of visits of each link; default 0. */
  readonly hours?: number;
  /** More links `<prefix>-file-0`, …, each with a file of so many bytes. */
  readonly files?: readonly number[];
}

const HOUR_MS = 3_600_000;
const FIRST_HOUR = Math.floor(START / HOUR_MS) - 20_000;

/** Writes an archive of that shape as `backUpUser` would, and returns its path. */
export async function madeArchive(
  { dataFolder }: Pick<World, "dataFolder">,
  name: string,
  shape: ArchiveShape,
): Promise<string> {
  const path = join(dataFolder, name);
  const writer = new ManifestWriter();
  const bytes = await Array.fromAsync(writeZip(entriesOf(writer, shape), START));
  writeFileSync(path, Buffer.concat(bytes));
  return path;
}

async function* entriesOf(writer: ManifestWriter, shape: ArchiveShape): AsyncGenerator<ZipEntry> {
  const { links: count, prefix = "code", hours = 0, files = [] } = shape;
  for (const [at, size] of files.entries())
    yield writer.text(`${ASSETS}${at}.txt`, `${at}`.padEnd(size, "."));
  const codes = Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
  const lines = codes.map((short_code) =>
    JSON.stringify({
      short_code,
      hours: Array.from({ length: hours }, (_, at) => [FIRST_HOUR + at, at % 2, 3]),
    }),
  );
  yield writer.text(VISITS, lines.join("\n"));
  const links = codes.map((code) => linkOf(code, null, hours));
  const fileLinks = files.map((_, at) => linkOf(`${prefix}-file-${at}`, `${ASSETS}${at}.txt`, 0));
  const manifest = manifestOf([...links, ...fileLinks], writer.entries);
  yield new ManifestWriter().text(MANIFEST, JSON.stringify(manifest));
}

function linkOf(short_code: string, entry: string | null, hours: number) {
  return {
    short_code,
    kind: entry === null ? "redirect" : "file",
    target: entry === null ? `https://example.com/${short_code}` : "",
    title: "",
    note: "",
    redirect_status: 302,
    expires_at: null,
    disabled: false,
    inline: false,
    created_at: START - HOUR_MS,
    updated_at: START - HOUR_MS,
    content: entry === null ? null : { entry, name: "a.txt", modified_at: START },
    visits: hours * 3,
    last_visit_at: hours === 0 ? null : (FIRST_HOUR + hours - 1) * HOUR_MS,
  };
}

function manifestOf(links: readonly object[], entries: readonly ManifestEntry[]) {
  return {
    format: "trunk8-user",
    version: 1,
    created_at: START,
    trunk8_version: "1.0.0",
    account: { username: "alice", theme: "darkly", markdown_theme: null, time_zone: null },
    entries,
    visitors: [
      { class: "human", referrer_host: "", browser: "Firefox", system: "Linux" },
      { class: "bot", referrer_host: "", browser: "", system: "" },
    ],
    links,
  };
}
