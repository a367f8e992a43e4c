import { z } from "zod";
import { canonicalZone } from "./time-zone.ts";

/*
 * The types a setting can have. Each accepts the TOML value and the same thing as text, since the
 * environment and flags only have text. What a bad value is told names no value: it may be a secret.
 */

/** A type that says what a value must be, and reads a raw one: undefined means that it is not. */
export function typed<Value>(
  must: string,
  read: (raw: unknown) => Value | undefined,
): z.ZodType<Value> {
  return z.unknown().transform((raw, context) => {
    const value = read(raw);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `must be ${must}` });
    return z.NEVER;
  });
}

/** Text kept to the last blank, as a password must be. */
export const secretText = (): z.ZodType<string> =>
  typed("text", (raw) => (typeof raw === "string" ? raw : undefined));

export const integer = (min: number, max: number): z.ZodType<number> =>
  typed(`a whole number from ${min} to ${max}`, (raw) => {
    const value = readNumber(raw);
    return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  });

export const flag = (): z.ZodType<boolean> =>
  typed("true or false", (raw) => {
    const word = typeof raw === "boolean" ? String(raw) : readText(raw)?.toLowerCase();
    if (word === undefined) return undefined;
    if (["true", "1", "yes", "on"].includes(word)) return true;
    return ["false", "0", "no", "off"].includes(word) ? false : undefined;
  });

export const choice = <const Words extends readonly string[]>(
  words: Words,
): z.ZodType<Words[number]> =>
  typed(`one of ${words.map((word) => word || '""').join(", ")}`, (raw) => {
    const wanted = readText(raw)?.toLowerCase();
    return words.find((word) => word === wanted);
  });

/** A line of text that people read. */
export const line = (most: number): z.ZodType<string> =>
  typed(`a line of 1 to ${most} characters`, (raw) => {
    const text = readText(raw);
    if (text === undefined || text === "" || text.length > most) return undefined;
    return /\p{Cc}/u.test(text) ? undefined : text;
  });

/** A line of text, or nothing. */
export const optionalLine = (most: number): z.ZodType<string> =>
  typed(`a line of at most ${most} characters`, (raw) => {
    const text = readText(raw);
    return text === undefined || text.length > most || /\p{Cc}/u.test(text) ? undefined : text;
  });

/** How many processes: a number of them, `auto`, or nothing. */
export const workers = (): z.ZodType<number | "auto" | ""> =>
  typed("a whole number from 1 to 256, auto, or empty", (raw) => {
    const word = readText(raw)?.toLowerCase();
    if (word === "auto" || word === "") return word;
    const count = readNumber(raw);
    return Number.isInteger(count) && count >= 1 && count <= 256 ? count : undefined;
  });

/** The IANA name of a time zone, or nothing. */
export const zone = (): z.ZodType<string> =>
  typed("an IANA time zone such as Europe/Berlin, or empty", (raw) => {
    const name = readText(raw);
    return name === "" || (name !== undefined && canonicalZone(name) !== null) ? name : undefined;
  });

export function readText(raw: unknown): string | undefined {
  return typeof raw === "string" ? raw.trim() : undefined;
}

/** A list of words: a TOML array, or text separated by commas. */
export function readWords(raw: unknown): readonly string[] | undefined {
  if (typeof raw === "string")
    return readWords(raw.split(",").filter((word) => word.trim() !== ""));
  if (!Array.isArray(raw)) return undefined;
  const words = raw.map((word) => readText(word) ?? "");
  return words.includes("") ? undefined : words;
}

function readNumber(raw: unknown): number {
  if (typeof raw === "string" && /^-?\d+$/.test(raw.trim())) return Number(raw);
  return typeof raw === "number" ? raw : Number.NaN;
}
