/** Archives that are made to cost a server more than they cost their sender. Each is a few kilobytes. */
import { type OddEntry, oddZip } from "../archive/zips.ts";

type Zip = Uint8Array<ArrayBuffer>;

/** What a link of a manifest is, but for what is hostile in it. */
const LINK = {
  short_code: "hostile",
  kind: "redirect",
  target: "https://example.com/",
  title: "",
  note: "",
  redirect_status: 302,
  expires_at: null,
  disabled: false,
  inline: false,
  created_at: 1_700_000_000_000,
  updated_at: 1_700_000_000_000,
  content: null,
  visits: 0,
  last_visit_at: null,
};

type Fields = Readonly<Record<string, unknown>>;

const HEAD = {
  format: "trunk8-user",
  version: 1,
  created_at: 1_700_000_000_000,
  trunk8_version: "1.0.0",
  account: { username: "hostile", theme: null, markdown_theme: null, time_zone: null },
};

/** An archive of the given links, each with these fields besides the usual ones. */
export function archiveOf(links: readonly Fields[], manifest: Fields = {}): Zip {
  const filled = links.map((fields) => ({ ...LINK, ...fields }));
  return zip(manifestEntry({ ...manifest, links: filled }));
}

/** An archive whose `list` has `count` elements without fields. */
export function longList(list: "entries" | "visitors" | "links", count: number): Zip {
  return zip(manifestEntry({ links: [], [list]: Array.from({ length: count }, () => ({})) }));
}

/** An archive with `count` valid links, all different. */
export function manyLinks(count: number): Zip {
  return archiveOf(Array.from({ length: count }, (_, at) => ({ short_code: `many-${at}` })));
}

/** An archive with one link and a file whose name has `blanks` blanks in it. */
export function longFileName(blanks: number): Zip {
  const name = `a${" ".repeat(blanks)}b.txt`;
  const content = { entry: "assets/a.txt", name, modified_at: LINK.created_at };
  const file = { name: "assets/a.txt", bytes: "a" };
  return zip(manifestEntry({ links: [{ ...LINK, kind: "file", target: "", content }] }), file);
}

/** An archive with one link and one row of hours. */
export function hourOf(row: readonly number[]): Zip {
  return withHours([JSON.stringify({ short_code: LINK.short_code, hours: [row] })]);
}

/** An archive with one link and `count` hours of visits to it, from `first` on. */
export function manyHours(count: number, first = 400_000): Zip {
  const lines = Array.from({ length: Math.ceil(count / 1000) }, (_, page) => {
    const hours = Array.from({ length: Math.min(1000, count - page * 1000) }, (_, at) => [
      first + ((page * 1000 + at) % 80_000),
      0,
      1,
    ]);
    return JSON.stringify({ short_code: LINK.short_code, hours });
  });
  return withHours(lines);
}

/** An archive with `count` links, each opened in each of the last hours of a day. */
export function manyLinksWithHours(count: number): Zip {
  const codes = Array.from({ length: count }, (_, at) => `many-${at}`);
  const hours = Array.from({ length: HOURS_EACH }, (_, at) => [472_000 + at, 0, 1]);
  return withHours(
    codes.map((short_code) => JSON.stringify({ short_code, hours })),
    codes.map((short_code) => ({ ...LINK, short_code, visits: HOURS_EACH, last_visit_at: 1.7e12 })),
  );
}

const HOURS_EACH = 10;

function withHours(lines: readonly string[], links: readonly Fields[] = [LINK]): Zip {
  const visitor = { class: "human", referrer_host: "", browser: "", system: "" };
  const bytes = `${lines.join("\n")}\n`;
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const entries = [{ name: "visits.jsonl", size: Buffer.byteLength(bytes), sha256 }];
  return zip(manifestEntry({ entries, visitors: [visitor], links }), {
    name: "visits.jsonl",
    bytes,
    isPacked: true,
  });
}

/** An old archive with a key of `parts` parts, and an error, for which all positions are found. */
export function longKey(parts: number): Zip {
  return oldArchive(
    `[links]\nbad = 1\nx.${Array.from({ length: parts }, () => "a").join(".")} = 1\n`,
  );
}

/** An old archive with a text of `lines` lines. */
export function longText(lines: number): Zip {
  return oldArchive(
    `[links]\nbad = 1\n[links.x]\ntype = "markdown"\ncontent = """${"\n".repeat(lines)}"""\n`,
  );
}

/** An old archive with `count` links. */
export function manyOldLinks(count: number): Zip {
  const links = Array.from(
    { length: count },
    (_, at) => `[links.old-${at}]\ntype = "redirect"\nurl = "https://example.com/${at}"\n`,
  );
  return oldArchive(`[links]\nbad = 1\n${links.join("")}`);
}

/** An old archive with one link of this date of creation, as TOML. */
export function oldLinkOf(created: string): Zip {
  return oldArchive(
    `[links.hostile]\ntype = "redirect"\nurl = "https://example.com/"\nupload_date = ${created}\n`,
  );
}

function oldArchive(toml: string): Zip {
  return zip({ name: "links.toml", bytes: toml, isPacked: true });
}

function manifestEntry(fields: Fields): OddEntry {
  const manifest = { ...HEAD, entries: [], visitors: [], ...fields };
  return { name: "manifest.json", bytes: JSON.stringify(manifest), isPacked: true };
}

function zip(...entries: readonly OddEntry[]): Zip {
  return new Uint8Array(oddZip(entries));
}
