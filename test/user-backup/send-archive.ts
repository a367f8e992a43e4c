import type { World } from "../world.ts";

/** Sends a file to `/backup/restore` as a browser does. */
export function sendBackup(
  { request }: World,
  cookie: string,
  zip: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("backup_file", new File([zip], "backup.zip"));
  return request("/backup/restore", { method: "POST", body, headers: { cookie, ...more } });
}

/** Requests a backup of the user, or of another as an administrator. */
export async function makeBackup(
  { request }: World,
  cookie: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await request("/backup/create", {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { cookie },
  });
}

export async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}
