import type { User } from "../../../accounts/user.ts";
import type { Call } from "../../../http/call.ts";
import { href, type UrlName } from "../../../http/urls.ts";
import { version } from "../../../version.ts";
import type { IconName } from "../../static/assets/icons.ts";
import { brandHref, brandOf } from "../../static/branding.ts";
import { Icon } from "../icon.tsx";
import { type Child, html, raw } from "../markup/markup.ts";
import { text as shared } from "../text.en.ts";
import { aspectOf } from "./image-size.ts";
import { impersonationIn } from "./impersonation-banner.tsx";
import { text } from "./text.en.ts";

/** The bar above every page: the site's name, its pages, and the user's menu. */
export function siteBar(call: Call): Child {
  const items = call.user ? userItems(call, call.user) : visitorItems(call);
  return html`<header class=site-bar><nav class=container aria-label="${text.siteBar.label}"><a class=site-name href="${href("home")}">${logo(call)}<bdi class=site-title>${call.settings["app.title"]}</bdi></a>${items}</nav></header>`;
}

const LOGO_HEIGHT = 32;
const WIDEST_LOGO = 240;

/** Has no text of its own, since the site's name stands beside it; its size is given so that nothing jumps. */
function logo(call: Call): Child {
  const { logo } = brandOf(call.app);
  if (logo === null) return null;
  const aspect = aspectOf({ type: logo.type, bytes: logo.bytes.plain });
  const width = Math.min(Math.round(LOGO_HEIGHT * (aspect ?? 1)), WIDEST_LOGO);
  return html`<img class=site-logo src="${brandHref(logo)}" width="${width}" height="${LOGO_HEIGHT}" alt="">`;
}

function userItems(call: Call, user: User): Child {
  const isAdministrator = user.role === "administrator";
  return html`<ul class=site-places>${item(call, "links", "link", text.siteBar.links)}${item(call, "add", "plus", text.siteBar.add)}</ul><details class=menu data-menu><summary>${Icon({ name: "person" })}<bdi class=one-line>${user.displayName}</bdi>${Icon({ name: "chevron-down" })}</summary><ul class=menu-list>${impersonationIn(call) === null && personal(call)}${isAdministrator && administration(call)}<li><form method=post action="${href("signOut")}"><button class=place type=submit>${Icon({ name: "box-arrow-right" })}${shared.actions.signOut}</button></form></ul></details>`;
}

function personal(call: Call): Child {
  return [
    item(call, "stats", "bar-chart", text.siteBar.stats),
    item(call, "tags", "tags", text.siteBar.tags),
    item(call, "trash", "trash", text.siteBar.trash),
    item(call, "profile", "person", text.siteBar.profile),
    item(call, "settings", "palette", text.siteBar.settings),
  ];
}

function administration(call: Call): Child {
  return [
    item(call, "users", "people", text.siteBar.users),
    item(call, "audit", "clock", text.siteBar.activityLog),
    item(call, "siteSettings", "gear", text.siteBar.siteSettings),
  ];
}

function visitorItems(call: Call): Child {
  return html`<ul class=site-places>${item(call, "signIn", "person", shared.actions.signIn)}</ul>`;
}

type Place = Extract<
  UrlName,
  | "links"
  | "add"
  | "stats"
  | "tags"
  | "trash"
  | "profile"
  | "settings"
  | "signIn"
  | "users"
  | "audit"
  | "siteSettings"
>;

function item(call: Call, to: Place, icon: IconName, label: string): Child {
  const address = href(to);
  const isHere = call.url.pathname === address;
  return html`<li><a class=place href="${address}"${isHere && HERE}>${Icon({ name: icon })}${label}</a>`;
}

const HERE = raw(' aria-current="page"');

/** The footer of every page. Visitors do not see which version runs. */
export function siteFooter({ user }: Pick<Call, "user">): Child {
  const more =
    user && html` ${version} &middot; <a href="${href("apiPage")}">${text.siteBar.api}</a>`;
  return html`<footer class=site-foot><div class=container>Trunk8${more}</div></footer>`;
}
