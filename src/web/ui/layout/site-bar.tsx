/** @jsxImportSource hono/jsx */
import type { User } from "../../../accounts/user.ts";
import type { Call } from "../../../http/call.ts";
import { href, type UrlName } from "../../../http/urls.ts";
import { version } from "../../../version.ts";
import type { IconName } from "../../static/assets/icons.ts";
import { brandHref, brandOf } from "../../static/branding.ts";
import { Icon } from "../icon.tsx";
import { aspectOf } from "./image-size.ts";
import { actingIn } from "./impersonation-banner.tsx";

/** What stands above every page: the site's name, its places, and the reader's own. */
export function SiteBar({ call }: { call: Call }) {
  return (
    <header class="site-bar">
      <nav class="container" aria-label="Site">
        <a class="site-name" href={href("home")}>
          <Logo call={call} />
          <bdi class="site-title">{call.settings["app.title"]}</bdi>
        </a>
        {call.user ? <OwnPlaces call={call} user={call.user} /> : <StrangersPlaces call={call} />}
      </nav>
    </header>
  );
}

const LOGO_HEIGHT = 32;
const WIDEST_LOGO = 240;

/** The name stands beside it, so it has no words of its own; its size is said, so that nothing jumps. */
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

function OwnPlaces({ call, user }: { call: Call; user: User }) {
  return (
    <>
      <ul class="site-places">
        <Place call={call} to="links" icon="link" label="Links" />
        <Place call={call} to="add" icon="plus" label="Add" />
      </ul>
      <details class="menu" data-menu="">
        <summary>
          <Icon name="person" />
          <bdi class="one-line">{user.displayName}</bdi>
          <Icon name="chevron-down" />
        </summary>
        <ul class="menu-list">
          {actingIn(call) === null && <Personal call={call} />}
          {user.role === "administrator" && <Administration call={call} />}
          <li>
            <form method="post" action={href("signOut")}>
              <button class="place" type="submit">
                <Icon name="box-arrow-right" />
                Sign out
              </button>
            </form>
          </li>
        </ul>
      </details>
    </>
  );
}

/** What is for oneself alone. */
function Personal({ call }: { call: Call }) {
  return (
    <>
      <Place call={call} to="profile" icon="person" label="Profile" />
      <Place call={call} to="settings" icon="palette" label="Settings" />
    </>
  );
}

function Administration({ call }: { call: Call }) {
  return (
    <>
      <Place call={call} to="users" icon="people" label="Users" />
      <Place call={call} to="audit" icon="clock" label="Record" />
      <Place call={call} to="siteSettings" icon="gear" label="Site settings" />
    </>
  );
}

function StrangersPlaces({ call }: { call: Call }) {
  return (
    <ul class="site-places">
      <Place call={call} to="signIn" icon="person" label="Sign in" />
    </ul>
  );
}

interface PlaceProps {
  readonly call: Call;
  readonly to: Extract<
    UrlName,
    "links" | "add" | "profile" | "settings" | "signIn" | "users" | "audit" | "siteSettings"
  >;
  readonly icon: IconName;
  readonly label: string;
}

function Place({ call, to, icon, label }: PlaceProps) {
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

/** What stands below every page. Which version runs is nothing for strangers to know. */
export function SiteFoot({ call: { user } }: { call: Call }) {
  return (
    <footer class="site-foot">
      <div class="container">Trunk8{user && ` ${version}`}</div>
    </footer>
  );
}
