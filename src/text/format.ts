import { intlLocale } from "./language.ts";

/** A text for each grammatical number that the language tells apart. */
export type PluralTexts = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string;
};

/** Chooses the text for a count by the language's plural rules, as in `plural(n, { one: "1 link", other: ... })`. */
export function plural(count: number, texts: PluralTexts): string {
  return texts[formatsIn(intlLocale()).plurals.select(count)] ?? texts.other;
}

/** A count as people write it: `12,345`. */
export function formatCount(count: number): string {
  return formatsIn(intlLocale()).counts.format(count);
}

/** Words in a row: `a, b and c`. */
export function formatList(words: readonly string[]): string {
  return formatsIn(intlLocale()).lists.format(words);
}

interface Formats {
  readonly counts: Intl.NumberFormat;
  readonly plurals: Intl.PluralRules;
  readonly lists: Intl.ListFormat;
}

/** Making a formatter costs as much as a hundred uses of it. */
const known = new Map<string, Formats>();

function formatsIn(locale: string): Formats {
  const formats = known.get(locale) ?? {
    counts: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
    plurals: new Intl.PluralRules(locale),
    lists: new Intl.ListFormat(locale),
  };
  known.set(locale, formats);
  return formats;
}
