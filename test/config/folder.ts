import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configPath } from "../../src/config/file/config-file.ts";

/** A fresh data folder whose config.toml holds `toml`, removed by `using`. */
export class DataFolder {
  readonly path = mkdtempSync(join(tmpdir(), "trunk8-config-"));
  readonly config = configPath(this.path);

  constructor(toml?: string) {
    mkdirSync(join(this.path, "config"));
    if (toml !== undefined) this.save(toml);
  }

  save(toml: string): void {
    writeFileSync(this.config, toml);
  }

  /** Another file in the data folder, by its full path. */
  put(name: string, text: string | Uint8Array): string {
    writeFileSync(join(this.path, name), text);
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
