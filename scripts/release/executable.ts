import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import lock from "../../package-lock.json" with { type: "json" };
import { entryPoints, inProduction, root } from "../entry-points.ts";

/** Kinds of machines, as Docker and Debian name them, and Bun's executable for each. */
const runtimes = {
  amd64: "@oven/bun-linux-x64",
  arm64: "@oven/bun-linux-aarch64",
} as const;

export type Architecture = keyof typeof runtimes;

export const architectures = Object.keys(runtimes) as Architecture[];

/** The kind of this machine. */
export const ownArchitecture: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** Compiles the program, its files and Bun into one executable. */
export async function buildExecutable(outfile: string, architecture: Architecture): Promise<void> {
  const isOwn = architecture === ownArchitecture;
  await Bun.build({
    ...inProduction,
    entrypoints: [...entryPoints],
    // In the executable, all entry points are in one folder, so that `./thread.ts` is found from anywhere.
    naming: { entry: "[name].[ext]" },
    // Compiled beforehand, and only what a command needs is loaded: a start takes a fifth less.
    bytecode: true,
    format: "esm",
    splitting: true,
    compile: {
      outfile,
      target: architecture === "arm64" ? "bun-linux-arm64" : "bun-linux-x64",
      executablePath: isOwn ? process.execPath : await fetchRuntime(runtimes[architecture]),
    },
  });
}

/** Bun for another kind of machine: npm's package, also from its cache, with the hash that package-lock.json names. */
async function fetchRuntime(name: (typeof runtimes)[Architecture]): Promise<string> {
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const folder = join(root, "node_modules", ".cache", `${name}@${version}`);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const unpacked = mkdtempSync(`${folder}-`);
    try {
      await unpackFromRegistry(`${name}@${version}`, integrity, unpacked);
      renameSync(unpacked, folder);
    } finally {
      rmSync(unpacked, { recursive: true, force: true });
    }
  }
  return join(folder, "package", "bin", "bun");
}

async function unpackFromRegistry(name: string, integrity: string, folder: string): Promise<void> {
  await Bun.$`npm pack ${name} --silent --prefer-offline --pack-destination ${folder}`.quiet();
  const [file = ""] = new Bun.Glob("*.tgz").scanSync({ cwd: folder, absolute: true });
  const hash = createHash("sha512").update(await Bun.file(file).bytes());
  if (`sha512-${hash.digest("base64")}` !== integrity)
    throw new Error(`${name} is not the one of package-lock.json.`);
  await Bun.$`tar -xzf ${file} -C ${folder}`.quiet();
  rmSync(file);
}
