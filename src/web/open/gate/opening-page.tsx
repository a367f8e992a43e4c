/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { show } from "../../ui/layout/layout.tsx";
import { text } from "../text.en.ts";

/** The page on the way to an unlocked link, for browsers that do not go on by themselves. */
export async function openingPage(call: Call, path: string, headers: Headers): Promise<Response> {
  return await show(
    call,
    { title: text.gate.opening, headers },
    <div class="narrow">
      <h1 class="h3 mb-4">{text.gate.opening}</h1>
      <a class="btn btn-primary w-100" href={path}>
        {text.gate.open}
      </a>
    </div>,
  );
}
