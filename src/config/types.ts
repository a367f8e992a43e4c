import { z } from "zod";

/**
 * The types a setting can have. Each accepts the TOML value and the same thing as text,
 * since the environment and flags only have text.
 */
export const text = (): z.ZodType<string> => z.string().trim();

export const integer = (min: number, max: number): z.ZodType<number> =>
  z.preprocess(
    (value) => (typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    z.number().int().min(min).max(max),
  );

export const flag = (): z.ZodType<boolean> =>
  z.preprocess((value) => {
    if (typeof value !== "string") return value;
    const word = value.trim().toLowerCase();
    if (["true", "1", "yes", "on"].includes(word)) return true;
    if (["false", "0", "no", "off"].includes(word)) return false;
    return value;
  }, z.boolean());

export const choice = <const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodType<Words[number]> => z.preprocess(lowerCase, z.enum(words));

/** A list of words: a TOML array, or text separated by commas. */
export const words = (): z.ZodType<readonly string[]> =>
  z.preprocess(
    (value) => (typeof value === "string" ? splitWords(value) : value),
    z.array(z.string().trim().min(1)),
  );

function lowerCase(value: unknown): unknown {
  return typeof value === "string" ? value.trim().toLowerCase() : value;
}

function splitWords(value: string): string[] {
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
