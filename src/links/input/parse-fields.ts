import { z } from "zod";
import { type FieldProblems, isInvalid, Problem } from "../../problem.ts";

/** Runs every parser, so that all faults are reported at once. */
export function collect<Parsed extends object>(
  parsers: {
    [Key in keyof Parsed]: () => Parsed[Key];
  },
): Parsed {
  const parsed: Partial<Parsed> = {};
  const fields: Record<string, string> = {};
  for (const key in parsers) {
    try {
      parsed[key] = parsers[key]();
    } catch (thrown) {
      if (!isInvalid(thrown)) throw thrown;
      Object.assign(fields, thrown.fields);
    }
  }
  if (Object.keys(fields).length > 0) throw refusal(fields);
  return parsed as Parsed;
}

function refusal(fields: FieldProblems): Problem {
  return new Problem("invalid", Object.values(fields).join(" "), { fields });
}

/** Runs `work`, in whose problems fields are renamed: an entry point has its own names for them. */
export function renamingFields<Done>(
  names: Readonly<Record<string, string>>,
  work: () => Done,
): Done {
  try {
    return work();
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown;
    const fields = Object.entries(thrown.fields).map(([name, why]) => [names[name] ?? name, why]);
    throw new Problem("invalid", thrown.message, { fields: Object.fromEntries(fields) });
  }
}

/** A step of a schema that refuses what `parse` refuses. */
export function refusing<Given, Parsed>(parse: (given: Given) => Parsed) {
  return (given: Given, { addIssue }: z.RefinementCtx): Parsed => {
    try {
      return parse(given);
    } catch (thrown) {
      if (!isInvalid(thrown)) throw thrown;
      addIssue({ code: "custom", message: thrown.message });
      return z.NEVER;
    }
  };
}

/** The keys of an object that have a value. */
export function withoutUndefined<Given extends object>(given: Given): Partial<Given> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Given>;
}
