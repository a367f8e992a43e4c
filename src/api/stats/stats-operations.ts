import { z } from "zod";
import { scopesOf } from "../../policy.ts";
import { SEE_LINKS } from "../key-needs.ts";
import { linkFilters } from "../links/link-query-schema.ts";
import { linkSchema } from "../links/link-schema.ts";
import { operation } from "../operation.ts";
import { exportLinks } from "./export-links.ts";
import { readLinkStats, readSingleVisits, readStats, readVisits } from "./stats.ts";
import {
  linkStatsQuery,
  singleVisitSchema,
  statsQuery,
  statsSchema,
  visitLineSchema,
} from "./stats-schema.ts";

const READ = scopesOf["stats.see"];

/** Operations on statistics. */
export const statsOperations = {
  apiStats: {
    GET: operation({
      name: "readStats",
      doc: "Read the visits to your links, for administrators to all: over time, and by what is known of people.",
      scopes: READ,
      problems: ["not_found"],
      query: statsQuery,
      answers: { 200: { doc: "Statistics.", schema: statsSchema } },
      answer: (call, { query }) => readStats(call, query),
    }),
  },
  apiLinkStats: {
    GET: operation({
      name: "readLinkStats",
      doc: "Read the visits to a link: over time, and by what is known of people.",
      scopes: READ,
      query: linkStatsQuery,
      answers: { 200: { doc: "Statistics.", schema: statsSchema } },
      answer: (call, { query }) => readLinkStats(call, query),
    }),
  },
  apiLinkLines: {
    GET: operation({
      name: "exportLinks",
      doc: "Read all links of a list as NDJSON, newest first.",
      scopes: SEE_LINKS,
      query: z.strictObject(linkFilters),
      answers: {
        200: { doc: "A line for each.", types: ["application/x-ndjson"], line: linkSchema },
      },
      answer: (call, { query }) => exportLinks(call, query),
    }),
  },
  apiVisits: {
    GET: operation({
      name: "readVisits",
      doc: "Read all counted visits to a link as NDJSON, by quarter of an hour.",
      scopes: READ,
      answers: {
        200: { doc: "A line for each.", types: ["application/x-ndjson"], line: visitLineSchema },
      },
      answer: readVisits,
    }),
  },
  apiSingleVisits: {
    GET: operation({
      name: "readSingleVisits",
      doc: "Read single visits to a link as NDJSON, oldest first. They are kept for `visits.retention_days`.",
      scopes: READ,
      answers: {
        200: { doc: "A line for each.", types: ["application/x-ndjson"], line: singleVisitSchema },
      },
      answer: readSingleVisits,
    }),
  },
};
