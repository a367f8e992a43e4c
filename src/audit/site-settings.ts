import { isDeepStrictEqual } from "node:util";
import type { LiveSettings } from "../config/live-settings.ts";
import type { SettingKey, Settings } from "../config/settings.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { Audit } from "./audit.ts";
import type { NewAuditEvent } from "./audit-event.ts";
import { text } from "./text.en.ts";

/** Changes of the site's settings by administrators. */
export class SiteSettings {
  readonly #live: LiveSettings;
  readonly #audit: Audit;

  constructor({ live, audit }: { readonly live: LiveSettings; readonly audit: Audit }) {
    this.#live = live;
    this.#audit = audit;
  }

  /** @throws Problem `forbidden` for who may neither see nor change all settings */
  requireChange(actor: Actor): void {
    if (!may(actor, "settings.change")) throw new Problem("forbidden", text.mayNotChangeSettings);
  }

  /**
   * Saves the values in `wanted` that differ from the current ones: an unchanged default is not written.
   * @throws Problem `forbidden`, and as `LiveSettings.save` does
   */
  async change(actor: Actor, wanted: Partial<Settings>): Promise<void> {
    this.requireChange(actor);
    const before = this.#live.current;
    const entries = Object.entries(wanted) as [SettingKey, Settings[SettingKey]][];
    const changes = entries.filter(([key, value]) => !isDeepStrictEqual(value, before[key]));
    if (changes.length === 0) return;
    await this.#live.save(Object.fromEntries(changes));
    for (const [key, value] of changes)
      await this.#audit.note(actor, aboutSetting(key, before[key], value));
  }
}

function aboutSetting(key: SettingKey, from: unknown, to: unknown): NewAuditEvent {
  const details = { from: textOf(from), to: textOf(to) };
  return { action: "settings.changed", resource: key, details };
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
