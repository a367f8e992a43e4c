/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import type { Opening } from "../../../links/cached-link.ts";
import { PageHead, show } from "../../ui/layout/layout.tsx";
import { text } from "../text.en.ts";

/** What bots, previews and prefetches see of a link whose visits are limited. */
export async function titlePage(call: Call, { title: own }: Opening): Promise<Response> {
  const title = own || call.settings["app.title"];
  return await show(
    call,
    { title, head: <meta property="og:title" content={title} /> },
    <>
      <PageHead title={<span class="name">{title}</span>} />
      <p>{text.gate.limited}</p>
    </>,
  );
}
