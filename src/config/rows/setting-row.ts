import type { z } from "zod";

/**
 * One setting. Its key is `section.name`: `[section] name` in config.toml, `TRUNK8_SECTION_NAME` in the environment.
 * What it does is said in `text.en.ts`.
 */
export interface SettingRow<Value> {
  readonly type: z.ZodType<Value>;
  readonly default: NoInfer<Value>;
  /** `live`: a change takes effect within a second. `restart`: at the next start. */
  readonly takesEffect: "live" | "restart";
  /** Never printed, and left out of config.toml as first written. */
  readonly secret?: true;
  /** Older or shorter environment names, each with how its text becomes this setting's; null: not meant for Trunk8. */
  readonly aliases?: Readonly<Record<string, (value: string) => string | null>>;
}

/** A row, whose default has the type that its parser returns. */
export function row<Value>(definition: SettingRow<Value>): SettingRow<Value> {
  return definition;
}
