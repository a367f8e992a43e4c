/*
 * `npm run nightly` runs what takes too long for each change: the crash suites at their full length. `npm test` has a
 * short run of each. Ends with 1 if one of them found a fault.
 */
const suites = [
  ["uploads", "--rounds", "100"],
  ["visits", "--kills", "200"],
  ["edits", "--actions", "20000"],
  ["replace", "--times", "10"],
  ["memory", "--seconds", "60"],
];

for (const suite of suites) {
  const startedAt = performance.now();
  process.stdout.write(`\n== npm run crash -- ${suite.join(" ")}\n`);
  const child = Bun.spawn(["npm", "run", "--silent", "crash", "--", ...suite], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) process.exitCode = 1;
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
}
