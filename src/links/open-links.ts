import type { Audit } from "../audit/audit.ts";
import type { Clock, Random } from "../clock.ts";
import type { LiveSettings } from "../config/live-settings.ts";
import type { Database } from "../database/database.ts";
import { Adoption } from "../files/adoption.ts";
import type { BlobTransfer } from "../files/blob-transfer.ts";
import type { Blobs } from "../files/blobs.ts";
import type { Limiting } from "../limits/limiting.ts";
import { BulkPages } from "./bulk/bulk-work.ts";
import { DeclaredLinks } from "./bulk/declared-links.ts";
import { ImportedLinks } from "./bulk/imported-links.ts";
import { LinkBatch } from "./bulk/link-batch.ts";
import { ManyLinks } from "./bulk/many-links.ts";
import { RestoredLinks } from "./bulk/restored-links.ts";
import { ExistingLinks } from "./create/existing-links.ts";
import { LinkCreation } from "./create/link-creation.ts";
import { CsvCreation } from "./csv/csv-creation.ts";
import { CsvImport } from "./csv/csv-import.ts";
import { LinkFiles } from "./files/link-files.ts";
import { Gates } from "./gate/gates.ts";
import type { LinkPasswords } from "./gate/link-gate.ts";
import { History } from "./history/history.ts";
import { LinkCache } from "./link-cache.ts";
import { LinkConsistency } from "./link-consistency.ts";
import { LinkContent } from "./link-content.ts";
import { LinkRows } from "./link-rows.ts";
import { Links } from "./links.ts";
import { OptionConsistency } from "./options/option-consistency.ts";
import { Restores } from "./restores/restores.ts";
import { Tags } from "./tags/tags.ts";
import { Circles } from "./target/circles.ts";
import { LinkTransfer } from "./transfer/link-transfer.ts";
import { Trash } from "./trash/trash.ts";

/** What links need of the app. */
export interface LinksNeeds {
  readonly live: LiveSettings;
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
  readonly limiting: Limiting;
  readonly secretKey: string;
  readonly passwords: LinkPasswords;
}

/** Constructs the operations on links. */
export function openLinks(
  { live, database, audit, clock, random, limiting, secretKey, passwords }: LinksNeeds,
  { blobs, transfer: blobTransfer }: { readonly blobs: Blobs; readonly transfer: BlobTransfer },
): Links {
  const contents = new LinkContent(blobs, clock);
  const rows = new LinkRows({ database, audit, contents });
  const transfer = new LinkTransfer({ database, rows, blobTransfer });
  const trash = new Trash({ database, rows, clock, days: () => live.current["links.trash_days"] });
  const many = new ManyLinks({ database, rows, audit, clock, transfer, trash });
  const tags = new Tags({ database, rows });
  const creation = new LinkCreation({ database, rows, contents, audit, clock, random });
  const cache = new LinkCache(database, live.current["links.cache_size"]);
  const circles = new Circles({ cache, siteFallback: () => live.current["links.fallback_url"] });
  return new Links({
    database,
    rows,
    contents,
    cache,
    circles,
    clock,
    creation,
    csv: new CsvImport({
      database,
      circles,
      creation: new CsvCreation({ rows, clock, random, passwords }),
    }),
    transfer,
    declared: new DeclaredLinks({ database, rows, contents, blobs, clock }),
    restored: new RestoredLinks({ rows, contents }),
    restores: new Restores({ database, clock }),
    imported: new ImportedLinks({ rows, adoption: new Adoption({ clock }), clock }),
    consistency: new LinkConsistency({ database, rows }),
    optionConsistency: new OptionConsistency({ database, rows }),
    tags,
    gates: new Gates({ database, secretKey, clock, limiting, passwords }),
    files: new LinkFiles({ database, rows, contents, clock }),
    passwords,
    trash,
    existing: new ExistingLinks({ database, clock }),
    history: new History({ database, rows, contents, circles, clock }),
    batch: new LinkBatch({ rows, contents, creation, trash, clock, passwords }),
    many,
    bulk: new BulkPages({ database, clock, many, trash, tags }),
  });
}
