import { expect, test } from "bun:test";
import { join } from "node:path";
import { systemSteadyClock } from "../../src/limits/steady-clock.ts";

const MODULE = join(import.meta.dir, "../../src/limits/steady-clock.ts");

test("has the same time in all processes of a machine", async () => {
  const before = systemSteadyClock();
  const script = `import { systemSteadyClock } from ${JSON.stringify(MODULE)};
    process.stdout.write(String(systemSteadyClock()));`;
  const other = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const there = Number(await new Response(other.stdout).text());
  expect(there).toBeGreaterThan(before - 1);
  expect(there).toBeLessThan(systemSteadyClock() + 1);
});

test("is not the time of day", () => {
  expect(Math.abs(systemSteadyClock() - Date.now())).toBeGreaterThan(86_400_000);
});
