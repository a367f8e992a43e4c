import { READ, type UrlRow } from "../url-row.ts";

const VIEW =
  "`?range=` (`today` `7d` `30d` `90d` `year` `all`) or `from=` and `to=` (dates such as `2026-03-17`, in the site's time zone), `unit=` (`hour` `day` `week` `month`); filters: `referrer=` `browser=` `system=` `device=` `language=` `country=` `utm_source=` `utm_medium=` `utm_campaign=`. `table=` (one of these) shows all its values, `page=` by page. `format=` (`csv` `json`) downloads a `table`, also `series` and `visits` (single visits).";

/** Pages of statistics. */
export const statsUrls = {
  stats: {
    pattern: "/-/stats",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: `Visits to your links, for administrators to those of the site. ${VIEW}`,
  },
  linkStats: {
    pattern: "/-/stats/links/:shortCode",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Visits to a link, with the parameters of `/-/stats`.",
  },
  tagStats: {
    pattern: "/-/stats/tags/:tag",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Visits to the links that have a tag now, with the parameters of `/-/stats`; for administrators, to those of all accounts.",
  },
  userStats: {
    pattern: "/-/stats/users/:username",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Visits to the links of an account: your own, or for administrators any, with the parameters of `/-/stats`.",
  },
} as const satisfies Record<string, UrlRow>;
