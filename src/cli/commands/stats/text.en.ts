import { catalogue } from "../../../text/catalogue.ts";

/** `trunk8 stats`. */
export const text = catalogue({
  summary: "Show the visits to a link: over time, and by what is known of people.",
  all: "of all time",
  zone: "time zone of the days (default: yours, or the site's)",
  json: "print all as JSON",
  range: "today, 7d, 30d (default), 90d, year or all",
  from: "first day, such as 2026-03-01",
  to: "last day",
  unit: "hour, day, week or month (default: what fits the range)",
  heads: {
    people: "People",
    unique: "Unique",
    machines: "Bots and previews",
    visits: "Visits",
  },
  units: { hour: "Hour", day: "Day", week: "Week of", month: "Month" },
  properties: {
    referrer: "Referrer",
    browser: "Browser",
    system: "System",
    device: "Device",
    language: "Language",
    country: "Country",
    utm_source: "Campaign source",
    utm_medium: "Campaign medium",
    utm_campaign: "Campaign",
  },
  before: "Period before",
  notKnown: "Not known",
  total: "Total",
  others: "Others",
  unknown: "Direct or unknown",
});
