import { join } from "node:path";
import { makeBundle } from "./bundle.ts";
import { root } from "./entry-points.ts";
import { buildExecutable, ownArchitecture } from "./release/executable.ts";
import { writeSbom } from "./release/sbom.ts";
import { smokeTest } from "./smoke.ts";

const outfile = join(root, "dist", "trunk8");

const startedAt = performance.now();
await buildExecutable(outfile, ownArchitecture);
report(`Built ${outfile}: ${Math.round(Bun.file(outfile).size / 1e6)} MB`, startedAt);

const listedAt = performance.now();
const sbom = await writeSbom(outfile);
report(`Listed ${sbom.count} libraries in ${sbom.path}`, listedAt);

const builtAt = performance.now();
await smokeTest(outfile);
report("Tested: start, redirect, styled page, document, stop", builtAt);

const bundledAt = performance.now();
await makeBundle();
await smokeTest(join(root, "bin", "trunk8"));
report("Tested the bundle as well", bundledAt);

function report(what: string, since: number): void {
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  process.stdout.write(`${what} (${seconds} s).\n`);
}
