import { auditOperations } from "./audit/audit-operations.ts";
import { backupOperations } from "./backups/backup-operations.ts";
import { keyOperations } from "./keys/key-operations.ts";
import { nodeOperations } from "./nodes/node-operations.ts";
import { settingOperations } from "./settings/setting-operations.ts";
import { statsOperations } from "./stats/stats-operations.ts";
import { userOperations } from "./users/user-operations.ts";

/** Operations on accounts and the site. */
export const adminOperations = {
  ...userOperations,
  ...keyOperations,
  ...settingOperations,
  ...auditOperations,
  ...statsOperations,
  ...nodeOperations,
  ...backupOperations,
};
