import { nightlyFiles, WHOLE } from "../test/nightly/nightly.ts";

/*
 * `npm run nightly` runs what takes too long for each change: the crash suites at their full length, of which `npm test`
 * has a short run each, the faults of a cluster, an upgrade under load, and whole what `npm test` has samples of
 * (test/nightly/nightly.ts). Ends with 1 if one of them found a fault.
 */
const suites = [
  ["crash", "uploads", "--rounds", "100"],
  ["crash", "resumed", "--kills", "50"],
  ["crash", "visits", "--kills", "200"],
  ["crash", "edits", "--actions", "20000"],
  ["crash", "replace", "--times", "10"],
  ["crash", "memory", "--seconds", "60"],
  ["test:cluster"],
  ["test:upgrade"],
  ["test:shards", ...nightlyFiles],
];

for (const [script = "", ...words] of suites) {
  const startedAt = performance.now();
  process.stdout.write(`\n== npm run ${script} -- ${words.join(" ")}\n`);
  const child = Bun.spawn(["npm", "run", "--silent", script, "--", ...words], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, [WHOLE]: "1" },
  });
  if ((await child.exited) !== 0) process.exitCode = 1;
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
}
