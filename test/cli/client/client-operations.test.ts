import { expect, test } from "bun:test";
import { listOperations } from "../../../src/api/operations.ts";
import { clientOperations } from "../../../src/cli/client/client-operations.ts";

test("commands call operations of the API by the names that it has", () => {
  const known = new Map(
    listOperations().map(({ url, method, operation }) => [operation.name, { url, method }]),
  );
  for (const [name, row] of Object.entries(clientOperations))
    expect([name, known.get(name)]).toEqual([name, row]);
});
