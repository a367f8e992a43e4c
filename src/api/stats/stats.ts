import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { downloadLines } from "../../http/response/download.ts";
import { json } from "../../http/response/response.ts";
import type { ListedLink } from "../../links/links.ts";
import { byDimension } from "../../visits/dimension.ts";
import { QUARTER_MS } from "../../visits/quarter.ts";
import { isoDate } from "../../visits/reports/calendar.ts";
import type { Before, Ranking, Report, Subject } from "../../visits/reports/report.ts";
import { parseReportQuery, type ReportQuery } from "../../visits/reports/report-query.ts";
import { ALWAYS } from "../../visits/reports/single-visits.ts";
import { linkSubject, ownerSubject, tagSubject } from "../../visits/reports/subjects.ts";
import { ownerListed } from "../request/owner.ts";
import { ofParameters } from "../request/pointer.ts";
import type {
  LinkStatsQuery,
  StatsQuery,
  singleVisitSchema,
  statsSchema,
  visitLineSchema,
} from "./stats-schema.ts";

type StatsJson = z.input<typeof statsSchema>;
type RankingJson = StatsJson["referrers"];
type Asked = Omit<StatsQuery, "owner" | "tag">;

/** `GET /api/v1/links/<code>/stats` */
export async function readLinkStats(
  call: Call,
  { period, ...query }: LinkStatsQuery,
): Promise<Response> {
  const subject = linkSubject(call.actor, await findCounted(call));
  const range = period === "all" ? "all" : query.range;
  return await answer(call, subject, { ...query, range });
}

/** `GET /api/v1/stats` */
export async function readStats(call: Call, query: StatsQuery): Promise<Response> {
  const { owner, tag, ...asked } = query;
  const { app, actor } = call;
  const { ownerId } = await ownerListed(call, owner);
  const subject =
    tag === undefined
      ? ownerSubject(actor, ownerId)
      : await tagSubject(app.database, actor, { name: tag, ownerId });
  return await answer(call, subject, asked);
}

async function answer(call: Call, subject: Subject, asked: Asked): Promise<Response> {
  const { limit, time_zone, ...parameters } = asked;
  const zone = time_zone ?? zoneOf(call);
  const found = await ofParameters(async () => {
    const query = parseReportQuery(parameters);
    const report = await call.app.visits.reports.of(subject, query, { most: limit, zone });
    return describeReport(report, query);
  });
  return json(found, { call });
}

/** `GET /api/v1/links/<code>/visits` */
export async function readVisits(call: Call): Promise<Response> {
  const { id } = await findCounted(call);
  await call.app.visits.flush();
  return downloadLines(linesOf(call, id), { call, name: null, type: "application/x-ndjson" });
}

/** `GET /api/v1/links/<code>/visits/single` */
export async function readSingleVisits(call: Call): Promise<Response> {
  const { id } = await findCounted(call);
  await call.app.visits.flush();
  const lines = singleLinesOf(call, id);
  return downloadLines(lines, { call, name: null, type: "application/x-ndjson" });
}

async function* singleLinesOf({ app }: Call, id: number): AsyncGenerator<string> {
  const selection = { subject: { of: "link", id }, quarters: ALWAYS, filter: {} } as const;
  for await (const visits of app.visits.singles.pages(selection)) {
    const lines = visits.map(
      ({ at, class: by, values }): z.input<typeof singleVisitSchema> => ({
        at: new Date(at).toISOString(),
        by,
        ...values,
      }),
    );
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

async function* linesOf({ app }: Call, id: number): AsyncGenerator<string> {
  for await (const quarters of app.visits.ofLinks.quartersOf([id])) {
    const lines = quarters.map(
      (quarter): z.input<typeof visitLineSchema> => ({
        from: new Date(quarter.quarter * QUARTER_MS).toISOString(),
        by: quarter.class,
        visits: quarter.visits,
      }),
    );
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

/** @throws Problem `not_found` */
function findCounted({ app, actor, params }: Call): Promise<ListedLink> {
  return app.links.get(actor, params.shortCode ?? "", "stats.see");
}

function describeBefore({ uniqueSince, ...totals }: Before): StatsJson["before_totals"] {
  return { ...totals, unique_since: uniqueSince };
}

/** A report as the API answers it. */
function describeReport(report: Report, { filter }: ReportQuery): StatsJson {
  const { calendar, bars, totals, before, tables, reachesFrom } = report;
  const properties = byDimension((dimension) => describeRanking(tables[dimension]));
  return {
    time_zone: calendar.zone,
    unit: calendar.unit,
    bars: bars.map(({ from, ...counts }) => ({ from: new Date(from).toISOString(), ...counts })),
    includes_older: calendar.includesOlder,
    totals,
    before: before?.people ?? null,
    before_totals: before && describeBefore(before),
    filter,
    single_visits_since: reachesFrom === null ? null : isoDate(reachesFrom),
    referrers: properties.referrer,
    browsers: properties.browser,
    systems: properties.system,
    properties,
  };
}

function describeRanking(ranking: Ranking = nothing): RankingJson {
  const { shares, ...counts } = ranking;
  return { items: shares.map(({ value, visits }) => ({ name: value, visits })), ...counts };
}

const nothing: Ranking = { shares: [], others: 0, unknown: 0, values: 0 };
