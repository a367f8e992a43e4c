import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerLineage } from "../../../src/database/servers/server-lineage.ts";
import { text } from "../../../src/database/text.en.ts";

const server = (timeline: number, system = "1") => ({ isPrimary: true, system, timeline });

describe("the lineage of servers", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-lineage-"));
    path = join(folder, "database-server");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("admits any primary first, and no standby", () => {
    const lineage = new ServerLineage(path);
    expect(lineage.refusalOf(server(7))).toBeNull();
    expect(lineage.refusalOf({ ...server(7), isPrimary: false })).toBe(text.standby);
  });

  test("refuses lower timelines of its cluster, also after a restart", () => {
    const lineage = new ServerLineage(path);
    lineage.accept(server(2));
    for (const known of [lineage, new ServerLineage(path)]) {
      expect(known.refusalOf(server(1))).toBe(text.replaced(1, 2, path));
      expect(known.refusalOf(server(2))).toBeNull();
      expect(known.refusalOf(server(3))).toBeNull();
    }
  });

  test("remembers the timeline of a transaction", () => {
    const lineage = new ServerLineage(path);
    lineage.accept(server(1));
    expect([lineage.admit(1), lineage.admit(2), lineage.admit(1)]).toEqual([true, true, false]);
    expect(new ServerLineage(path).refusalOf(server(1))).toBe(text.replaced(1, 2, path));
  });

  test("refuses another cluster while running, and admits it after a restart", () => {
    const lineage = new ServerLineage(path);
    lineage.accept(server(5));
    expect(lineage.refusalOf(server(6, "2"))).toBe(text.otherCluster);
    const restarted = new ServerLineage(path);
    expect(restarted.refusalOf(server(1, "2"))).toBeNull();
    restarted.accept(server(1, "2"));
    expect(restarted.timeline).toBe(1);
    expect(restarted.refusalOf(server(5))).toBe(text.otherCluster);
  });

  test("asks nothing of servers that do not say who they are", () => {
    const lineage = new ServerLineage(path);
    lineage.accept(server(0, ""));
    expect(lineage.refusalOf(server(0, ""))).toBeNull();
    expect(lineage.timeline).toBe(0);
  });

  test.each(["", "{", '{"system":1}'])("begins anew where its file holds %j", (content) => {
    writeFileSync(path, content);
    expect(new ServerLineage(path).refusalOf(server(1))).toBeNull();
  });
});
