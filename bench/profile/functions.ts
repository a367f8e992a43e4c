import { basename } from "node:path";
import { formatNumber, type Table } from "../table.ts";

const TOP = 25;

/** The format of Chrome's DevTools; times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The functions with the most self time. */
export function tableOfFunctions(
  { nodes, samples, timeDeltas }: CpuProfile,
  requests: number,
): Table {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "(anonymous)"}  ${basename(url)}:${lineNumber + 1}`,
    ]),
  );
  const times = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = names.get(id) ?? "?";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  });
  const top = [...times].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  const rows = top.map(([name, micros]) => [name, formatNumber(micros / requests)]);
  return {
    title: "By function: self time on the serving thread, including start and warm-up",
    rows: [["function", "us/request"], ...rows],
  };
}
