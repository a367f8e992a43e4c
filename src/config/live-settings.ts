import { isDeepStrictEqual } from "node:util";
import type { SettingTable } from "../database/setting-table.ts";
import { Problem, toProblem } from "../problem.ts";
import { layerOfTable } from "./database-layer.ts";
import { configPath, readConfigFile } from "./file/config-file.ts";
import { FileWatch, stampOf } from "./file/file-watch.ts";
import { saveSettings } from "./file/save-settings.ts";
import { type Layer, type Loaded, mergeLayers, type Origin } from "./layers.ts";
import { readOutside, type Sources } from "./load-settings.ts";
import { type SettingKey, type Settings, settingKeys, settingRows } from "./settings.ts";
import { text } from "./text.en.ts";

/** The part of a logger that is used here. */
export type SettingsLog = Record<
  "info" | "warn" | "error",
  (details: object, message: string) => void
>;

export type SettingsListener = (now: Settings, before: Settings) => void;

const NOTHING: Layer = { given: [], warnings: [] };

const silent: SettingsLog = { info() {}, warn() {}, error() {} };

/** How settings are shared with other processes while a database is open. */
export interface SettingsShare {
  /** Table that all nodes save to; null: each machine saves to its file. */
  readonly table: SettingTable | null;
  /** Runs `work` while no other process of this machine is saving. */
  inTurn(work: () => Promise<void>): Promise<void>;
}

interface LiveParts {
  readonly dataFolder: string;
  /** Settings of the file. */
  readonly file: Layer;
  readonly loaded: Loaded;
  readonly outside: readonly Layer[];
  readonly log: SettingsLog;
}

/** The current settings: the file in the data folder is followed while the program runs. */
export class LiveSettings {
  readonly dataFolder: string;
  readonly #log: SettingsLog;
  /** Environment variables and flags, which do not change while the program runs. */
  readonly #outside: readonly Layer[];
  readonly #listeners = new Set<SettingsListener>();
  /** The file, and the table of all nodes, when they were last read and valid. */
  #file: Layer;
  #stored: Layer = NOTHING;
  #share: SettingsShare | null = null;
  /** Resolves when all requested reloads have ended. */
  #reloading: Promise<void> = Promise.resolve();
  #current: Settings;
  #origins: Loaded["origins"];
  #fault: string | null = null;
  #waiting: readonly SettingKey[] = [];
  #warnings: readonly string[] = [];
  #watch: FileWatch | null = null;

  private constructor({ dataFolder, file, loaded, outside, log }: LiveParts) {
    this.dataFolder = dataFolder;
    this.#file = file;
    this.#outside = outside;
    this.#current = loaded.settings;
    this.#origins = loaded.origins;
    this.#log = log;
  }

  /**
   * Loads the settings and follows the file. Environment variables and flags are read only here.
   * @throws Problem `invalid` as `loadSettings` does: there are no last good settings to keep yet
   */
  static async start(sources: Sources & { readonly log?: SettingsLog }): Promise<LiveSettings> {
    const path = configPath(sources.dataFolder);
    const stamp = await stampOf(path);
    const outside = await readOutside(sources);
    const file = await readConfigFile(path);
    const loaded = mergeLayers([file, ...outside]);
    const { dataFolder, log = silent } = sources;
    const live = new LiveSettings({ dataFolder, file, loaded, outside, log });
    live.#warn(loaded.warnings);
    live.#watch = live.#follow(path, stamp);
    return live;
  }

  /** Settings that follow no file, as if set by flags; for tests and short-lived commands. */
  static fixed(settings: Partial<Settings>, dataFolder: string): LiveSettings {
    const outside = [layerOf(settings)];
    const loaded = mergeLayers(outside);
    return new LiveSettings({ dataFolder, file: NOTHING, loaded, outside, log: silent });
  }

  get current(): Settings {
    return this.#current;
  }

  /** The error in the file, with line and column; null while it is valid. */
  get fault(): string | null {
    return this.#fault;
  }

  originOf(key: SettingKey): Origin {
    return this.#origins[key];
  }

  /** Names what sets `key` outside of the file, so that it cannot be changed here; null if nothing does. */
  overriderOf(key: SettingKey): string | null {
    const origin = this.#origins[key];
    switch (origin.from) {
      case "environment":
        return text.overriders.variable(origin.name);
      case "flag":
        return text.overriders.commandLine;
      case "default":
      case "file":
      case "database":
        return null;
    }
  }

  /** Whether settings are saved for all nodes, and not to this machine's file. */
  get isShared(): boolean {
    return (this.#share?.table ?? null) !== null;
  }

  /** Shares settings with other processes; null ends that, and keeps the current settings. */
  async share(share: SettingsShare | null): Promise<void> {
    this.#share?.table?.follow(() => {});
    this.#share = share;
    share?.table?.follow(() => void this.reload());
    if (this.isShared) await this.reload();
  }

  /**
   * Saves new values to the file, or to the database for all nodes. Those that take effect immediately are in force
   * when this returns.
   * @throws Problem `invalid` when a variable or flag overrides one of them, and as `saveSettings` does; `busy`
   */
  async save(changes: Partial<Settings>): Promise<void> {
    if (Object.keys(changes).length === 0) return;
    for (const key of Object.keys(changes) as SettingKey[]) {
      const overrider = this.overriderOf(key);
      if (overrider !== null) throw new Problem("invalid", text.overridden(key, overrider));
    }
    await this.#write(changes);
    await this.reload();
  }

  async #write(changes: Partial<Settings>): Promise<void> {
    const share = this.#share;
    if (share?.table) return await share.table.save(changes);
    const write = () => saveSettings(configPath(this.dataFolder), changes);
    await (share === null ? write() : share.inTurn(write));
  }

  /** Calls `listener` after each change of the current settings; the returned function ends that. */
  onChange(listener: SettingsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#watch?.close();
    this.#listeners.clear();
  }

  #follow(path: string, stamp: string): FileWatch {
    return new FileWatch({
      path,
      stamp,
      everySeconds: () => ({
        look: this.#current["config.check_seconds"],
        read: this.#current["config.force_reload_seconds"],
      }),
      onStill: () => this.reload(),
      onError: (err) => this.#log.error({ err, path }, "Checking config.toml failed"),
    });
  }

  /** Reads all sources again, one reload at a time. Never rejects: a broken source keeps its last good settings. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#readAgain());
    return this.#reloading;
  }

  async #readAgain(): Promise<void> {
    await Promise.all([this.#readFile(), this.#readTable()]);
    this.#accept(mergeLayers([this.#file, this.#stored, ...this.#outside]));
  }

  async #readFile(): Promise<void> {
    try {
      this.#file = await readConfigFile(configPath(this.dataFolder));
      if (this.#fault !== null) this.#log.info({}, "Settings file is valid again");
      this.#fault = null;
    } catch (thrown) {
      this.#keepLastGood(toProblem(thrown));
    }
  }

  async #readTable(): Promise<void> {
    const table = this.#share?.table ?? null;
    if (table === null) return;
    try {
      this.#stored = layerOfTable(await table.read());
    } catch (err) {
      this.#log.warn({ err }, "Settings in the database could not be read, keeping the last ones");
    }
  }

  #accept({ settings, origins, warnings }: Loaded): void {
    this.#origins = origins;
    this.#warn(warnings);
    const now = { ...settings, ...onlyRestart(this.#current) };
    this.#logWaiting(differences(settings, now));
    this.#change(now);
  }

  #keepLastGood(problem: Problem): void {
    if (problem.message === this.#fault) return;
    this.#fault = problem.message;
    this.#log.error(
      { fault: problem.message },
      "Settings file is broken, keeping the last good settings",
    );
  }

  #change(now: Settings): void {
    const before = this.#current;
    if (isDeepStrictEqual(now, before)) return;
    this.#current = now;
    this.#log.info({ settings: differences(now, before) }, "Settings changed");
    for (const listener of this.#listeners) this.#notify(listener, now, before);
  }

  #notify(listener: SettingsListener, now: Settings, before: Settings): void {
    try {
      listener(now, before);
    } catch (err) {
      this.#log.error({ err }, "A listener failed to apply changed settings");
    }
  }

  #logWaiting(waiting: readonly SettingKey[]): void {
    if (waiting.length > 0 && !isDeepStrictEqual(waiting, this.#waiting)) {
      this.#log.info({ settings: waiting }, "Changed settings take effect after a restart");
    }
    this.#waiting = waiting;
  }

  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (!this.#warnings.includes(warning)) this.#log.warn({}, warning);
    }
    this.#warnings = warnings;
  }
}

function layerOf(settings: Partial<Settings>): Layer {
  const origin = { from: "flag" } as const;
  const entries = Object.entries(settings) as [SettingKey, Settings[SettingKey]][];
  return { given: entries.map(([key, value]) => ({ key, value, origin })), warnings: [] };
}

function onlyRestart(settings: Settings): Partial<Settings> {
  const keys = settingKeys.filter((key) => settingRows[key].takesEffect === "restart");
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

function differences(now: Settings, before: Settings): SettingKey[] {
  return settingKeys.filter((key) => !isDeepStrictEqual(now[key], before[key]));
}
