/** @jsxImportSource hono/jsx */
import type { User } from "../../../accounts/user.ts";
import type { Call } from "../../../http/call.ts";
import { href, type UrlName } from "../../../http/urls.ts";
import { version } from "../../../version.ts";
import type { IconName } from "../../static/assets/icons.ts";
import { brandHref, brandOf } from "../../static/branding.ts";
import { Icon } from "../icon.tsx";
import { text as shared } from "../text.en.ts";
import { aspectOf } from "./image-size.ts";
import { impersonationIn } from "./impersonation-banner.tsx";
import { text } from "./text.en.ts";

/** The bar above every page: the site's name, its pages, and the user's menu. */
export function SiteBar({ call }: { call: Call }) {
  return (
    <header class="site-bar">
      <nav class="container" aria-label={text.siteBar.label}>
        <a class="site-name" href={href("home")}>
          <Logo call={call} />
          <bdi class="site-title">{call.settings["app.title"]}</bdi>
        </a>
        {call.user ? <UserItems call={call} user={call.user} /> : <VisitorItems call={call} />}
      </nav>
    </header>
  );
}

const LOGO_HEIGHT = 32;
const WIDEST_LOGO = 240;

/** Has no text of its own, since the site's name stands beside it; its size is given so that nothing jumps. */
function Logo({ call }: { call: Call }) {
  const { logo } = brandOf(call.app);
  if (logo === null) return null;
  const aspect = aspectOf({ type: logo.type, bytes: logo.bytes.plain });
  const width = Math.round(LOGO_HEIGHT * (aspect ?? 1));
  return (
    <img
      class="site-logo"
      src={brandHref(logo)}
      width={Math.min(width, WIDEST_LOGO)}
      height={LOGO_HEIGHT}
      alt=""
    />
  );
}

function UserItems({ call, user }: { call: Call; user: User }) {
  return (
    <>
      <ul class="site-places">
        <Item call={call} to="links" icon="link" label={text.siteBar.links} />
        <Item call={call} to="add" icon="plus" label={text.siteBar.add} />
      </ul>
      <details class="menu" data-menu="">
        <summary>
          <Icon name="person" />
          <bdi class="one-line">{user.displayName}</bdi>
          <Icon name="chevron-down" />
        </summary>
        <ul class="menu-list">
          {impersonationIn(call) === null && <Personal call={call} />}
          {user.role === "administrator" && <Administration call={call} />}
          <li>
            <form method="post" action={href("signOut")}>
              <button class="place" type="submit">
                <Icon name="box-arrow-right" />
                {shared.actions.signOut}
              </button>
            </form>
          </li>
        </ul>
      </details>
    </>
  );
}

function Personal({ call }: { call: Call }) {
  return (
    <>
      <Item call={call} to="profile" icon="person" label={text.siteBar.profile} />
      <Item call={call} to="settings" icon="palette" label={text.siteBar.settings} />
    </>
  );
}

function Administration({ call }: { call: Call }) {
  return (
    <>
      <Item call={call} to="users" icon="people" label={text.siteBar.users} />
      <Item call={call} to="audit" icon="clock" label={text.siteBar.activityLog} />
      <Item call={call} to="siteSettings" icon="gear" label={text.siteBar.siteSettings} />
    </>
  );
}

function VisitorItems({ call }: { call: Call }) {
  return (
    <ul class="site-places">
      <Item call={call} to="signIn" icon="person" label={shared.actions.signIn} />
    </ul>
  );
}

interface ItemProps {
  readonly call: Call;
  readonly to: Extract<
    UrlName,
    "links" | "add" | "profile" | "settings" | "signIn" | "users" | "audit" | "siteSettings"
  >;
  readonly icon: IconName;
  readonly label: string;
}

function Item({ call, to, icon, label }: ItemProps) {
  const address = href(to);
  const isHere = call.url.pathname === address;
  return (
    <li>
      <a class="place" href={address} aria-current={isHere ? "page" : undefined}>
        <Icon name={icon} />
        {label}
      </a>
    </li>
  );
}

/** The footer of every page. Visitors do not see which version runs. */
export function SiteFooter({ call: { user } }: { call: Call }) {
  return (
    <footer class="site-foot">
      <div class="container">Trunk8{user && ` ${version}`}</div>
    </footer>
  );
}
