/** @jsxImportSource hono/jsx */
import type { Call } from "../http/call.ts";
import { href } from "../http/urls.ts";
import { show } from "./ui/layout.tsx";

/** `GET /-/links/<code>`: everything about one link. */
export async function linkPage(call: Call): Promise<Response> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  const { shortCode } = link;
  return await show(
    call,
    { title: shortCode },
    <>
      <h1 class="h3 name">{shortCode}</h1>
      <a href={href("editLink", { shortCode })}>Edit</a>
    </>,
  );
}
