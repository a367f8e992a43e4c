import { expect, test } from "bun:test";
import { movedTables } from "../../../src/database/move/moved-tables.ts";
import { databases, openTestApp } from "../../world.ts";

/** Tables that a database writes by itself from others. */
const derived = /^(link_word|link_count|sqlite_)/;

/** Tables that only the other kind has. */
const absent = { sqlite: ["rate_limit", "visitor_key"], postgres: [""] };

test.each(databases)("knows every table of %s, so that a move forgets none", async (database) => {
  const world = await openTestApp({ database });
  try {
    const { introspection } = world.app.database.read;
    const tables = await introspection.getTables({ withInternalKyselyTables: false });
    const names = tables.filter(({ isView }) => !isView).map(({ name }) => name);
    const known = Object.keys(movedTables).filter((name) => !absent[database].includes(name));
    expect(names.filter((name) => !derived.test(name)).sort()).toEqual(known.sort());
  } finally {
    await world.close();
  }
});
