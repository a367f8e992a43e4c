/** The languages of the interface, as BCP 47 tags. The last two are made from English, to test translations with. */
export const languages = ["en", "en-xa", "ar-xb"] as const;

export type Language = (typeof languages)[number];

let current: Language = "en";

/** The language in which this process shows text. */
export function currentLanguage(): Language {
  return current;
}

/** Sets the language of this process: texts, numbers and dates follow at once. */
export function useLanguage(language: Language): void {
  current = language;
}

/** The locale in which `Intl` formats numbers and dates: a 24-hour clock in English, too. */
export function intlLocale(): string {
  return "en-GB";
}

/** The direction in which the language is written, for `<html dir>`. */
export function textDirection(): "ltr" | "rtl" {
  return current === "ar-xb" ? "rtl" : "ltr";
}
