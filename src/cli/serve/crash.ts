import { Problem } from "../../problem.ts";
import { openLog } from "../../telemetry/log.ts";
import { text } from "./text.en.ts";

/** Runs a serving process to its end; a failure that nothing explains is logged with its stack, and shown as one line. */
export async function logCrash(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    const log = openLog("error");
    log.fatal({ err: thrown }, "Process failed");
    throw new Problem("internal", text.failed(thrown instanceof Error ? thrown.message : ""));
  }
}
