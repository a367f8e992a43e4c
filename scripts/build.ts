import { join } from "node:path";
import { writeSbom } from "./sbom.ts";
import { smokeTest } from "./smoke.ts";

const root = join(import.meta.dir, "..");
const outfile = join(root, "dist", "trunk8");

/** The program, and each file that it starts as a thread, since no import refers to them. */
const entrypoints = ["src/main.ts", "src/database/sqlite/thread.ts", "src/pages/render-thread.ts"];

const startedAt = performance.now();
await Bun.build({
  entrypoints: entrypoints.map((path) => join(root, path)),
  // In the executable, all entry points are in one folder, so that `./thread.ts` is found from anywhere.
  naming: { entry: "[name].[ext]" },
  minify: true,
  jsx: { runtime: "automatic", importSource: "hono/jsx", development: false },
  define: { "process.env.NODE_ENV": '"production"' },
  compile: { outfile },
});
report(`Built ${outfile}: ${Math.round(Bun.file(outfile).size / 1e6)} MB`, startedAt);

const listedAt = performance.now();
const sbom = await writeSbom(outfile);
report(`Listed ${sbom.count} libraries in ${sbom.path}`, listedAt);

const builtAt = performance.now();
await smokeTest(outfile);
report("Tested: start, redirect, styled page, document, stop", builtAt);

function report(what: string, since: number): void {
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  process.stdout.write(`${what} (${seconds} s).\n`);
}
