/*
 * Runs `npm audit` at level high. A known vulnerability fails. A registry without an audit endpoint, as many mirrors
 * are, only prints a warning.
 */
interface Audit {
  /** Present if the registry has answered. */
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
  /** Present if it has not. */
  readonly message?: string;
}

const npm = Bun.spawn(["npm", "audit", "--json", "--audit-level=high"], { stderr: "ignore" });
const { metadata, message }: Audit = JSON.parse(await npm.stdout.text());
const exitCode = await npm.exited;

if (metadata === undefined) {
  process.stderr.write(`NOT AUDITED, because the registry has no audit endpoint: ${message}\n`);
} else {
  process.stdout.write(`Known vulnerabilities: ${JSON.stringify(metadata.vulnerabilities)}\n`);
  if (exitCode !== 0) process.stdout.write("Run npm audit for details.\n");
  process.exitCode = exitCode;
}
