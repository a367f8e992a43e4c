import { join } from "node:path";
import { MachineSlots } from "../../os/machine-lock.ts";
import type { Logger } from "../../telemetry/log.ts";
import { MAX_RUNNING } from "./passwords.ts";

/** The checks of passwords that a machine runs at a time; null on a full disk: then each process has slots of its own. */
export function openPasswordSlots(runFolder: string, log: Logger): MachineSlots | null {
  try {
    return new MachineSlots(join(runFolder, "passwords"), MAX_RUNNING);
  } catch (err) {
    log.warn({ err }, "Password checks are limited per process: cannot open their shared files");
    return null;
  }
}
