import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leaveOut } from "../left-out.ts";

const ROOT = "/sys/fs/cgroup/memory";

/** A control group (version 1) whose processes may use so much memory together; the kernel kills one that needs more. */
export class ControlGroup implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Null where none can be made: that is reported as left out. */
  static make(name: string, bytes: number): ControlGroup | null {
    const folder = join(ROOT, `trunk8-${process.pid}-${name}`);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, "memory.limit_in_bytes"), `${bytes}`);
      return new ControlGroup(folder);
    } catch (error) {
      leaveOut("the memory limit", `no control group can be made here (${error})`);
      return null;
    }
  }

  /** How many processes the kernel has killed. */
  get killed(): number {
    return Number(/^oom_kill (\d+)/m.exec(this.#read("memory.oom_control"))?.[1] ?? 0);
  }

  /** Bytes that no file on disk backs: what the kernel cannot take back. */
  get used(): number {
    return Number(/^total_rss (\d+)/m.exec(this.#read("memory.stat"))?.[1] ?? 0);
  }

  [Symbol.dispose](): void {
    rmdirSync(this.folder);
  }

  #read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}
