import type { Clock } from "../../clock.ts";
import type { Actor } from "../../policy.ts";
import { Problem, toProblem } from "../../problem.ts";
import type { Creation, HashedLink, LinkCreation } from "../create/link-creation.ts";
import { hashed, type LinkPasswords } from "../gate/link-gate.ts";
import type { LinkChanges, NewLink } from "../input/link-schema.ts";
import { changedSince, isChangedSince } from "../input/revision.ts";
import type { Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { requireCreation, requireKind, visible } from "../rows/access.ts";
import { applyChanges, type HashedChanges } from "../rows/apply-changes.ts";
import { refuseDeclared } from "../rows/declared.ts";
import type { ShortCode } from "../short-code.ts";
import type { Trash } from "../trash/trash.ts";

interface Create<Input> {
  readonly op: "create";
  readonly creation: Creation;
  readonly input: Input;
}

interface Change<Changes> {
  readonly op: "change";
  readonly shortCode: ShortCode;
  readonly changes: Changes;
}

interface Delete {
  readonly op: "delete";
  readonly shortCode: ShortCode;
  readonly revision: number | undefined;
}

/** One operation of a batch. None has content, and no two are about the same link. */
export type BatchStep = Create<NewLink> | Change<LinkChanges> | Delete;

type HashedStep = Create<HashedLink> | Change<HashedChanges> | Delete;

export interface LinkBatchParts {
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly creation: LinkCreation;
  readonly trash: Trash;
  readonly clock: Clock;
  readonly passwords: LinkPasswords;
}

/** Creates, changes and deletes links in one transaction: all of them or none. */
export class LinkBatch {
  readonly #parts: LinkBatchParts;

  constructor(parts: LinkBatchParts) {
    this.#parts = parts;
  }

  /**
   * Returns the links in the order of their steps; null for deleted ones.
   * @param explain what becomes of the problem of a step
   * @throws Problem as `Links.create`, `edit` and `remove`
   */
  async run(
    actor: Actor,
    steps: readonly BatchStep[],
    explain: (problem: Problem, at: number) => Problem = (problem) => problem,
  ): Promise<(Link | null)[]> {
    const ready: HashedStep[] = [];
    for (const step of steps) ready.push(await this.#hash(step));
    return await this.#parts.rows.write(actor, async (writer) => {
      const locked = await lockAll(writer, ready);
      const done: (Link | null)[] = [];
      for (const [at, step] of ready.entries())
        try {
          done.push(await this.#do(actor, writer, step, locked));
        } catch (thrown) {
          throw thrown instanceof Problem ? explain(toProblem(thrown), at) : thrown;
        }
      return done;
    });
  }

  /** Outside the transaction: the computation is slow on purpose. */
  async #hash(step: BatchStep): Promise<HashedStep> {
    const { passwords } = this.#parts;
    if (step.op === "create") return { ...step, input: await hashed(step.input, passwords) };
    if (step.op === "delete") return step;
    return { ...step, changes: await hashed(step.changes, passwords) };
  }

  async #do(
    actor: Actor,
    writer: LinkWriter,
    step: HashedStep,
    locked: ReadonlyMap<ShortCode, Link>,
  ): Promise<Link | null> {
    if (step.op === "create") {
      requireCreation(actor, { ownerId: step.creation.ownerId, kind: step.input.kind });
      return await this.#parts.creation.createIn(writer, step.creation, step.input);
    }
    const action = step.op === "change" ? "link.edit" : "link.delete";
    const link = visible(actor, action, locked.get(step.shortCode));
    await refuseDeclared(writer.trx, [link]);
    const revision = step.op === "change" ? step.changes.revision : step.revision;
    if (isChangedSince(link, revision)) throw changedSince(link);
    if (step.op === "change") {
      requireKind(actor, link, step.changes.kind);
      return await applyChanges(this.#parts, writer, link, step.changes);
    }
    await this.#parts.trash.takeOver(writer, [link]);
    return null;
  }
}

/**
 * Locks all links that change, in the order in which every transaction locks them, and then short codes where aliases
 * are taken: no two transactions wait for each other.
 */
async function lockAll(
  writer: LinkWriter,
  steps: readonly HashedStep[],
): Promise<ReadonlyMap<ShortCode, Link>> {
  const codes = steps.flatMap((step) => (step.op === "create" ? [] : [step.shortCode]));
  const links = codes.length === 0 ? [] : await writer.lock(codes);
  if (steps.length > 1 && steps.some(takesCodes)) await writer.holdCodes();
  return new Map(links.map((link) => [link.shortCode, link]));
}

function takesCodes(step: HashedStep): boolean {
  if (step.op === "create") return step.input.aliases.length > 0;
  return step.op === "change" && ("aliases" in step.changes || "shortCode" in step.changes);
}
