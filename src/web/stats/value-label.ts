import { intlLocale } from "../../text/language.ts";
import type { Dimension } from "../../visits/dimension.ts";
import { nameReferrer } from "../../visits/referrer.ts";
import { text } from "./text.en.ts";

/** A value of a dimension as people know it. */
export function labelOf(dimension: Dimension, value: string): string {
  if (dimension === "referrer") return value === "" ? text.direct : nameReferrer(value);
  if (value === "") return text.unknown;
  if (dimension === "country") return nameBy("region", value);
  return dimension === "language" ? nameBy("language", value) : value;
}

/** What stands for visits of which a dimension is not known. */
export function unknownLabel(dimension: Dimension): string {
  return dimension.startsWith("utm_") ? text.none : text.unknown;
}

/** Making one costs as much as a hundred uses of it. */
const names = new Map<string, Intl.DisplayNames>();

/** The code itself where it has no name, or is none: visitors may send anything. */
function nameBy(type: "region" | "language", code: string): string {
  const locale = intlLocale();
  const key = `${locale} ${type}`;
  const known = names.get(key) ?? new Intl.DisplayNames(locale, { type });
  names.set(key, known);
  try {
    return known.of(code) ?? code;
  } catch {
    return code;
  }
}
