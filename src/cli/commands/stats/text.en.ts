import { catalogue } from "../../../text/catalogue.ts";

/** `trunk8 stats`. */
export const text = catalogue({
  summary: "Show the visits to a link: of 30 days by day, or of all time by month.",
  all: "of all time",
  zone: "time zone of the days (default: yours, or the site's)",
  json: "print all as JSON",
  heads: {
    day: "Day",
    month: "Month",
    people: "People",
    machines: "Bots and previews",
    referrer: "Referrer",
    browser: "Browser",
    system: "System",
    visits: "Visits",
  },
  total: "Total",
  others: "Others",
  unknown: "Direct or unknown",
});
