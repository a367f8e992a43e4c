/*
 * `npm audit` at level high, which also tells a registry that cannot be asked (a mirror often has no audit endpoint)
 * from a dependency that is known to be bad. The first is said aloud and passes; the second fails.
 */
interface Audit {
  /** There when the registry has answered. */
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
  /** There when it has not. */
  readonly message?: string;
}

const npm = Bun.spawn(["npm", "audit", "--json", "--audit-level=high"], { stderr: "ignore" });
const { metadata, message }: Audit = JSON.parse(await npm.stdout.text());
const exitCode = await npm.exited;

if (metadata === undefined) {
  process.stderr.write(`NOT AUDITED, since the registry does not answer: ${message}\n`);
} else {
  process.stdout.write(`Known faults: ${JSON.stringify(metadata.vulnerabilities)}\n`);
  if (exitCode !== 0) process.stdout.write("Run npm audit to see them.\n");
  process.exitCode = exitCode;
}
