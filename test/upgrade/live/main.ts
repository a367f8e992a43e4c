/** An upgrade from 725086e and the way back, under load: `npm run test:upgrade -- [--database sqlite] [--seconds 60]`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runStatement, startPostgres } from "../../postgres-server.ts";
import { buildPrograms } from "./programs.ts";
import { Rehearsal, type RehearsalOptions, type Way } from "./rehearsal.ts";

const { values } = parseArgs({
  options: { database: { type: "string" }, seconds: { type: "string" } },
});
const kinds = ["sqlite", "postgres"].filter((kind) => (values.database ?? kind) === kind);
const folder = mkdtempSync(join(tmpdir(), "trunk8-upgrade-"));
const programs = await buildPrograms(folder);
let faults = 0;
for (const kind of kinds) {
  const own = join(folder, kind);
  mkdirSync(own);
  const options = { folder: own, programs, seconds: Number(values.seconds ?? 60) };
  faults += await (kind === "sqlite"
    ? rehearse(kind, options, ["", ""])
    : onPostgres(kind, options));
}
if (faults === 0) rmSync(folder, { recursive: true });
else report(`${faults} faults, everything is kept in ${folder}`);
process.exit(faults === 0 ? 0 : 1);

type Options = Omit<RehearsalOptions, "databaseUrls">;

async function onPostgres(kind: string, options: Options): Promise<number> {
  const server = await startPostgres();
  const [one, other] = ["before", "back"].map((name) => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  });
  for (const name of ["before", "back"]) await runStatement(server.url, `CREATE DATABASE ${name}`);
  try {
    return await rehearse(kind, options, [one ?? "", other ?? ""]);
  } finally {
    await server.stop();
  }
}

/** Returns the number of faults. */
async function rehearse(
  kind: string,
  options: Options,
  databaseUrls: readonly [string, string],
): Promise<number> {
  const rehearsal = new Rehearsal({ ...options, databaseUrls });
  try {
    await rehearsal.start();
    const faults = [tell(`${kind}, up`, await rehearsal.upgrade(), false)];
    faults.push(tell(`${kind}, back`, await rehearsal.goBack(), true));
    await rehearsal.stop();
    return faults.reduce((sum, each) => sum + each, 0);
  } catch (error) {
    rehearsal.kill();
    report(`${kind}: ${error instanceof Error ? error.stack : error}`);
    return 1;
  }
}

/** Prints what was seen, and returns the number of faults. */
function tell(what: string, way: Way, losesVisits: boolean): number {
  report(`${what}: ${JSON.stringify({ ...way, lost: way.lost.slice(0, 5) }, null, 2)}`);
  const { visits, upload, failedWrites } = way;
  const isCounted = losesVisits
    ? visits.counted <= visits.answered
    : visits.counted === visits.answered;
  const isUploaded = upload[0] === 201 && upload[1];
  const failed = Object.values(failedWrites).reduce((sum, each) => sum + each, 0);
  return way.failedRedirects + failed + way.lost.length + (isCounted && isUploaded ? 0 : 1);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
