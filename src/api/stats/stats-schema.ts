import { z } from "zod";
import { canonicalZone } from "../../config/values/time-zone.ts";
import { byDimension, dimensionNames } from "../../visits/dimension.ts";
import { units } from "../../visits/reports/calendar.ts";
import { ranges } from "../../visits/reports/report-query.ts";
import { visitorClasses } from "../../visits/visit.ts";
import { text } from "../text.en.ts";

const visits = z.int();
const unique = z
  .int()
  .nullable()
  .describe("Unique visitors: the sum of those of each day. Null by the hour, and with a filter.");

const counts = {
  people: visits,
  machines: visits.describe("Crawlers, link previews and browsers that prefetch."),
  bots: visits,
  previews: visits,
  prefetches: visits,
  unique,
};

const ranking = z
  .strictObject({
    items: z.array(z.strictObject({ name: z.string(), visits })),
    others: visits.describe("By people with other properties."),
    unknown: visits.describe("By people where it is not known."),
    values: z.int().describe("Number of different properties."),
  })
  .meta({ id: "Ranking", description: "The most frequent properties of people." });

/** Visits over time, and by what is known of people. */
export const statsSchema = z
  .strictObject({
    time_zone: z
      .string()
      .describe(
        "Hours, days, weeks and months are those of this time zone; properties and unique visitors are counted by days of the site's.",
      ),
    unit: z.enum(units),
    bars: z
      .array(z.strictObject({ from: z.iso.datetime().describe("Its beginning."), ...counts }))
      .describe("Oldest first. The last one may not be over yet."),
    includes_older: z.boolean().describe("Whether the first one also counts all before it."),
    totals: z.strictObject(counts).describe("Sums of all bars."),
    before: visits
      .nullable()
      .describe("By people in the period of the same length before; null where it is not known."),
    before_totals: z
      .strictObject({
        ...counts,
        unique: z
          .int()
          .nullable()
          .describe("On whole days: where this period includes today, without its last day."),
        unique_since: z
          .int()
          .nullable()
          .describe("Unique visitors of this period on as many days: without today."),
      })
      .nullable()
      .describe("The same of the period before."),
    filter: z.partialRecord(z.enum(dimensionNames), z.string()),
    single_visits_since: z
      .string()
      .nullable()
      .describe(
        "With a filter only single visits are counted, which are kept for `visits.retention_days`: the first day, such as `2026-03-17`, where the range begins before it.",
      ),
    referrers: ranking.describe("Hosts and apps; the empty name where there is none."),
    browsers: ranking,
    systems: ranking,
    properties: z.strictObject(byDimension(() => ranking)).describe("All of these tables."),
  })
  .meta({ id: "Stats" });

const timeZone = z
  .string()
  .transform((name, { addIssue }) => {
    const zone = canonicalZone(name);
    if (zone !== null) return zone;
    addIssue({ code: "custom", message: text.unknownTimeZone });
    return z.NEVER;
  })
  .optional()
  .describe("IANA name. Default: your own, or the site's.");

/** What is checked by `parseReportQuery`. */
const report = {
  range: z
    .string()
    .optional()
    .describe(`One of ${ranges.map((range) => `\`${range}\``).join(" ")}. Default: \`30d\`.`),
  from: z.string().optional().describe("The first day, such as `2026-03-01`, with `to`."),
  to: z.string().optional().describe("The last day. A range that ends in the future ends today."),
  unit: z
    .string()
    .optional()
    .describe(
      `One of ${units.map((unit) => `\`${unit}\``).join(" ")}. Default: what fits the range.`,
    ),
  ...byDimension((dimension) =>
    z
      .string()
      .optional()
      .describe(`Only visits with this ${dimension.replace("_", " ")}.`),
  ),
  limit: z.int().min(1).max(1000).default(8).describe("Rows of each table."),
  time_zone: timeZone,
};

export const linkStatsQuery = z.strictObject({
  period: z.enum(["month", "all"]).optional().describe("The same as `range` `30d` or `all`."),
  ...report,
});

export const statsQuery = z.strictObject({
  owner: z
    .string()
    .min(1)
    .optional()
    .describe("User name, for administrators, who else get the visits of the whole site."),
  tag: z.string().min(1).optional().describe("Only links that have this tag now."),
  ...report,
});

export type LinkStatsQuery = z.output<typeof linkStatsQuery>;
export type StatsQuery = z.output<typeof statsQuery>;

/** A line of the visits of a link. */
export const visitLineSchema = z
  .strictObject({
    from: z.iso.datetime().describe("Beginning of a quarter of an hour."),
    by: z.enum(visitorClasses),
    visits,
  })
  .meta({ id: "Visits" });

/** A line of the single visits of a link. */
export const singleVisitSchema = z
  .strictObject({
    at: z.iso.datetime(),
    by: z.enum(visitorClasses),
    ...byDimension(() => z.string().nullable()),
  })
  .meta({ id: "Visit", description: "What is not known is null. There is no address." });
