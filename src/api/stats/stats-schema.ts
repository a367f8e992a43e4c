import { z } from "zod";
import { canonicalZone } from "../../config/values/time-zone.ts";
import { type Dimension, dimensionNames } from "../../visits/dimension.ts";
import { visitorClasses } from "../../visits/visit.ts";
import { text } from "../text.en.ts";

const visits = z.int();

const timeline = {
  time_zone: z.string().describe("Days and months are those of this time zone."),
  unit: z.enum(["day", "month"]),
  bars: z
    .array(
      z.strictObject({
        from: z.iso.datetime().describe("Its beginning."),
        people: visits,
        machines: visits.describe("Crawlers, link previews and browsers that prefetch."),
      }),
    )
    .describe("Oldest first. The last one is not over yet."),
  includes_older: z.boolean().describe("Whether the first one also counts all before it."),
};

const ranking = z
  .strictObject({
    items: z.array(z.strictObject({ name: z.string(), visits })),
    others: visits.describe("By people with other properties."),
  })
  .meta({ id: "Ranking", description: "The most frequent properties of people." });

/** Visits over time. */
export const timelineSchema = z.strictObject(timeline).meta({ id: "Timeline" });

/** Visits to a link. */
export const linkStatsSchema = z
  .strictObject({
    ...timeline,
    referrers: ranking.describe("Hosts and apps; the empty name where there is none."),
    browsers: ranking,
    systems: ranking,
  })
  .meta({ id: "LinkStats" });

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

export const linkStatsQuery = z.strictObject({
  period: z.enum(["month", "all"]).default("month").describe("`month`: 30 days, with today."),
  time_zone: timeZone,
});

export type LinkStatsQuery = z.output<typeof linkStatsQuery>;

export const statsQuery = z.strictObject({
  owner: z
    .string()
    .min(1)
    .optional()
    .describe("User name, for administrators, who else get the visits of the whole site."),
  time_zone: timeZone,
});

export type StatsQuery = z.output<typeof statsQuery>;

/** A line of the visits of a link. */
export const visitLineSchema = z
  .strictObject({
    from: z.iso.datetime().describe("Beginning of a quarter of an hour."),
    by: z.enum(visitorClasses),
    visits,
  })
  .meta({ id: "Visits" });

const dimensionFields = Object.fromEntries(
  dimensionNames.map((name) => [name, z.string().nullable()]),
) as Record<Dimension, z.ZodNullable<z.ZodString>>;

/** A line of the single visits of a link. */
export const singleVisitSchema = z
  .strictObject({ at: z.iso.datetime(), by: z.enum(visitorClasses), ...dimensionFields })
  .meta({ id: "Visit", description: "What is not known is null. There is no address." });
