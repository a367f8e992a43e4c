import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { entryPoints, inProduction, root } from "./entry-points.ts";

/*
 * `npm run bundle`, also part of `npm ci`: makes a bundle of the program in dist/program, from which bin/trunk8 starts
 * in half the time, as long as the sources are the same. Where it cannot be made, the program runs from source.
 */
const folder = join(root, "dist", "program");
const newFolder = `${folder}.new-${process.pid}`;
try {
  await bundle();
} catch (error) {
  process.stderr.write(`No bundle, so Trunk8 starts from source: ${error}\n`);
  rmSync(newFolder, { recursive: true, force: true });
}

async function bundle(): Promise<void> {
  const key = await Bun.$`${join(root, "bin", "source-key")}`.text();
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
}
