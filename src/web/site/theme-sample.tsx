/** @jsxImportSource hono/jsx */
import type { Theme } from "../../config/values/themes.ts";
import { assetHref } from "../static/asset.ts";

/**
 * A small document in a theme of its own, whatever theme the page around it has: a picture of one, so nothing in it
 * can be reached or read out.
 */
export function ThemeSample({ theme }: { theme: Theme }) {
  return (
    <div class="sample-frame" data-sample="" aria-hidden="true" inert>
      <template shadowrootmode="open">
        <link rel="stylesheet" href={assetHref(`${theme}.css`)} data-theme="" />
        <link rel="stylesheet" href={assetHref("settings.css")} />
        <div class="sample" data-bs-theme="light">
          <Document />
        </div>
      </template>
    </div>
  );
}

function Document() {
  return (
    <>
      <p class="h3">Bread in four steps</p>
      <p>
        Flour, water, salt and <strong>time</strong>. More in <a href="#content">the notes</a>, as
        ever.
      </p>
      <blockquote class="blockquote">Good dough waits for nobody.</blockquote>
      <ol>
        <li>
          Mix, and let it <em>rest</em>
        </li>
        <li>
          Bake at <code>230</code> degrees
        </li>
      </ol>
      <table class="table table-sm mb-0">
        <thead>
          <tr>
            <th>Flour</th>
            <th>Water</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>500 g</td>
            <td>350 g</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}
