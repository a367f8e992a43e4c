/** People from their first sign-in to the day they leave, in a real browser, as administrators and they see it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { text as frame } from "../../src/web/ui/layout/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { PASSWORD } from "../world.ts";
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
      const people = { username, office, desk, heir: `${username}-heir` };
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
    /** Who gets the links in the end. */
    readonly heir: string;
    /** The administrator's browser. */
    readonly office: Visit;
    /** Theirs. */
    readonly desk: Visit;
  }

  const steps: readonly ((people: People) => Promise<void>)[] = [
    register,
    signInAsThem,
    makeLink,
    actInTheirPlace,
    giveOneTimePassword,
    chooseOwnPassword,
    disable,
    meetTheSignInPage,
    enable,
    deleteWithTransfer,
    findTheLinkAlive,
    readTheRecord,
  ];

  async function register({ office: { page }, username, heir }: People): Promise<void> {
    for (const name of [heir, username]) {
      await page.goto("/users");
      await page.getByRole("link", { name: "Add a user" }).click();
      await page.getByLabel("User name").fill("a");
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByLabel("Password again").fill(PASSWORD);
      await press(page, "Add the user");
      expect(await page.locator("#username-problem").innerText()).toContain("3 to 50 letters");
      await page.getByLabel("User name").fill(name);
      await page.getByLabel("Name", { exact: true }).fill(`${name} <b>\u202Egnol</b>`);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByLabel("Password again").fill(PASSWORD);
      await press(page, "Add the user");
      expect(await noticeOn(page)).toBe("account_created");
    }
  }

  async function signInAsThem({ desk: { page }, username }: People): Promise<void> {
    await signIn(page, username, PASSWORD);
    expect(await headingOf(page)).toBe("Shorten an address");
  }

  async function makeLink({ desk: { page }, username }: People): Promise<void> {
    await page.goto("/add");
    await page.getByLabel("Leads to").fill(`${site.elsewhere}/of/${username}`);
    await page.getByLabel("Short code").fill(`by-${username}`);
    await press(page, "Create");
    expect(await noticeOn(page)).toBe("created");
  }

  async function actInTheirPlace({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await press(page, "Act in their place");
    const banner = page.getByRole("complementary", { name: frame.impersonation.label });
    expect(await banner.innerText()).toContain(username);
    await page.goto("/links");
    expect(await page.getByRole("link", { name: `by-${username}`, exact: true }).count()).toBe(1);
    await page.goto(`/edit_link/by-${username}`);
    await page.getByLabel("Title").fill("Mended by the office");
    await press(page, "Save");
    await press(banner, frame.impersonation.stop);
    expect(await headingOf(page)).toContain(username);
    expect(await banner.count()).toBe(0);
  }

  async function giveOneTimePassword({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await press(page, "Make a one-time password");
    expect(await headingOf(page)).toBe("One-time password");
  }

  async function chooseOwnPassword({ office, desk: { page }, username }: People): Promise<void> {
    const password = await office.page.locator("#one-time-password").innerText();
    await page.goto("/links");
    await signIn(page, username, password);
    expect(await headingOf(page)).toBe("Profile");
    await page.getByLabel("Current password").fill(password);
    await page.getByLabel("New password", { exact: true }).fill("a loud Wednesday");
    await page.getByLabel("New password again").fill("a loud Wednesday");
    await press(page, "Change the password");
    expect(await noticeOn(page)).toBe("password_changed");
    expect(await page.locator("main").innerText()).toContain("admin for");
    await page.goto("/links");
    expect(await headingOf(page)).toBe("Links");
  }

  async function disable({ office: { page }, username }: People): Promise<void> {
    await page.goto(`/users?q=${username.toUpperCase()}`);
    await page.locator(`a[href="/users/${username}"]`).click();
    await press(page, "Disable the account");
    expect(await page.locator("main").innerText()).toContain("Disabled: cannot sign in");
  }

  async function meetTheSignInPage({ desk: { page } }: People): Promise<void> {
    await page.getByRole("link", { name: frame.siteBar.add, exact: true }).click();
    expect(await headingOf(page)).toBe("Sign in");
  }

  async function enable({ office: { page }, desk, username }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await press(page, "Enable the account");
    await signIn(desk.page, username, "a loud Wednesday");
    expect(await headingOf(desk.page)).not.toBe("Sign in");
  }

  async function deleteWithTransfer({ office: { page }, username, heir }: People): Promise<void> {
    await page.goto(`/users/${username}`);
    await page.getByRole("link", { name: "Delete", exact: true }).click();
    expect(await page.locator("main").innerText()).toContain("It has 1 link");
    await page.getByLabel("Who gets them").fill("no-one");
    await press(page, "Delete the account");
    expect(await page.locator("#to-problem").innerText()).toBe("There is no such account.");
    await page.getByLabel("Who gets them").fill(heir);
    await press(page, "Delete the account");
    expect(await noticeOn(page)).toBe("account_deleted");
  }

  async function findTheLinkAlive({ office, desk: { page }, username, heir }: People) {
    await page.goto("/links");
    expect(await headingOf(page)).toBe("Sign in");
    await page.goto(`/by-${username}`);
    expect(await page.locator("body").innerText()).toBe(`You reached /of/${username}`);
    await office.page.goto(`/links?owner=${heir}`);
    const row = office.page.getByRole("row", { name: "Mended by the office" });
    expect(await row.innerText()).toContain(heir);
  }

  async function readTheRecord({ office: { page }, username }: People): Promise<void> {
    await page.goto("/-/audit");
    await page.getByLabel("Of what").fill(username);
    await press(page, "Search");
    const record = await page.locator("main table").innerText();
    for (const words of ["Account made", "Signed in", "Password set", "Account deleted"])
      expect(record).toContain(words);
  }
});

async function signIn(page: Page, username: string, password: string): Promise<void> {
  if (!page.url().includes("/auth/login")) await page.goto("/auth/login");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}
