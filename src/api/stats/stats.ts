import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { downloadLines } from "../../http/response/download.ts";
import { json } from "../../http/response/response.ts";
import type { ListedLink } from "../../links/links.ts";
import { QUARTER_MS } from "../../visits/quarter.ts";
import type { Ranking, Timeline } from "../../visits/reports/reports.ts";
import { ownerListed } from "../request/owner.ts";
import type {
  LinkStatsQuery,
  linkStatsSchema,
  StatsQuery,
  singleVisitSchema,
  timelineSchema,
  visitLineSchema,
} from "./stats-schema.ts";

type RankingJson = z.input<typeof linkStatsSchema>["referrers"];

/** `GET /api/v1/links/<code>/stats` */
export async function readLinkStats(call: Call, query: LinkStatsQuery): Promise<Response> {
  const link = await findCounted(call);
  const zone = query.time_zone ?? zoneOf(call);
  const { reports } = call.app.visits;
  const { timeline, origins } = await reports.ofLink(call.actor, link, query.period, zone);
  const answer: z.input<typeof linkStatsSchema> = {
    ...describeTimeline(timeline, zone),
    referrers: describeRanking(origins.referrers),
    browsers: describeRanking(origins.browsers),
    systems: describeRanking(origins.systems),
  };
  return json(answer, { call });
}

/** `GET /api/v1/stats` */
export async function readStats(call: Call, query: StatsQuery): Promise<Response> {
  const zone = query.time_zone ?? zoneOf(call);
  const { ownerId } = await ownerListed(call, query.owner);
  const timeline = await call.app.visits.reports.ofOwner(call.actor, ownerId, zone);
  return json(describeTimeline(timeline, zone), { call });
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
  for await (const visits of app.visits.singles.of(id)) {
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

function describeTimeline(
  { unit, bars, includesOlder }: Timeline,
  zone: string,
): z.input<typeof timelineSchema> {
  return {
    time_zone: zone,
    unit,
    bars: bars.map(({ from, ...counts }) => ({ from: new Date(from).toISOString(), ...counts })),
    includes_older: includesOlder,
  };
}

function describeRanking({ shares, others }: Ranking): RankingJson {
  return { items: shares.map(({ name, visits }) => ({ name, visits })), others };
}
