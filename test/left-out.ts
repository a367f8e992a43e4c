import { appendFileSync } from "node:fs";

/**
 * Says aloud that tests are skipped since a part cannot run on this machine, and writes the line to the file named
 * by `TRUNK8_TEST_LEFT_OUT`, so that `.ci/run` can fail.
 */
export function leaveOut(part: string, why: string): void {
  const line = `Left out: every test on ${part}, because ${why}.\n`;
  process.stderr.write(line);
  const list = process.env.TRUNK8_TEST_LEFT_OUT;
  if (list !== undefined) appendFileSync(list, line);
}
