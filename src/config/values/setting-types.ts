import { parse } from "smol-toml";
import { z } from "zod";
import { text } from "./text.en.ts";
import { canonicalZone } from "./time-zone.ts";

/*
 * The types a setting can have. Each accepts the TOML value and the same value as text, since the
 * environment and flags only have text. Error messages never contain the value: it may be a secret.
 */

/** A type that reads a raw value; where it returns undefined, the issue's message is the `form` that is expected. */
export function typed<Value>(
  form: () => string,
  read: (raw: unknown) => Value | undefined,
): z.ZodType<Value> {
  return z.unknown().transform((raw, context) => {
    const value = read(raw);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: form() });
    return z.NEVER;
  });
}

/** Text with its blanks, as in a password. */
export const secretText = (): z.ZodType<string> =>
  typed(
    () => text.text,
    (raw) => (typeof raw === "string" ? raw : undefined),
  );

export const integer = (min: number, max: number): z.ZodType<number> =>
  typed(
    () => text.wholeNumber(min, max),
    (raw) => {
      const value = readNumber(raw);
      return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
    },
  );

export const flag = (): z.ZodType<boolean> =>
  typed(
    () => text.flag,
    (raw) => {
      const word = typeof raw === "boolean" ? String(raw) : readText(raw)?.toLowerCase();
      if (word === undefined) return undefined;
      if (["true", "1", "yes", "on"].includes(word)) return true;
      return ["false", "0", "no", "off"].includes(word) ? false : undefined;
    },
  );

export const choice = <const Words extends readonly string[]>(
  words: Words,
): z.ZodType<Words[number]> =>
  typed(
    () => text.choice(words.map((word) => word || text.emptyChoice)),
    (raw) => {
      const wanted = readText(raw)?.toLowerCase();
      return words.find((word) => word === wanted);
    },
  );

/** A line of text that people read. */
export const line = (most: number): z.ZodType<string> =>
  typed(
    () => text.line(most),
    (raw) => {
      const given = readText(raw);
      if (given === undefined || given === "" || given.length > most) return undefined;
      return /\p{Cc}/u.test(given) ? undefined : given;
    },
  );

/** A line of text, or nothing. */
export const optionalLine = (most: number): z.ZodType<string> =>
  typed(
    () => text.optionalLine(most),
    (raw) => {
      const given = readText(raw);
      return given === undefined || given.length > most || /\p{Cc}/u.test(given)
        ? undefined
        : given;
    },
  );

/** The name of an HTTP header, or nothing. */
export const headerName = (): z.ZodType<string> =>
  typed(
    () => text.headerName,
    (raw) => {
      const name = readText(raw);
      return name !== undefined && /^[\w-]{0,100}$/.test(name) ? name : undefined;
    },
  );

/** A number of processes, `auto`, or nothing. */
export const workers = (): z.ZodType<number | "auto" | ""> =>
  typed(
    () => text.workers,
    (raw) => {
      const word = readText(raw)?.toLowerCase();
      if (word === "auto" || word === "") return word;
      const count = readNumber(raw);
      return Number.isInteger(count) && count >= 1 && count <= 256 ? count : undefined;
    },
  );

/** The IANA name of a time zone, or nothing. */
export const zone = (): z.ZodType<string> =>
  typed(
    () => text.zone,
    (raw) => {
      const name = readText(raw);
      return name === "" || (name !== undefined && canonicalZone(name) !== null) ? name : undefined;
    },
  );

export function readText(raw: unknown): string | undefined {
  return typeof raw === "string" ? raw.trim() : undefined;
}

/** A list of words: an array, or text that is an array in brackets or has commas between the words. */
export function readWords(raw: unknown): readonly string[] | undefined {
  if (typeof raw === "string") return readWords(splitList(raw.trim()));
  if (!Array.isArray(raw)) return undefined;
  const words = raw.map((word) => readText(word) ?? "");
  return words.includes("") ? undefined : words;
}

/** An array is read as TOML, which JSON arrays of strings are, too. */
function splitList(list: string): unknown {
  if (!list.startsWith("[")) return list.split(",").filter((word) => word.trim() !== "");
  try {
    return parse(`list = ${list}`).list;
  } catch {
    return undefined;
  }
}

function readNumber(raw: unknown): number {
  if (typeof raw === "string" && /^-?\d+$/.test(raw.trim())) return Number(raw);
  return typeof raw === "number" ? raw : Number.NaN;
}
