import { appendFileSync } from "node:fs";

/**
 * Reports that tests are skipped because a part cannot run on this machine, on standard error and in the file named
 * by `TRUNK8_TEST_LEFT_OUT`, so that `.ci/run` can fail.
 */
export function leaveOut(part: string, why: string): void {
  const line = `Skipped: every test of ${part}, because ${why}.\n`;
  process.stderr.write(line);
  const list = process.env.TRUNK8_TEST_LEFT_OUT;
  if (list !== undefined) appendFileSync(list, line);
}
