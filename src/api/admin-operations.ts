import { keyOperations } from "./keys/key-operations.ts";
import { userOperations } from "./users/user-operations.ts";

/** Operations on accounts and the site. */
export const adminOperations = {
  ...userOperations,
  ...keyOperations,
};
