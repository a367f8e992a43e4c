/** A day with the site from signing in to signing out, in a real browser: with scripts and without, on desk and phone. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { operator } from "../../src/policy.ts";
import { text as list } from "../../src/web/links/list/text.en.ts";
import { text as links } from "../../src/web/links/text.en.ts";
import { text as frame } from "../../src/web/ui/layout/text.en.ts";
import { text as shared } from "../../src/web/ui/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { newLink } from "../share.ts";
import { PASSWORD } from "../world.ts";
import { field, send } from "./fields.ts";
import { DESK, headingOf, noticeOn, openSite, overflow, PHONE, press, type Site } from "./pages.ts";

/** Links that somebody has already: with the one that is made, more than one page of the list. */
const EARLIER = 59;

describe.skipIf(!browserIsAvailable)("a day with the site", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  test.each([
    ["with scripts", true, DESK],
    ["with scripts, on a phone", true, PHONE],
    ["without scripts", false, DESK],
    ["without scripts, on a phone", false, PHONE],
  ])(
    "%s",
    async (name, scripts, width) => {
      const username = name.replaceAll(/\W+/g, "-");
      await addEarlierLinks(username);
      const { page, faults, close } = await site.visit({ scripts, width });
      const walk: Walk = { page, scripts, username, code: `${username}-new` };
      for (const step of steps) {
        await step(walk);
        expect({ step: step.name, beyond: await overflow(page), faults }).toEqual({
          step: step.name,
          beyond: 0,
          faults: [],
        });
      }
      await close();
    },
    60_000,
  );

  async function addEarlierLinks(username: string): Promise<void> {
    const { app } = site.world;
    const { id } = await app.accounts.users.create(operator, { username, password: PASSWORD });
    for (let n = 1; n <= EARLIER; n++) {
      const fields = {
        shortCode: `${username}-${String(n).padStart(2, "0")}`,
        title: n <= 5 ? `Spare number ${n}` : `Page ${100 + n}`,
        target: `${site.elsewhere}/earlier/${n}`,
      };
      await app.links.create(operator, { ownerId: id }, newLink(fields));
    }
  }

  interface Walk {
    readonly page: Page;
    readonly scripts: boolean;
    readonly username: string;
    /** The link that is made on the way. */
    readonly code: string;
  }

  const steps: readonly ((walk: Walk) => Promise<void>)[] = [
    signIn,
    create,
    copy,
    open,
    edit,
    search,
    sort,
    turnPages,
    deleteSeveral,
    deleteOne,
    changeTheme,
    signOut,
  ];

  /** The bookmarklet's address survives signing in, and a wrong password. */
  async function signIn({ page, username }: Walk): Promise<void> {
    await page.goto(`/add?url=${encodeURIComponent(`${site.elsewhere}/first`)}`);
    await field(page, "username").fill(username);
    await field(page, "password").fill("not this one");
    await send(page, "password");
    await page.getByRole("alert").waitFor();
    await field(page, "password").fill(PASSWORD);
    await send(page, "password");
    expect(await field(page, "url").inputValue()).toBe(`${site.elsewhere}/first`);
  }

  async function create({ page, code }: Walk): Promise<void> {
    await field(page, "short_code").fill("login");
    await send(page, "url");
    await page.locator("#short_code-problem").waitFor();
    await field(page, "short_code").fill(code);
    await field(page, "title").fill(LONG_TITLE);
    await send(page, "url");
    expect(await noticeOn(page)).toBe("created");
    expect(await headingOf(page)).toBe(LONG_TITLE);
  }

  /** What was copied is what can be pasted. */
  async function copy({ page, scripts, code }: Walk): Promise<void> {
    const button = page.getByRole("button", { name: shared.copying.label(links.shortLink) });
    expect(await button.isVisible()).toBe(scripts);
    if (!scripts) return;
    await button.click();
    await page
      .locator("[aria-live]", { hasText: shared.copying.copied })
      .waitFor({ state: "attached" });
    await page.goto("/links");
    await page.keyboard.press("/");
    await page.keyboard.press("Control+v");
    expect(await page.getByRole("searchbox").inputValue()).toBe(`${site.origin}/${code}`);
    await page.goto(`/-/links/${code}`);
  }

  async function open({ page, code }: Walk): Promise<void> {
    await page
      .getByRole("link", { name: `${site.origin}/${code}` })
      .first()
      .click();
    expect(await page.locator("body").innerText()).toBe("You reached /first");
  }

  async function edit({ page, code }: Walk): Promise<void> {
    await page.goto(`/-/links/${code}`);
    await page.getByRole("link", { name: shared.actions.edit }).click();
    await field(page, "url").fill(`${site.elsewhere}/second`);
    await send(page, "url");
    expect(await noticeOn(page)).toBe("saved");
    await page.goto(`/${code}`);
    expect(await page.locator("body").innerText()).toBe("You reached /second");
  }

  /** With scripts the list follows while one types. */
  async function search({ page, scripts, username }: Walk): Promise<void> {
    await page.goto("/links");
    await page.getByRole("searchbox").fill("page 117");
    if (!scripts) await press(page, shared.actions.search);
    await found(page, list.found.all(1));
    expect(await codesOn(page)).toEqual([`${username}-17`]);
    expect(new URL(page.url()).searchParams.get("q")).toBe("page 117");
    await page.goBack();
    await found(page, list.found.ofAll("1-50", 60));
  }

  async function sort({ page, username }: Walk): Promise<void> {
    await field(page, "sort").selectOption("code");
    await press(page, shared.actions.search);
    await page.waitForURL(/sort=code/);
    await field(page, "direction").selectOption("desc");
    await press(page, shared.actions.search);
    await page.waitForURL(/direction=desc/);
    expect((await codesOn(page)).slice(0, 2)).toEqual([`${username}-new`, `${username}-59`]);
  }

  async function turnPages({ page, username }: Walk): Promise<void> {
    await page.getByRole("link", { name: shared.pager.next }).click();
    await found(page, list.found.ofAll("51-60", 60));
    expect((await codesOn(page)).at(-1)).toBe(`${username}-01`);
    await page.getByRole("link", { name: shared.pager.previous }).click();
    await found(page, list.found.ofAll("1-50", 60));
    expect(new URL(page.url()).searchParams.get("direction")).toBe("desc");
  }

  async function deleteSeveral({ page }: Walk): Promise<void> {
    await page.goto("/links?q=spare+number");
    await found(page, list.found.all(5));
    await page.getByRole("link", { name: list.bulk.selectAll }).click();
    await page.getByRole("link", { name: list.bulk.selectNone }).waitFor();
    await page.locator('[name="codes"][value$="-03"]').uncheck();
    await press(page, shared.actions.delete);
    const question = page.locator("[data-dialog-content]");
    expect(await question.getByRole("heading").innerText()).toBe(list.bulk.deleteQuestion(4));
    await press(question, shared.actions.delete);
    expect(await noticeOn(page)).toBe("links_deleted");
    await found(page, list.found.all(1));
  }

  async function deleteOne({ page, code }: Walk): Promise<void> {
    await page.goto(`/-/links/${code}`);
    await page.getByRole("link", { name: shared.actions.delete }).click();
    await press(page.locator("[data-dialog-content]"), shared.actions.delete);
    expect(await noticeOn(page)).toBe("deleted");
    await page.goto(`/${code}`);
    expect(await headingOf(page)).toBe(frame.problems.not_found.title);
  }

  async function changeTheme({ page }: Walk): Promise<void> {
    await page.goto("/settings");
    const before = await backgroundOf(page);
    await page.locator('input[name="theme"][value="darkly"]').check();
    await send(page, "theme");
    expect(await noticeOn(page)).toBe("saved");
    await page.goto("/links");
    expect(await backgroundOf(page)).not.toBe(before);
  }

  async function signOut({ page }: Walk): Promise<void> {
    await page.locator("header summary").click();
    await press(page.locator("header"), shared.actions.signOut);
    expect(await noticeOn(page)).toBe("signed_out");
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe("/auth/login");
  }
});

const LONG_TITLE = `<img src=x onerror=alert(1)> \u202E${"W".repeat(160)}`;

/** Waits until the list shows how many links it found. */
function found(page: Page, count: string): Promise<void> {
  return page.getByText(count, { exact: true }).first().waitFor();
}

function codesOn(page: Page): Promise<string[]> {
  return page
    .locator('tbody input[name="codes"]')
    .evaluateAll((boxes) => boxes.map((box) => box.getAttribute("value") ?? ""));
}

function backgroundOf(page: Page): Promise<string> {
  return page.evaluate("getComputedStyle(document.body).backgroundColor");
}
