/** @jsxImportSource hono/jsx */
import type { Call } from "../http/call.ts";
import { href } from "../http/urls.ts";
import type { ListedLink } from "../links/links.ts";
import { LinkTable } from "./linkrows.tsx";
import { ownOnly } from "./signedin.ts";
import { show } from "./ui/layout.tsx";

const NEWEST = 10;

/** `GET /`: the quickest way to add a link, or for a stranger what this is. */
export async function home(call: Call): Promise<Response> {
  if (call.user === null) return await show(call, { title: "Short links" }, <Welcome />);
  const { links } = await call.app.links.list(call.actor, { ...ownOnly(call), limit: NEWEST });
  return await show(call, { title: "Home" }, <Desk call={call} links={links} />);
}

function Welcome() {
  return (
    <div class="text-center py-5">
      <h1 class="mb-3">Trunk8</h1>
      <p class="lead">Short links at addresses of our own.</p>
      <a class="btn btn-primary" href={href("signIn")}>
        Sign in
      </a>
    </div>
  );
}

function Desk({ call, links }: { call: Call; links: readonly ListedLink[] }) {
  return (
    <>
      <h1 class="h3 mb-3">Shorten an address</h1>
      <AddBox />
      <h2 class="h4 mt-5 mb-3">Newest links</h2>
      {links.length === 0 ? (
        <p>
          There are none yet. Paste a long address above, and it gets a short one that is yours.
        </p>
      ) : (
        <>
          <LinkTable call={call} links={links} />
          <a href={href("links")}>All links</a>
        </>
      )}
    </>
  );
}

function AddBox() {
  return (
    <form method="post" action={href("add")} class="input-group">
      <input
        class="form-control form-control-lg"
        name="url"
        placeholder="https://"
        aria-label="Address to shorten"
        inputmode="url"
        autocomplete="off"
        autocapitalize="none"
        required
      />
      <button class="btn btn-primary btn-lg" type="submit">
        Shorten
      </button>
    </form>
  );
}
