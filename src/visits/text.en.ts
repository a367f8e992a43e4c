import { catalogue } from "../text/catalogue.ts";

export const text = catalogue({
  forbidden: "You are not allowed to see these visits.",
  noLink: "There is no such link.",
  noTag: "There is no such tag.",
  range: {
    oneOf: (names: string) => `Choose one of these: ${names}.`,
    rangeOrDates: "Give either a range or two dates.",
    noDate: "Enter a date such as 2026-03-17.",
    backwards: "Enter a date that is not before the first one.",
    inFuture: "Enter a date that is not in the future.",
    tooOld: (years: number) => `Enter a date within the last ${years} years.`,
    tooMany: "Choose a longer unit, or a shorter range.",
    tooLong: (characters: number) => `Enter at most ${characters} characters.`,
  },
});
