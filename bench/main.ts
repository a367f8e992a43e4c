import { parseArgs } from "node:util";
import { takeMachine } from "./alone.ts";
import { benchBigFiles } from "./bigfiles.ts";
import { Unready } from "./child.ts";
import { benchFiles } from "./files.ts";
import { benchList } from "./list.ts";
import { benchPages } from "./pages.ts";
import { profileRedirect } from "./profile.ts";
import { benchRedirect, type RedirectOptions } from "./redirect.ts";

const usage = `npm run bench -- NAME [options]

  redirect   Opening redirect links, against nginx and a bare Bun.serve; then while links are made.
  list       Sorting, filtering and searching lists of a million links.
  files      Downloads of 1 KB to 1 GiB, against nginx's sendfile.
  bigfiles   What memory files of 1 GiB take, up and down: needs 12 GB of disk.
  pages      A Markdown document of 10 KB, against nginx that sends the same bytes from the disk.
  profile    Where our server spends its time meanwhile: by thread and by function.

  --quick        one round of 1 s each, under 40 s in all; for list a tenth of the links
  --seconds N    length of one load (3)
  --rounds N     rounds over all sides (3)
  --links N      links in the database and in nginx's map (100000; list: 1000000)
  --program F    src/main.ts of another checkout to measure instead of this one's

Exit code 0: every goal is reached. 1: one was missed. 2: wrong words, a tool is missing,
or another bench is running.
`;

/** Each tells whether every goal is reached. */
const benches: Readonly<Record<string, (options: RedirectOptions) => Promise<boolean>>> = {
  redirect: benchRedirect,
  profile: profileRedirect,
  list: benchList,
  files: benchFiles,
  bigfiles: benchBigFiles,
  pages: benchPages,
};

function usualLinks(name: string | undefined, isQuick: boolean): number {
  return name === "list" && !isQuick ? 1_000_000 : 100_000;
}

const options = {
  quick: { type: "boolean", default: false },
  seconds: { type: "string" },
  rounds: { type: "string" },
  links: { type: "string" },
  program: { type: "string" },
} as const;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unready)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function run(words: string[]): Promise<number> {
  const order = readOrder(words);
  const bench = benches[order?.name ?? ""];
  if (order === null || bench === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  using _alone = takeMachine();
  return (await bench(order)) ? 0 : 1;
}

/** Null when the words are wrong. */
function readOrder(words: string[]): ({ name: string | undefined } & RedirectOptions) | null {
  try {
    const { values, positionals } = parseArgs({ args: words, allowPositionals: true, options });
    const usual = values.quick ? { seconds: 1, rounds: 1 } : { seconds: 3, rounds: 3 };
    return {
      name: positionals[0],
      seconds: readCount(values.seconds) ?? usual.seconds,
      rounds: readCount(values.rounds) ?? usual.rounds,
      links: readCount(values.links) ?? usualLinks(positionals[0], values.quick),
      program: values.program ?? new URL("../src/main.ts", import.meta.url).pathname,
    };
  } catch {
    return null;
  }
}

function readCount(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new RangeError(text);
  return Number(text);
}
