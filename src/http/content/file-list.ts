import { requireAllowedName } from "../../files/file-name.ts";
import { freePath, parseFilePath } from "../../links/files/file-path.ts";
import type { NewLinkFile } from "../../links/files/link-file.ts";
import type { Call } from "../call.ts";
import type { SentFile } from "./receive-file.ts";

/**
 * The files of a link that has several, with the paths that they were sent with; of two with the same one, the second
 * gets a number.
 * @throws Problem `invalid` on `field`
 */
export function fileListOf(
  { settings }: Pick<Call, "settings">,
  sent: readonly SentFile[],
  field: string,
): NewLinkFile[] {
  const paths = new Set<string>();
  return sent.map((file) => {
    requireAllowedName(file.name, settings["files.allowed_extensions"], field);
    const path = freePath(parseFilePath(file.givenName, field), paths);
    paths.add(path);
    return { path, title: "", file };
  });
}
