import { Problem } from "../../problem.ts";
import { parameterField } from "./pointer.ts";

/** Runs an operation whose input is the query: it refuses parameters, not fields. */
export async function ofParameters<Done>(work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
    const fields = Object.entries(thrown.fields).map(([name, message]) => [
      parameterField(name),
      message,
    ]);
    throw new Problem("invalid", thrown.message, { fields: Object.fromEntries(fields) });
  }
}
