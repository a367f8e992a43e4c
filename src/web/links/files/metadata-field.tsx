/** @jsxImportSource #markup */
import { Checkbox } from "../../ui/post-form.tsx";
import type { KindProps } from "../form/source-fields.tsx";
import { text } from "../form/text.en.ts";

/** Whether location and camera data are removed from images; as the site's setting says until the user chooses. */
export function MetadataField({ entry, settings }: Pick<KindProps, "entry" | "settings">) {
  const remove_metadata = settings["files.remove_metadata"] ? "on" : "off";
  return (
    <Checkbox
      entry={{ ...entry, values: { remove_metadata, ...entry.values } }}
      name="remove_metadata"
      label={text.removeMetadata}
      help={text.removeMetadataHelp}
    />
  );
}
