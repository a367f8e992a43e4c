import { LRUCache } from "lru-cache";
import { intlLocale } from "./language.ts";
import { text } from "./text.en.ts";

/** A text for each grammatical number of the language. */
export type PluralTexts = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string;
};

/** Chooses the text for a count by the language's plural rules, as in `plural(n, { one: "1 link", other: ... })`. */
export function plural(count: number, texts: PluralTexts): string {
  return texts[formatsIn(intlLocale()).plurals.select(count)] ?? texts.other;
}

/** A count as people write it: `12,345`. */
export function formatCount(count: number): string {
  const { counts, smallCounts } = formatsIn(intlLocale());
  return smallCounts[count] ?? counts.format(count);
}

/** A share as people write it: `12%`, below a hundredth with a decimal. */
export function formatPercent(share: number): string {
  const { percents, smallPercents } = formatsIn(intlLocale());
  return (share !== 0 && Math.abs(share) < 0.01 ? smallPercents : percents).format(share);
}

const sizeUnits = ["KB", "MB", "GB", "TB", "PB"] as const;

/** A size as people write it: `812 bytes`, `1.4 MB`; each unit is 1,024 of the one before, as in the upload limit. */
export function formatBytes(bytes: number): string {
  const { wholeBytes, tenths } = formatsIn(intlLocale());
  // Compared as it will be written, so that no size reads 1,024 KB.
  const isUnder1024 = (size: number) => Math.round(size * 10) / 10 < 1024;
  if (isUnder1024(bytes)) return wholeBytes.format(bytes);
  const at = sizeUnits.findIndex((_, n) => isUnder1024(bytes / 1024 ** (n + 1)));
  const step = at < 0 ? sizeUnits.length : at + 1;
  return text.size[sizeUnits[step - 1] ?? "PB"](tenths.format(bytes / 1024 ** step));
}

/** A distance from now, negative when it has passed: `in 2 hours`, `3 days ago`. */
export function formatRelative(count: number, unit: Intl.RelativeTimeFormatUnit): string {
  const { relative, distances } = formatsIn(intlLocale());
  const key = `${count} ${unit}`;
  const known = distances.get(key);
  if (known !== undefined) return known;
  const written = relative.format(count, unit);
  distances.set(key, written);
  return written;
}

/** Words in a row: `a, b and c`. */
export function formatList(words: readonly string[]): string {
  return formatsIn(intlLocale()).lists.format(words);
}

/** Words of which one is meant: `a, b or c`. */
export function formatAlternatives(words: readonly string[]): string {
  return formatsIn(intlLocale()).alternatives.format(words);
}

interface Formats {
  readonly counts: Intl.NumberFormat;
  /** Those up to a hundred, written once: pages are full of them. */
  readonly smallCounts: readonly string[];
  readonly percents: Intl.NumberFormat;
  readonly smallPercents: Intl.NumberFormat;
  readonly tenths: Intl.NumberFormat;
  readonly wholeBytes: Intl.NumberFormat;
  readonly plurals: Intl.PluralRules;
  readonly relative: Intl.RelativeTimeFormat;
  /** Distances that were written before. */
  readonly distances: LRUCache<string, string>;
  readonly lists: Intl.ListFormat;
  readonly alternatives: Intl.ListFormat;
}

/** Making a formatter costs as much as a hundred uses of it. */
const known = new Map<string, Formats>();

function formatsIn(locale: string): Formats {
  const formats = known.get(locale) ?? makeFormats(locale);
  known.set(locale, formats);
  return formats;
}

function makeFormats(locale: string): Formats {
  const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  return {
    counts,
    smallCounts: Array.from({ length: 100 }, (_, count) => counts.format(count)),
    percents: new Intl.NumberFormat(locale, { style: "percent" }),
    smallPercents: new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }),
    tenths: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
    wholeBytes: new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" }),
    plurals: new Intl.PluralRules(locale),
    relative: new Intl.RelativeTimeFormat(locale),
    distances: new LRUCache<string, string>({ max: 500 }),
    lists: new Intl.ListFormat(locale),
    alternatives: new Intl.ListFormat(locale, { type: "disjunction" }),
  };
}
