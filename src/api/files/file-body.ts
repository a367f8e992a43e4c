import type { BodyReader } from "../request/body.ts";
import { fileForm } from "./file-schema.ts";
import { filesForm } from "./link-files-schema.ts";

/** A file, or a form with one, which the operation reads itself while it arrives. */
export const fileBody: BodyReader<undefined> = {
  schema: fileForm,
  types: ["multipart/form-data", "*/*"],
  read: async () => undefined,
};

/** A form with one or more files, read in the same way. */
export const filesBody: BodyReader<undefined> = {
  schema: filesForm,
  types: ["multipart/form-data"],
  read: async () => undefined,
};
