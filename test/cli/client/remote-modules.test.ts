/** What commands load before they know where a site is: nothing of the server, so that they start at once. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { commandNames, loadCommand } from "../../../src/cli/cli.ts";

const SOURCE = join(import.meta.dir, "../../../src");

/** Packages and modules of ours that a module imports, and what these do; what it imports later does not count. */
function modulesOf(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  if (!path.startsWith("/")) return found;
  const code = readFileSync(path, "utf8");
  const loader = path.endsWith("x") ? "tsx" : path.endsWith(".ts") ? "ts" : null;
  if (loader === null) return found;
  for (const { kind, path: to } of new Bun.Transpiler({ loader }).scanImports(code))
    if (kind === "import-statement")
      modulesOf(to.startsWith(".") ? join(dirname(path), to) : to, found);
  return found;
}

test("commands that call a site load no part of a server", async () => {
  const table = readFileSync(join(SOURCE, "cli/cli.ts"), "utf8");
  const files = new Map(
    [...table.matchAll(/"?([a-z -]+)"?: async \(\) =>\s+\(?await import\("(.+?)"\)/g)].map(
      ([, name = "", file = ""]) => [name.trim(), join(SOURCE, "cli", file)],
    ),
  );
  let count = 0;
  for (const name of commandNames) {
    if (!(await loadCommand(name)).isRemote) continue;
    const file = files.get(name);
    if (file === undefined) throw new Error(name);
    const modules = [...modulesOf(file), ...modulesOf(join(SOURCE, "cli/client/remote-client.ts"))];
    const ours = modules.map((path) => (path.startsWith("/") ? relative(SOURCE, path) : path));
    const heavy = ours.filter((path) =>
      /^(app\.ts|(server|web|jobs|site-backup|user-backup|pages|visits\/(?!dimension\.ts))|kysely|pino|api\/operations)/.test(
        path,
      ),
    );
    expect([name, heavy]).toEqual([name, []]);
    count++;
  }
  expect(count).toBeGreaterThan(20);
});
