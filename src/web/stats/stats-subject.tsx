/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import type { Subject } from "../../visits/reports/report.ts";
import { linkSubject, ownerSubject, tagSubject } from "../../visits/reports/subjects.ts";
import { findAccount, ownOnly } from "../signed-in.ts";
import { fillText } from "../ui/fill-text.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { text } from "./text.en.ts";

/** Whose statistics a page shows. */
export interface StatsSubject {
  /** Its address without parameters. */
  readonly path: string;
  readonly subject: Subject;
  /** By what people know it: part of the names of downloaded files. */
  readonly name: string;
  /** The same in the title of the browser's tab, where names of any script have no direction of their own. */
  readonly tabName: string;
  readonly heading: Child;
}

/** The caller's own links, or for administrators those of the site. */
export function siteStats(call: Call): StatsSubject {
  const { ownerId } = ownOnly(call);
  return {
    path: href("stats"),
    subject: ownerSubject(call.actor, ownerId),
    name: "",
    tabName: "",
    heading: text.title,
  };
}

/** @throws Problem `not_found` also where the caller may not see it */
export async function userStats(call: Call): Promise<StatsSubject> {
  const username = call.params.username ?? "";
  const user = await findAccount(call, username);
  if (user === null) throw new Problem("not_found", text.noUser);
  const link = <bdi>{user.username}</bdi>;
  return {
    path: href("userStats", { username }),
    subject: ownerSubject(call.actor, user.id),
    name: user.username,
    tabName: user.username,
    heading: <>{fillText(text.ofUser, { name: link })}</>,
  };
}

/** @throws Problem `not_found` */
export async function tagStats(call: Call): Promise<StatsSubject> {
  const tag = call.params.tag ?? "";
  const { ownerId } = ownOnly(call);
  const list = <a href={withQuery(href("links"), { tag })}>{tag}</a>;
  return {
    path: href("tagStats", { tag }),
    subject: await tagSubject(call.app.database, call.actor, { name: tag, ownerId }),
    name: tag,
    tabName: "",
    heading: <bdi>{fillText(text.ofTag, { name: list })}</bdi>,
  };
}

/** @throws Problem `not_found` */
export async function linkStats(call: Call): Promise<StatsSubject> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "", "stats.see");
  const page = (
    <a class="name" href={href("linkPage", link)}>
      {link.title || link.shortCode}
    </a>
  );
  return {
    path: href("linkStats", link),
    subject: linkSubject(call.actor, link),
    name: link.shortCode,
    tabName: link.shortCode,
    heading: <>{fillText(text.ofLink, { name: page })}</>,
  };
}
