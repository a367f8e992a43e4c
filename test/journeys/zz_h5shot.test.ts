import { test } from "bun:test";
import { openSite, type Site } from "./pages.ts";
test("shots", async () => {
  const site: Site = await openSite({});
  const a = site.world.people.alice;
  for (const _ of [1,2]) await site.world.app.sessions.start(a, {remember:true, device:"Safari on iOS"});
  for (const [theme, width] of [["cerulean",1280],["darkly",1280],["vapor",1280],["cerulean",360],["darkly",360]] as const) {
    await site.world.app.users.changePreferences({is:"user",userId:a.id,username:a.username,role:a.role}, a.id, {theme, markdownTheme: "sketchy"});
    const v = await site.visit({ user: a, width });
    for (const p of ["settings","profile"]) { await v.page.goto("/"+p); await v.page.waitForTimeout(700); await v.page.screenshot({ path: `/tmp/h5/${p}-${theme}-${width}.png`, fullPage: true }); 
      const over = await v.page.evaluate("document.documentElement.scrollWidth - innerWidth"); console.log(p,theme,width,"over",over,v.faults); }
    await v.close();
  }
  const v = await site.visit({ width: 360 }); await v.page.goto("/auth/login"); await v.page.screenshot({ path: "/tmp/h5/login.png" }); await v.close();
  const d = await site.visit({ user: a, width: 1280 }); await d.page.goto("/settings");
  await d.page.locator('input[name=theme][value=quartz]').check(); await d.page.locator('input[name=markdown_theme][value=slate]').check(); await d.page.waitForTimeout(800);
  await d.page.screenshot({ path: "/tmp/h5/preview.png" }); console.log(d.faults); await d.close();
  await site.close();
}, 120000);
