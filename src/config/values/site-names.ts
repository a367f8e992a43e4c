/** What the site is called: its title, and the hosts of its URLs. */
export function siteNames(settings: {
  readonly "app.title": string;
  readonly "server.public_url": string;
  readonly "server.content_origin": string;
}): readonly string[] {
  const urls = [settings["server.public_url"], settings["server.content_origin"]];
  return [settings["app.title"], ...urls.flatMap((url) => URL.parse(url)?.hostname ?? [])];
}
