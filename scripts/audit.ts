import { parseArgs } from "node:util";

/*
 * Runs `npm audit` at level high. A known vulnerability fails. A registry without an audit endpoint, as many mirrors
 * are, only prints a warning, unless the audit is required, as it is for a release.
 *
 *   bun scripts/audit.ts [--required]
 */
const { values } = parseArgs({ options: { required: { type: "boolean", default: false } } });

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
  process.stdout.write(`NOT AUDITED, because the registry has no audit endpoint: ${message}\n`);
  process.exitCode = values.required ? 1 : 0;
} else {
  process.stdout.write(`Known vulnerabilities: ${JSON.stringify(metadata.vulnerabilities)}\n`);
  if (exitCode !== 0) process.stdout.write("Run npm audit for details.\n");
  process.exitCode = exitCode;
}
