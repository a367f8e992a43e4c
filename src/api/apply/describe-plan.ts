import type { LinksPlan } from "../../links-file/links-plan.ts";
import type { ParsedLink } from "../../links-file/parse-file-link.ts";
import type { PlanJson } from "./apply-schema.ts";

/** A plan as the API and the command line have it. */
export function describePlan(plan: LinksPlan, applied: boolean): PlanJson {
  const { added, changed, removed, unchanged } = plan;
  return {
    added: added.map(describe),
    changed: changed.map(describe),
    removed: removed.map(({ shortCode }) => shortCode),
    unchanged,
    applied,
  };
}

function describe({ shortCode, kind, target, source }: ParsedLink): PlanJson["added"][number] {
  const file_name = source === null || source === "same" ? null : source.name;
  return { short_code: shortCode, kind, target: target === "" ? null : target, file_name };
}
