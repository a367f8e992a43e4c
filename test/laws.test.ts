import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import biome from "../biome.json" with { type: "json" };
import manifest from "../package.json" with { type: "json" };
import { sqliteDialect } from "../src/database/dialect.ts";
import { listMigrations } from "../src/database/migrations/migrate.ts";
import * as codeRules from "./laws/code-rules.ts";
import { findDependencyFaults } from "./laws/dependencies.ts";
import * as fileRules from "./laws/files.ts";
import { functionsAreShort } from "./laws/function-length.ts";
import * as layers from "./laws/layers.ts";
import * as layout from "./laws/layout.ts";
import { wordsArePlain } from "./laws/phrases.ts";
import { type Law, readDocuments, readSource, type SourceFile } from "./laws/source.ts";
import { textsAreInCatalogues } from "./laws/texts.ts";

const root = join(import.meta.dir, "..");
const source = await readSource(root, ["src"]);
const everything = [
  ...source,
  ...(await readSource(root, ["test", "bench", "scripts"])).filter(
    ({ path }) => !path.startsWith("test/laws"),
  ),
];

interface Row {
  readonly law: Law;
  readonly over: readonly SourceFile[];
  /** Files that break it, and the lines that report them. */
  readonly bad: Readonly<Record<string, string>>;
  readonly reports: readonly string[];
  /** Files that look like a violation and are none. */
  readonly good?: Readonly<Record<string, string>>;
}

const laws: Readonly<Record<string, Row>> = {
  "imports point down the layers": {
    law: layers.importsPointDown,
    over: source,
    bad: {
      "src/links/links.ts": 'import { open } from "../web/open.ts"; open();',
      "src/links/target.ts": 'import { Visits } from "../visits/visits.ts"; new Visits();',
      "src/telemetry/log.ts": 'import type { App } from "../app.ts"; export type A = App;',
    },
    reports: [
      "src/links/links.ts imports src/web/open.ts",
      "src/links/target.ts imports src/visits/visits.ts",
      "src/telemetry/log.ts imports src/app.ts",
    ],
    good: {
      "src/web/home-page.tsx": 'import { href } from "../http/urls.ts"; href("home");',
      "src/pages/pages.ts": 'import type { Visit } from "../visits/visit.ts"; type V = Visit;',
      "src/database/schema.ts": 'import type { Kind } from "../links/link.ts"; type K = Kind;',
    },
  },
  "no file imports itself, directly or through others": {
    law: layers.noImportCycles,
    over: everything,
    bad: {
      "src/links/a.ts": 'import { b } from "./b.ts"; export const a = () => b;',
      "src/links/b.ts": 'export { c } from "./c.ts"; export const b = 1;',
      "src/links/c.ts": 'export const c = () => import("./a.ts");',
      "src/links/d.ts": 'import type { E } from "./e.ts"; export type D = E;',
      "src/links/e.ts": 'import type { D } from "./d.ts"; export type E = D;',
    },
    reports: ["a", "b", "c", "d", "e"].map((name) => `src/links/${name}.ts imports itself`),
    good: {
      "src/links/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
      "src/links/b.ts": 'import { c } from "./c.ts"; export type B = typeof c;',
      "src/links/c.ts": "export const c = 1;",
    },
  },
  "every file belongs to a known module": {
    law: layers.everyModuleIsKnown,
    over: source,
    bad: { "src/managers/links.ts": "", "src/tools.ts": "" },
    reports: [
      "src/managers/links.ts belongs to no known module",
      "src/tools.ts belongs to no known module",
    ],
    good: { "src/main.ts": "", "src/web/ui/form.tsx": "" },
  },
  "names are in kebab-case": {
    law: layout.namesAreKebabCase,
    over: everything,
    bad: { "src/links/shortCode.ts": "", "src/links/short_code.ts": "", "src/Links/link.ts": "" },
    reports: ["src/links/shortCode.ts", "src/links/short_code.ts", "src/Links/link.ts"].map(
      (path) => `${path} is not in kebab-case`,
    ),
    good: { "src/links/short-code.test.ts": "", "src/database/migrations/0002-lists.ts": "" },
  },
  "a base name occurs once in a module": {
    law: layout.baseNamesOccurOnce,
    over: source,
    bad: { "src/web/links/page.tsx": "", "src/web/audit/page.ts": "" },
    reports: ["src/web/audit/page.ts has the same base name as src/web/links/page.tsx"],
    good: {
      "src/web/links/page.tsx": "",
      "src/cli/page.ts": "",
      "src/web/page.css": "",
      "src/policy.ts": "",
    },
  },
  "a folder has at most 14 files": {
    law: layout.foldersAreSmall,
    over: everything,
    bad: Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`src/links/file-${n}.ts`, ""])),
    reports: ["src/links has 15 files"],
    good: Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`src/links/file-${n}.ts`, ""])),
  },
  "names of files and folders are specific": {
    law: fileRules.namesAreSpecific,
    over: everything,
    bad: { "src/web/utils/time.ts": "", "src/links/helpers.ts": "", "src/links/index.ts": "" },
    reports: ["src/web/utils/time.ts", "src/links/helpers.ts", "src/links/index.ts"].map(
      (path) => `${path} has a name that fits anything`,
    ),
    good: { "src/links/library.ts": "" },
  },
  "no file only re-exports": {
    law: fileRules.filesDeclareSomething,
    over: everything,
    bad: {
      "src/links/all.ts": '/** All. */\nexport * from "./a.ts";\nexport type { B } from "./b.ts";',
    },
    reports: ["src/links/all.ts only re-exports"],
    good: { "src/links/some.ts": 'export { a } from "./a.ts";\nexport const b = 1;' },
  },
  "an interface has several implementations": {
    law: fileRules.interfacesHaveSeveralImplementations,
    over: source,
    bad: { "src/files/blob.ts": "interface Store {}\nclass Disk implements Store {}" },
    reports: ["src/files/blob.ts: Store has one implementation"],
    good: {
      "src/files/blob.ts": "interface Store {}\nclass Disk implements Store {}",
      "src/files/cloud.ts": "class Cloud implements Disposable, Store {}",
    },
  },
  "a file has at most 400 lines": {
    law: fileRules.filesAreShort,
    over: everything,
    bad: { "src/links/links.ts": "x;\n".repeat(401) },
    reports: ["src/links/links.ts has 401 lines"],
    good: { "src/links/links.ts": "x;\n".repeat(400) },
  },
  "domain modules get time and randomness from outside": {
    law: codeRules.domainModulesGetTimeAndRandomness,
    over: source,
    bad: {
      "src/links/links.ts": "f(Date.now(), new Date(), Math.random(), crypto.randomUUID());",
      "src/visits/visits.ts": "performance.now(); crypto.getRandomValues(bytes);",
    },
    reports: [
      "src/links/links.ts has Date.now",
      "src/links/links.ts has new Date",
      "src/links/links.ts has Math.random",
      "src/links/links.ts has randomUUID",
      "src/visits/visits.ts has performance.now",
      "src/visits/visits.ts has getRandomValues",
    ],
    good: {
      "src/links/links.ts": "// Never Date.now().\nnew Date(clock());",
      "src/clock.ts": "Date.now();",
    },
  },
  "domain modules have no HTTP": {
    law: codeRules.domainModulesHaveNoHttp,
    over: source,
    bad: { "src/links/links.ts": "if (!link) throw { status: 404 };\nnew Response();" },
    reports: ["src/links/links.ts has 404", "src/links/links.ts has new Response"],
    good: { "src/links/link.ts": "const redirectStatuses = [301, 302, 307, 308];" },
  },
  "entry points have no SQL": {
    law: codeRules.entryPointsHaveNoSql,
    over: source,
    bad: {
      "src/web/links.tsx": 'db.selectFrom("link");',
      "src/cli/links.ts": 'import { sql } from "kysely";\nsql`select 1`;',
    },
    reports: [
      "src/web/links.tsx has .selectFrom",
      'src/cli/links.ts has from "kysely"',
      "src/cli/links.ts has sql`",
    ],
    good: { "src/links/links.ts": 'db.selectFrom("link");' },
  },
  "the environment is read in config/ only": {
    law: codeRules.environmentIsReadOnce,
    over: source,
    bad: {
      "src/telemetry/log.ts": "process.env.LEVEL;",
      "src/web/home.tsx": "Bun.env.THEME;",
      "src/app.ts": 'import { env } from "node:process";\nenv.X;',
    },
    reports: [
      "src/telemetry/log.ts has process.env",
      "src/web/home.tsx has Bun.env",
      'src/app.ts has env } from "node:process"',
    ],
    good: { "src/main.ts": "run(process.env);", "src/config/environment.ts": "// process.env" },
  },
  "code depends on the kind of database only in database/": {
    law: codeRules.onlyDatabaseDependsOnItsKind,
    over: source,
    bad: { "src/links/links.ts": 'if (dialect === "postgres") f();' },
    reports: ["src/links/links.ts has postgres"],
    good: {
      "src/links/links.ts": "/* SQLite sorts otherwise. */ f();",
      "src/database/dialect.ts": 'const kind = "sqlite";',
    },
  },
  "a URL is written in http/urls.ts only": {
    law: codeRules.urlsAreWrittenOnce,
    over: source,
    bad: {
      "src/web/home.tsx": 'const page = <a href="/auth/login">Sign in</a>;',
      "src/cli/links.ts": "const address = '/edit_link/' + code;",
      "src/server/routes.ts": 'get("/health", health);',
    },
    reports: [
      'src/web/home.tsx has "/auth/login",',
      'src/cli/links.ts has "/edit_link/" + code;',
      'src/server/routes.ts has "/health", health);',
    ],
    good: {
      "src/http/urls.ts": 'const add = "/add";',
      "src/server/routes.ts":
        'import { links } from "../web/links.tsx";\nuse(links, "/addresses");',
    },
  },
  "texts are in catalogues": {
    law: textsAreInCatalogues,
    over: source,
    bad: {
      "src/text/a.tsx":
        "/** @jsxImportSource hono/jsx */\nexport const a = <p class='b c'>No links found</p>;",
      "src/text/b.ts": 'throw new Problem("gone", "The link has expired.");',
      "src/text/c.ts": 'const label = "Cancel";',
      "src/text/e.ts": 'html`<p class="b c" title="Some hint">No file</p>`;',
    },
    reports: [
      'src/text/a.tsx says "No links found"',
      'src/text/b.ts says "The link has expired."',
      'src/text/c.ts says "Cancel"',
      'src/text/e.ts says "No file"',
      'src/text/e.ts says "Some hint"',
    ],
    good: {
      "src/text/text.en.ts": 'export const text = catalogue({ none: "No links found" });',
      "src/text/d.ts":
        'log.warn({ err }, "worker exited unexpectedly"); const a = sql`select a from b`;',
      "src/text/f.ts": 'html`<p class="b c" id="shown"></p>`;',
    },
  },
  "words are plain": {
    law: wordsArePlain,
    over: [...source, ...(await readDocuments(root))],
    bad: {
      "src/version.ts": "// Gives the version.\nconst heir = 1;",
      "docs2/a.md": "Nobody is told.\nThe link leads to `told`.",
    },
    reports: [
      'src/version.ts has "Gives"',
      'src/version.ts has "heir"',
      'docs2/a.md has "Nobody"',
      'docs2/a.md has "told"',
      'docs2/a.md has "leads to"',
    ],
    good: { "src/version.ts": "// Returns the version.\nconst gives = 1;" },
  },
  "checks are not suppressed": {
    law: codeRules.checksAreNotSuppressed,
    over: everything.filter(({ path }) => !path.startsWith("test/")),
    bad: { "src/app.ts": "// @ts-ignore\nf();\n// biome-ignore lint: no\ng();" },
    reports: ["src/app.ts has @ts-ignore", "src/app.ts has biome-ignore"],
  },
  "a function has at most 60 lines": {
    law: functionsAreShort,
    over: source,
    bad: {
      "src/links/a.ts": `export async function add(\n  one: string,\n): Promise<void> {\n${"  f();\n".repeat(59)}}\n`,
      "src/links/b.ts": `class B {\n  #add() {\n    if (x) {\n    }\n${"    f();\n".repeat(59)}  }\n}\n`,
      "src/links/c.tsx": `const add = () => {\n${"  f();\n".repeat(59)}};\n`,
    },
    reports: [
      "src/links/a.ts: add has 61 lines",
      "src/links/b.ts: #add has 63 lines",
      "src/links/c.tsx: add has 61 lines",
    ],
    good: {
      "src/links/a.ts": `function add() {\n${"  f();\n".repeat(58)}}\n`,
      "src/links/b.ts": `class B {\n${"  f() {\n  }\n".repeat(40)}}\n`,
    },
  },
  "timers catch rejections": {
    law: codeRules.timersCatchRejections,
    over: source,
    bad: {
      "src/links/a.ts": "setInterval(() => void look(), 1000);",
      "src/links/b.ts": "setTimeout(async () => { await look(); }, 1000);",
    },
    reports: [
      "src/links/a.ts has setInterval(() => void look(), 1000);",
      "src/links/b.ts has setTimeout(async () => {",
    ],
    good: {
      "src/links/a.ts": "setInterval(() => this.look(), 1000);",
      "src/links/b.ts": "setTimeout(() => void look().catch(report), 1000);",
    },
  },
  "source is plain ASCII": {
    law: codeRules.sourceIsAscii,
    over: source,
    bad: { "src/http/response.ts": 'set("Content\u2011Type");' },
    reports: ['src/http/response.ts has set("Content\u2011'],
    good: { "src/http/response.ts": 'set("Content-Type", "\\u00e9");\n' },
  },
};

for (const [name, { law, over, bad, reports, good = {} }] of Object.entries(laws)) {
  describe(name, () => {
    test("this repository keeps the law", () => expect(law(over)).toEqual([]));
    test("reports a violation", () => expect(law(asFiles(bad))).toEqual([...reports]));
    test("accepts what looks like one", () => expect(law(asFiles(good))).toEqual([]));
  });
}

function asFiles(texts: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

describe("every dependency is pinned and has a reason in docs/decisions/0001-dependencies.md", () => {
  test("this repository keeps the law", async () => {
    const page = await Bun.file(join(root, "docs/decisions/0001-dependencies.md")).text();
    expect(findDependencyFaults(manifest, page)).toEqual([]);
  });

  test("reports a violation", () => {
    const loose = {
      dependencies: { a: "1.0.0", b: "^1.0.0" },
      devDependencies: { c: "1.0.0-b.1" },
    };
    const page = "| `a` | Adds. |\n| `b` | Bends. |\n| `c` |  |\n| `d` | Gone. |\n";
    expect(findDependencyFaults(loose, page)).toEqual([
      "b: not exact",
      "c: no reason",
      "d: not a dependency",
    ]);
  });
});

describe("ARCHITECTURE.md names existing files", () => {
  test("this repository keeps the law", async () => {
    const map = await Bun.file(join(root, "ARCHITECTURE.md")).text();
    const paths = source.map(({ path }) => path);
    expect(fileRules.missingFromMap(map, paths)).toEqual([]);
  });

  test("reports a violation", () => {
    const map =
      "```\nsrc/links/   links.ts gone.ts\n             list/ list.ts\nsrc/app.ts   main\n```";
    const paths = ["src/links/links.ts", "src/web/list.ts", "src/app.ts"];
    expect(fileRules.missingFromMap(map, paths)).toEqual([
      "src/links has no gone.ts",
      "src/links has no list.ts",
    ]);
  });
});

describe("what going back from each migration loses is in docs/upgrading.md", () => {
  test("this repository keeps the law", async () => {
    const guide = await Bun.file(join(root, "docs/upgrading.md")).text();
    const migrations = Object.keys(listMigrations(sqliteDialect));
    expect(fileRules.missingFromGuide(guide, migrations)).toEqual([]);
  });

  test("reports a violation", () => {
    const guide = "| Migration |\n| `0028_link_options` | start | lost |\nSee `0029_trash`.";
    const migrations = ["0010_sent_forms", "0028_link_options", "0029_trash"];
    expect(fileRules.missingFromGuide(guide, migrations)).toEqual([
      "docs/upgrading.md has no row for 0029_trash",
    ]);
  });
});

test("the linter rejects any, and cannot be suppressed", () => {
  expect(biome.linter.rules.suspicious.noExplicitAny).toBe("error");
});
