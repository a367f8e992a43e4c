import { statusOf } from "../../http/response/problem-response.ts";
import type { ProblemCode } from "../../problem.ts";
import type { ApiRow } from "../operation.ts";
import { makeDocument, problemCodes } from "./document.ts";

/** What a page about the API shows. */
export interface Reference {
  readonly document: unknown;
  /** Codes of the problems of each operation, by its name and the status. */
  readonly codes: ReadonlyMap<string, ReadonlyMap<string, readonly ProblemCode[]>>;
}

export function makeReference(rows: readonly ApiRow[]): Reference {
  const codes = rows.map(
    (row) =>
      [
        row.operation.name,
        Map.groupBy(problemCodes(row), (code) => String(statusOf[code])),
      ] as const,
  );
  return { document: makeDocument(rows), codes: new Map(codes) };
}
