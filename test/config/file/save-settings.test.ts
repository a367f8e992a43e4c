import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { readConfigText } from "../../../src/config/file/config-file.ts";
import { firstConfigText } from "../../../src/config/file/default-config.ts";
import { saveSettings } from "../../../src/config/file/save-settings.ts";
import { LiveSettings } from "../../../src/config/live-settings.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { text as words } from "../../../src/config/text.en.ts";
import { failureOf } from "../../failure.ts";
import { DataFolder } from "../folder.ts";

let folder: DataFolder;

beforeEach(() => {
  folder = new DataFolder();
});
afterEach(() => folder[Symbol.dispose]());

const text = () => readFileSync(folder.config, "utf8");
const save = (changes: Partial<Settings>) => saveSettings(folder.config, changes);
const permissions = () => statSync(folder.config).mode & 0o777;

const namesBeside = () => readdirSync(dirname(folder.config));

describe("a value is written", () => {
  const rows: [where: string, before: string, after: string][] = [
    [
      "in place of another, whose comment is kept",
      "[app] # ours\n# why\ntheme = 'lux' # nice\n\n[log]\nlevel=\"info\" # x\n",
      "[app] # ours\n# why\ntheme = 'darkly' # nice\n\n[log]\nlevel=\"info\" # x\n",
    ],
    ["as a dotted key", 'app.theme = "lux" # a\n', 'app.theme = "darkly" # a\n'],
    [
      "in an inline table",
      'app = { theme = "lux", examples = false }\n',
      'app = { theme = "darkly", examples = false }\n',
    ],
    [
      "with the file's own line ends",
      '[app]\r\ntheme = "lux"\r\n',
      '[app]\r\ntheme = "darkly"\r\n',
    ],
    [
      "in place of its commented default",
      '[app]\n# Why.\n#theme = "cerulean"\n\n#examples = true\n',
      '[app]\n# Why.\ntheme = "darkly"\n\n#examples = true\n',
    ],
    [
      "under its own section, not where another has such a comment",
      '[other]\n#theme = "x"\n\n[app]\nexamples = true\n',
      '[other]\n#theme = "x"\n\n[app]\nexamples = true\ntheme = "darkly"\n',
    ],
    [
      "in a section of its own behind what is not ours",
      "[mine]\nhours = 1_000 # kept\nwhen = 2020-01-01\nodd = [1,\n 2]\n",
      '[mine]\nhours = 1_000 # kept\nwhen = 2020-01-01\nodd = [1,\n 2]\n\n[app]\ntheme = "darkly"\n',
    ],
    ["in an empty file", "", '[app]\ntheme = "darkly"\n'],
    ["beside comments alone", "# mine\n", '# mine\n\n[app]\ntheme = "darkly"\n'],
  ];
  test.each(rows)("%s", async (_, before, after) => {
    folder.save(before);
    await save({ "app.theme": "darkly" });
    expect(text()).toBe(after);
    expect(namesBeside()).toEqual(["config.toml"]);
  });

  test("to a new file with all comments", async () => {
    rmSync(dirname(folder.config), { recursive: true });
    await save({ "app.theme": "darkly", "app.markdown_theme": "lux" });
    const expected = firstConfigText()
      .replace('#theme = "cerulean"', 'theme = "darkly"')
      .replace('#markdown_theme = "cerulean"', 'markdown_theme = "lux"');
    expect(text()).toBe(expected);
    expect(permissions()).toBe(0o600);
  });

  test("of every type", async () => {
    const changes: Partial<Settings> = {
      "session.permanent_lifetime_days": 7,
      "app.examples": false,
      "links.schemes": ["https", "mailto"],
      "admin.password": 'a "quoted" \\ word',
    };
    folder.save(firstConfigText());
    await save(changes);
    const { given } = readConfigText(text(), folder.config);
    const written = Object.fromEntries(given.map(({ key, value }) => [key, value]));
    expect(written).toEqual(changes);
  });
});

describe("the file", () => {
  test("keeps its mode", async () => {
    folder.save("");
    chmodSync(folder.config, 0o664);
    await save({ "app.theme": "darkly" });
    expect(permissions()).toBe(0o664);
  });

  test("is changed through its symlinks, which are kept", async () => {
    const real = join(folder.path, "real.toml");
    writeFileSync(real, "# ours\n");
    symlinkSync("../real.toml", folder.config);
    await save({ "app.theme": "darkly" });
    expect(readlinkSync(folder.config)).toBe("../real.toml");
    expect(readFileSync(real, "utf8")).toBe('# ours\n\n[app]\ntheme = "darkly"\n');
  });

  test("keeps what another program writes at the same time", async () => {
    folder.save("# 0\n");
    const saving = Promise.all([
      save({ "app.theme": "darkly" }),
      save({ "app.markdown_theme": "lux" }),
    ]);
    writeFileSync(`${folder.config}~`, '[log]\nlevel = "debug"\n');
    renameSync(`${folder.config}~`, folder.config);
    await saving;
    const { given } = readConfigText(text(), folder.config);
    expect(given.map(({ key, value }) => `${key}=${value}`).sort()).toEqual([
      "app.markdown_theme=lux",
      "app.theme=darkly",
      "log.level=debug",
    ]);
  });
});

describe("saving is refused and changes nothing when", () => {
  const refusals: [why: string, prepare: () => void, message: () => string][] = [
    [
      "the file is broken",
      () => folder.save('[app]\ntheme = "lux\n'),
      () => words.sources.position(folder.config, 2, 13),
    ],
    [
      "a value in it is wrong",
      () => folder.save('[log]\nlevel = "loud"\n'),
      () => words.sources.position(folder.config, 2, 9),
    ],
    [
      "the file is read-only",
      () => {
        folder.save("# locked\n");
        chmodSync(folder.config, 0o444);
      },
      () => words.file.readOnly(folder.config),
    ],
    [
      "a folder has its name",
      () => mkdirSync(folder.config),
      () => words.file.unreadable(folder.config, "EISDIR"),
    ],
  ];
  test.each(refusals)("%s", async (_, prepare, message) => {
    prepare();
    const before = readdirSync(folder.path, { recursive: true });
    const problem = await failureOf(save({ "app.theme": "darkly" }));
    expect(problem).toMatchObject({
      code: "invalid",
      message: expect.stringMatching(new RegExp(`^${RegExp.escape(message())}`)),
    });
    expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
  });
});

describe("current settings", () => {
  test("change when saved, before the file watch sees it", async () => {
    folder.save('[app]\ntheme = "lux"\n');
    const live = await LiveSettings.start({ dataFolder: folder.path, env: {}, flags: {} });
    const heard: string[] = [];
    live.onChange((now) => heard.push(now["app.theme"]));
    await live.save({ "app.theme": "darkly" });
    expect(heard).toEqual(["darkly"]);
    expect(live.current["app.theme"]).toBe("darkly");
    live.close();
  });

  test("change in another process through the file", async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => LiveSettings.start({ dataFolder: folder.path, env: {}, flags: {} })),
    );
    const changed = new Promise<string>((resolve) =>
      other?.onChange((now) => resolve(now["app.theme"])),
    );
    await one?.save({ "app.theme": "darkly" });
    expect(await changed).toBe("darkly");
    one?.close();
    other?.close();
  });

  test("cannot be saved where variables or flags override them", async () => {
    const live = await LiveSettings.start({
      dataFolder: folder.path,
      env: { TRUNK8_APP_THEME: "cosmo" },
      flags: { "app.markdown_theme": "lux" },
    });
    const variable = words.overriders.variable("TRUNK8_APP_THEME");
    expect(live.overriderOf("app.theme")).toBe(variable);
    expect(live.overriderOf("app.markdown_theme")).toBe(words.overriders.commandLine);
    expect(live.overriderOf("log.level")).toBeNull();
    const problem = await failureOf(live.save({ "log.level": "debug", "app.theme": "darkly" }));
    expect(problem).toMatchObject({
      code: "invalid",
      message: words.overridden("app.theme", variable),
    });
    expect(readdirSync(join(folder.path, "config"))).toEqual([]);
    live.close();
  });
});
