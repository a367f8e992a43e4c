import type { Handler } from "../http/call.ts";
import type { Method } from "../http/url-row.ts";
import { type ApiUrlName, apiUrls } from "../http/urls/api-urls.ts";
import { adminOperations } from "./admin-operations.ts";
import { applyOperations } from "./apply/apply-operations.ts";
import { batchOperations } from "./batch/batch-operations.ts";
import { changeOperations } from "./changes/change-operations.ts";
import { fileOperations } from "./files/file-operations.ts";
import { historyOperations } from "./history/history-operations.ts";
import { linkOperations } from "./links/link-operations.ts";
import { linkPartOperations } from "./links/link-parts-operations.ts";
import type { ApiMethod, ApiOperation, ApiRow } from "./operation.ts";
import { siteOperations } from "./site/site-operations.ts";
import { tagOperations } from "./tags/tag-operations.ts";
import { trashOperations } from "./trash/trash-operations.ts";
import { uploadOperations } from "./uploads/upload-operations.ts";

/** The methods of a URL that need an operation. */
type Operated<Name extends ApiUrlName> = Exclude<(typeof apiUrls)[Name]["methods"][number], "HEAD">;

/** The table of the API: an operation for each method of each URL. Routing, checks and the document are made of it. */
export const apiOperations: {
  readonly [Name in ApiUrlName]: Readonly<Record<Operated<Name>, ApiOperation>>;
} = {
  ...siteOperations(listOperations),
  ...linkOperations,
  ...batchOperations,
  ...applyOperations,
  ...changeOperations,
  ...adminOperations,
  ...linkPartOperations,
  ...historyOperations,
  ...trashOperations,
  ...fileOperations,
  ...tagOperations,
  ...uploadOperations,
};

export function listOperations(): ApiRow[] {
  const names = Object.keys(apiUrls) as ApiUrlName[];
  return names.flatMap((url) =>
    (Object.entries(apiOperations[url]) as [ApiMethod, ApiOperation][]).map(
      ([method, operation]) => ({ url, method, operation }),
    ),
  );
}

type Handlers = {
  readonly [Name in ApiUrlName]: Readonly<Record<Operated<Name>, Handler>>;
};

/** What answers each method of each URL of the API. */
export const apiHandlers = Object.fromEntries(
  Object.entries(apiOperations).map(([url, byMethod]) => [
    url,
    Object.fromEntries(
      Object.entries(byMethod as Partial<Record<Method, ApiOperation>>).map(
        ([method, { handler }]) => [method, handler],
      ),
    ),
  ]),
) as Handlers;
