import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { entryPoints, inProduction, root } from "./entry-points.ts";

const folder = join(root, "dist", "program");

/*
 * `npm run bundle`, also part of `npm ci`: makes a bundle of the program in dist/program, from which bin/trunk8 starts
 * in half the time, as long as the sources are the same. Where it cannot be made, the program runs from source.
 */
if (import.meta.main) {
  await makeBundle().catch((error: unknown) =>
    process.stderr.write(`No bundle, so Trunk8 starts from source: ${error}\n`),
  );
}

/** Replaces the bundle in dist/program by one of the present sources, unless it is: programs may be running from it. */
export async function makeBundle(): Promise<void> {
  const key = await Bun.$`${join(root, "bin", "source-key")}`.text();
  const keyFile = Bun.file(join(folder, "key"));
  if ((await keyFile.exists()) && (await keyFile.text()) === key) return;
  const newFolder = `${folder}.new-${process.pid}`;
  try {
    await Bun.build({
      ...inProduction,
      entrypoints: [...entryPoints],
      outdir: newFolder,
      target: "bun",
      splitting: true,
      // Threads and processes are started by the names of their sources.
      naming: { entry: "[name].ts", chunk: "[name]-[hash].js" },
    });
    await Bun.write(join(newFolder, "key"), key);
    rmSync(folder, { recursive: true, force: true });
    renameSync(newFolder, folder);
  } finally {
    rmSync(newFolder, { recursive: true, force: true });
  }
}
