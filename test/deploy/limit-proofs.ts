import { type Ground, SITE_FILE } from "./ground.ts";
import { same } from "./tools.ts";
import type { Answer, Asked } from "./visitor.ts";

/** The limits of nginx, each from an address of its own. */
export async function proveLimits({ report, visitor }: Ground): Promise<void> {
  const many = (count: number, path: string, asked: Asked): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, () => visitor.ask(path, asked)));

  await report.prove(
    SITE_FILE,
    "429 from the general zone, which tells when to come back",
    async () => {
      const refused = refusedOf(await many(40, "/links", { from: "198.51.100.20" }));
      same("refused of 40", refused.length, 40 - 21);
      same("Retry-After", refused[0]?.headers.get("retry-after"), "60");
      same("HSTS", refused[0]?.headers.get("strict-transport-security"), "max-age=31536000");
    },
  );
  await report.prove(SITE_FILE, "429 from the zone for signing in", async () => {
    const asked = { from: "198.51.100.21", body: "username=x" };
    same("refused of 20", refusedOf(await many(20, "/auth/login", asked)).length, 20 - 11);
    const forms = await many(15, "/auth/login", { from: "198.51.100.22" });
    same("refused of 15 who only look", refusedOf(forms).length, 0);
  });
  await report.prove(SITE_FILE, "no other spelling passes the limit for signing in", async () => {
    const asked = { from: "198.51.100.24", body: "username=x" };
    await many(11, "/auth/login", asked);
    for (const path of ["/%61uth/login", "/x/../auth/login", "/x/%2e%2e/%61uth/login"])
      same(`refused at ${path}`, refusedOf(await many(1, path, asked)).length, 1);
    for (const path of ["/x\\..\\auth\\login", "/.\\auth\\login", "/static/..\\auth\\login"])
      same(path, (await visitor.ask(path, asked)).status, 400);
    const target = "/there?path=a\\b";
    same("a backslash in the query", (await visitor.ask(target)).status, 302);
  });
  await report.prove(SITE_FILE, "openings of links have no limit", async () => {
    const opened = await many(200, "/there", { from: "198.51.100.23" });
    same("other answers than 302", opened.filter(({ status }) => status !== 302).length, 0);
  });
  await report.prove(SITE_FILE, "an IPv6 network counts as one address", async () => {
    const here = await many(21, "/links", { from: "2001:db8:1:2::a" });
    same("refused of 21", refusedOf(here).length, 0);
    const neighbour = await many(10, "/links", { from: "2001:db8:1:2:ffff::b" });
    if (refusedOf(neighbour).length < 9)
      throw new Error("a neighbour of the network is not limited");
    const elsewhere = await many(10, "/links", { from: "2001:db8:1:3::a" });
    same("refused of another network", refusedOf(elsewhere).length, 0);
  });
}

/** Those that nginx refused, and not Trunk8. */
function refusedOf(answers: readonly Answer[]): Answer[] {
  return answers.filter(
    ({ status, text }) => status === 429 && text.startsWith("Too many requests from your IP"),
  );
}
