/** An account from its creation to its deletion, in the browsers of an administrator and of the user. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { text as audit } from "../../src/web/audit/text.en.ts";
import { text as list } from "../../src/web/links/list/text.en.ts";
import { text } from "../../src/web/text.en.ts";
import { text as frame } from "../../src/web/ui/layout/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { PASSWORD } from "../world.ts";
import { field, send } from "./fields.ts";
import {
  DESK,
  headingOf,
  noticeOn,
  openSite,
  overflow,
  PHONE,
  press,
  type Site,
  type Visit,
} from "./pages.ts";

describe.skipIf(!browserIsAvailable)("the people of a site", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  test.each([
    ["with scripts", "carol", true, DESK],
    ["with scripts, on a phone", "daniel", true, PHONE],
    ["without scripts", "emma", false, DESK],
  ])(
    "%s",
    async (_, username, scripts, width) => {
      const { admin } = site.world.people;
      const office = await site.visit({ scripts, width, user: admin });
      const desk = await site.visit({ scripts, width });
      const people = { username, office, desk, newOwner: `${username}-newOwner` };
      for (const step of steps) {
        await step(people);
        expect({ step: step.name, ...(await stateOf(office)), ...(await stateOf(desk)) }).toEqual({
          step: step.name,
          ...SOUND,
        });
      }
      await office.close();
      await desk.close();
    },
    90_000,
  );

  const SOUND = { beyond: 0, faults: [] };

  async function stateOf({ page, faults }: Visit) {
    return { beyond: await overflow(page), faults };
  }

  interface People {
    readonly username: string;
    /** New owner of the links in the end. */
    readonly newOwner: string;
    /** The administrator's browser. */
    readonly office: Visit;
    /** The user's browser. */
    readonly desk: Visit;
  }

  const steps: readonly ((people: People) => Promise<void>)[] = [
    register,
    signInAsUser,
    makeLink,
    impersonate,
    giveOneTimePassword,
    chooseOwnPassword,
    disable,
    meetTheSignInPage,
    enable,
    deleteWithTransfer,
    findTheLinkAlive,
    readActivityLog,
  ];

  async function register({ office: { page }, username, newOwner }: People): Promise<void> {
    for (const name of [newOwner, username]) {
      await page.goto("/users");
      await page.locator('main a[href="/auth/register"]').click();
      await field(page, "username").fill("a");
      await field(page, "password").fill(PASSWORD);
      await field(page, "confirm_password").fill(PASSWORD);
      await send(page, "confirm_password");
      await page.locator("#username-problem").waitFor();
      await field(page, "username").fill(name);
      await field(page, "display_name").fill(`${name} <b>\u202Egnol</b>`);
      await field(page, "password").fill(PASSWORD);
      await field(page, "confirm_password").fill(PASSWORD);
      await send(page, "confirm_password");
      expect(await noticeOn(page)).toBe("account_created");
    }
  }

  async function signInAsUser({ desk: { page }, username }: People): Promise<void> {
    await signIn(page, username, PASSWORD);
    expect(await headingOf(page)).toBe(text.home.shortenUrl);
  }

  async function makeLink({ desk: { page }, username }: People): Promise<void> {
    await page.goto("/add");
    await field(page, "url").fill(`${site.elsewhere}/of/${username}`);
    await field(page, "short_code").fill(`by-${username}`);
    await send(page, "url");
    expect(await noticeOn(page)).toBe("created");
  }

  async function impersonate({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await page.locator(`form[action$="/switch-user/${username}"] button`).click();
    const banner = page.getByRole("complementary", { name: frame.impersonation.label });
    expect(await banner.innerText()).toContain(username);
    await page.goto("/links");
    expect(await page.getByRole("link", { name: `by-${username}`, exact: true }).count()).toBe(1);
    await page.goto(`/edit_link/by-${username}`);
    await field(page, "title").fill("Fixed by the office");
    await send(page, "url");
    await press(banner, frame.impersonation.stop);
    expect(await headingOf(page)).toContain(username);
    expect(await banner.count()).toBe(0);
  }

  async function giveOneTimePassword({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await choose(page, "one_time_password");
    await page.locator("#one-time-password").waitFor();
  }

  async function chooseOwnPassword({ office, desk: { page }, username }: People): Promise<void> {
    const password = await office.page.locator("#one-time-password").innerText();
    await page.goto("/links");
    await signIn(page, username, password);
    expect(new URL(page.url()).pathname).toBe("/profile");
    await field(page, "current_password").fill(password);
    await field(page, "new_password").fill("a loud Wednesday");
    await field(page, "confirm_password").fill("a loud Wednesday");
    await send(page, "new_password");
    expect(await noticeOn(page)).toBe("password_changed");
    expect(await page.locator("main").innerText()).toContain(
      audit.impersonating("admin", username),
    );
    await page.goto("/links");
    expect(await headingOf(page)).toBe(list.title);
  }

  async function disable({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users?q=${username.toUpperCase()}`);
    await page.locator(`a[href="/users/${username}"]`).click();
    await choose(page, "disable");
    await page.locator('button[value="enable"]').waitFor();
  }

  async function meetTheSignInPage({ desk: { page } }: People): Promise<void> {
    await page.getByRole("link", { name: frame.siteBar.add, exact: true }).click();
    expect(new URL(page.url()).pathname).toBe("/auth/login");
  }

  async function enable({ office: { page }, desk, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await choose(page, "enable");
    await signIn(desk.page, username, "a loud Wednesday");
    expect(new URL(desk.page.url()).pathname).not.toBe("/auth/login");
  }

  async function deleteWithTransfer({
    office: { page },
    username,
    newOwner,
  }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await page.locator(`main a[href="/users/${username}/delete"]`).click();
    await field(page, "to").fill("no-one");
    await page.locator('main form:has([name="to"]) [type="submit"]').click();
    await page.locator("#to-problem").waitFor();
    await field(page, "to").fill(newOwner);
    await page.locator('main form:has([name="to"]) [type="submit"]').click();
    expect(await noticeOn(page)).toBe("account_deleted");
  }

  async function findTheLinkAlive({ office, desk: { page }, username, newOwner }: People) {
    await page.goto("/links");
    expect(new URL(page.url()).pathname).toBe("/auth/login");
    await page.goto(`/by-${username}`);
    expect(await page.locator("body").innerText()).toBe(`You reached /of/${username}`);
    await office.page.goto(`/links?owner=${newOwner}`);
    const row = office.page.getByRole("row", { name: "Fixed by the office" });
    expect(await row.innerText()).toContain(newOwner);
  }

  async function readActivityLog({ office: { page }, username }: People): Promise<void> {
    await page.goto("/-/audit");
    await field(page, "resource").fill(username);
    await field(page, "resource").press("Enter");
    await page.waitForURL(/resource=/);
    expect(await page.locator("main tbody tr").count()).toBeGreaterThan(4);
  }
});

async function signIn(page: Page, username: string, password: string): Promise<void> {
  if (!page.url().includes("/auth/login")) await page.goto("/auth/login");
  await field(page, "username").fill(username);
  await field(page, "password").fill(password);
  await send(page, "password");
}

/** Presses the button of a user's page that does this action. */
function choose(page: Page, action: string): Promise<void> {
  return page.locator(`button[name="action"][value="${action}"]`).click();
}
