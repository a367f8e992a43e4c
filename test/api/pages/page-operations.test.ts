/** Everything that a page can do, a program can do. */
import { expect, test } from "bun:test";
import { listOperations } from "../../../src/api/operations.ts";
import { keyScopes } from "../../../src/http/key-scopes.ts";
import { type UrlName, urls } from "../../../src/http/urls.ts";
import { type ByProgram, pageOperations } from "./page-operations.ts";

const rows = Object.entries(pageOperations) as [UrlName, (typeof pageOperations)["home"]][];
const names = new Set(listOperations().map(({ operation }) => operation.name));

/** What of a page no program can do, as the table says it. */
function faultOf(page: UrlName, by: ByProgram): string | null {
  if (by === "key") return page in keyScopes ? null : "takes no keys";
  if (!("length" in by)) return null;
  if (by.length === 0) return "has neither an operation nor a reason";
  const missing = by.filter((name) => !names.has(name));
  return missing.length === 0 ? null : `has no operation ${missing.join(", ")}`;
}

test("each operation of a page is one of the API, or has a reason why not", () => {
  const faults = rows.flatMap(([page, operations]) =>
    Object.entries(operations).flatMap(([what, by]) => {
      const fault = faultOf(page, by);
      return fault === null ? [] : [`${page} (${what}) ${fault}`];
    }),
  );
  expect(faults).toEqual([]);
});

test("each action of a form that the table of URLs names is in the table", () => {
  const missing = rows.flatMap(([page, operations]) =>
    actionsIn(urls[page].doc)
      .filter((action) => !(action in operations))
      .map((action) => `${page} (${action})`),
  );
  expect(missing).toEqual([]);
});

/** `action=x`, and `action` is `x` or `y`. */
function actionsIn(doc: string): string[] {
  const direct = [...doc.matchAll(/`action=(\w+)`/g)].map(([, action = ""]) => action);
  const plain = doc.replaceAll(/ with `\w+`/g, "");
  const [, listed = ""] = /`action` is ([^;.]+)/.exec(plain) ?? [];
  return [...direct, ...[...listed.matchAll(/`(\w+)`/g)].map(([, action = ""]) => action)];
}

/** Operations that no page has, and why programs have them. */
const forProgramsAlone: Readonly<Record<string, string>> = {
  about: "What the API is.",
  applyLinks: "A links.toml is a file of programs.",
  exportLinks: "All links as NDJSON; a page has them as CSV.",
  listJobs: "The command line has them.",
  readJob: "The command line has them.",
  runJob: "The command line has them.",
  listSiteBackups: "The command line has them.",
  startSiteBackup: "The command line has them.",
  downloadSiteBackup: "The command line has them, as files.",
  setPassword: "A page creates a one-time password.",
  readUpload: "A part of the protocol of uploads.",
  addToUpload: "A part of the protocol of uploads.",
  overrideUpload: "A part of the protocol of uploads.",
};

test("each operation of the API is that of a page, or one that only programs have", () => {
  const used = rows.flatMap(([, operations]) =>
    Object.values(operations).flatMap((by) => (by !== "key" && "length" in by ? by : [])),
  );
  const known = new Set([...used, ...Object.keys(forProgramsAlone)]);
  expect([...names].filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(forProgramsAlone).filter((name) => !names.has(name))).toEqual([]);
});
