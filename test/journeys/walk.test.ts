/** A day with the site from signing in to signing out, in a real browser: with scripts and without, on desk and phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { parseNewLink } from "../../src/links/link-input.ts";
import { operator } from "../../src/policy.ts";
import { text as frame } from "../../src/web/ui/layout/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { PASSWORD } from "../world.ts";
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
    const { app, clock } = site.world;
    const { id } = await app.users.create(operator, { username, password: PASSWORD });
    const context = { now: clock.now(), zone: "UTC", schemes: ["http"], ownOrigins: [] };
    for (let n = 1; n <= EARLIER; n++) {
      const fields = {
        short_code: `${username}-${String(n).padStart(2, "0")}`,
        title: n <= 5 ? `Spare number ${n}` : `Page ${100 + n}`,
        url: `${site.elsewhere}/earlier/${n}`,
      };
      await app.links.create(operator, { ownerId: id }, parseNewLink(fields, context));
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
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password").fill("not this one");
    await press(page, "Sign in");
    expect(await page.getByRole("alert").innerText()).toContain("Wrong user name or password.");
    await page.getByLabel("Password").fill(PASSWORD);
    await press(page, "Sign in");
    expect(await page.getByLabel("Leads to").inputValue()).toBe(`${site.elsewhere}/first`);
  }

  async function create({ page, code }: Walk): Promise<void> {
    await page.getByLabel("Short code").fill("login");
    await press(page, "Create");
    expect(await page.locator("#short_code-problem").innerText()).toContain("is reserved");
    await page.getByLabel("Short code").fill(code);
    await page.getByLabel("Title").fill(LONG_TITLE);
    await press(page, "Create");
    expect(await noticeOn(page)).toBe("created");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(LONG_TITLE);
  }

  /** What was copied is what can be pasted. */
  async function copy({ page, scripts, code }: Walk): Promise<void> {
    const button = page.getByRole("button", { name: "Copy the address" });
    expect(await button.isVisible()).toBe(scripts);
    if (!scripts) return;
    await button.click();
    await page.locator("[aria-live]", { hasText: "Copied" }).waitFor({ state: "attached" });
    await page.goto("/links");
    await page.keyboard.press("/");
    await page.keyboard.press("Control+v");
    expect(await page.getByLabel("Search").inputValue()).toBe(`${site.origin}/${code}`);
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
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Leads to").fill(`${site.elsewhere}/second`);
    await press(page, "Save");
    expect(await noticeOn(page)).toBe("saved");
    await page.goto(`/${code}`);
    expect(await page.locator("body").innerText()).toBe("You reached /second");
  }

  /** With scripts the list follows while one types. */
  async function search({ page, scripts, username }: Walk): Promise<void> {
    await page.goto("/links");
    await page.getByLabel("Search").fill("page 117");
    if (!scripts) await press(page, "Search");
    await found(page, "1 link");
    expect(await codesOn(page)).toEqual([`${username}-17`]);
    expect(new URL(page.url()).searchParams.get("q")).toBe("page 117");
    await page.goBack();
    await found(page, "1-50 of 60 links");
  }

  async function sort({ page, username }: Walk): Promise<void> {
    await page.getByLabel("Sorted by").selectOption("Short code");
    await press(page, "Search");
    await page.waitForURL(/sort=code/);
    await page.getByLabel("Order").selectOption("Descending");
    await press(page, "Search");
    await page.waitForURL(/direction=desc/);
    expect((await codesOn(page)).slice(0, 2)).toEqual([`${username}-new`, `${username}-59`]);
  }

  async function turnPages({ page, username }: Walk): Promise<void> {
    await page.getByRole("link", { name: "Next" }).click();
    await found(page, "51-60 of 60 links");
    expect((await codesOn(page)).at(-1)).toBe(`${username}-01`);
    await page.getByRole("link", { name: "Previous" }).click();
    await found(page, "1-50 of 60 links");
    expect(new URL(page.url()).searchParams.get("direction")).toBe("desc");
  }

  async function deleteSeveral({ page }: Walk): Promise<void> {
    await page.goto("/links?q=spare+number");
    await found(page, "5 links");
    await page.getByRole("link", { name: "Select all" }).click();
    await page.getByRole("link", { name: "Select none" }).waitFor();
    await page.getByLabel(/^Select .*-03$/).uncheck();
    await press(page, "Delete");
    const question = page.locator("[data-dialog-content]");
    expect(await question.getByRole("heading").innerText()).toBe("Delete 4 links?");
    await press(question, "Delete");
    expect(await noticeOn(page)).toBe("links_deleted");
    await found(page, "1 link");
  }

  async function deleteOne({ page, code }: Walk): Promise<void> {
    await page.goto(`/-/links/${code}`);
    await page.getByRole("link", { name: "Delete" }).click();
    await press(page.locator("[data-dialog-content]"), "Delete");
    expect(await noticeOn(page)).toBe("deleted");
    await page.goto(`/${code}`);
    expect(await headingOf(page)).toBe(frame.problems.not_found.title);
  }

  async function changeTheme({ page }: Walk): Promise<void> {
    await page.goto("/settings");
    const before = await backgroundOf(page);
    await page.locator('input[name="theme"][value="darkly"]').check();
    await press(page, "Save");
    expect(await noticeOn(page)).toBe("saved");
    await page.goto("/links");
    expect(await backgroundOf(page)).not.toBe(before);
  }

  async function signOut({ page }: Walk): Promise<void> {
    await page.locator("[data-menu] > summary").click();
    await press(page.locator("header"), "Sign out");
    expect(await noticeOn(page)).toBe("signed_out");
    await page.goBack();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Sign in");
  }
});

const LONG_TITLE = `<img src=x onerror=alert(1)> \u202E${"W".repeat(160)}`;

/** Waits until the list says how many it found. */
function found(page: Page, words: string): Promise<void> {
  return page.getByText(words, { exact: true }).first().waitFor();
}

function codesOn(page: Page): Promise<string[]> {
  return page
    .locator('tbody input[name="codes"]')
    .evaluateAll((boxes) => boxes.map((box) => box.getAttribute("value") ?? ""));
}

function backgroundOf(page: Page): Promise<string> {
  return page.evaluate("getComputedStyle(document.body).backgroundColor");
}
