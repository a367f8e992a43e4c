/** @jsxImportSource hono/jsx */
import { auditActions } from "../../audit/audit-actions.ts";
import { href } from "../../http/urls.ts";
import { actionLabels } from "./audit-labels.ts";
import type { AuditView } from "./audit-view.ts";

/** What to look for in the record. */
export function AuditFilterForm({ view: { fields } }: { view: AuditView }) {
  return (
    <search>
      <form class="filter" method="get" action={href("audit")}>
        <div class="filter-owner">
          <label class="form-label" for="action">
            What
          </label>
          <select class="form-select" id="action" name="action">
            <option value="">Anything</option>
            {auditActions.map((action) => (
              <option value={action} selected={action === fields.action}>
                {actionLabels[action]}
              </option>
            ))}
          </select>
        </div>
        <Box name="actor" label="Who" value={fields.actor} placeholder="Anybody" />
        <Box
          name="resource"
          label="Of what"
          value={fields.resource}
          placeholder="Code, user, setting"
        />
        <Box name="address" label="From" value={fields.address} placeholder="Any address" />
        <Box name="since" label="From the day" value={fields.since} type="date" />
        <Box name="until" label="To the day" value={fields.until} type="date" />
        <button class="btn btn-primary" type="submit">
          Search
        </button>
      </form>
    </search>
  );
}

interface BoxProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: "date";
  readonly placeholder?: string;
}

function Box({ name, label, ...input }: BoxProps) {
  return (
    <div>
      <label class="form-label" for={name}>
        {label}
      </label>
      <input
        {...input}
        class="form-control"
        id={name}
        name={name}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </div>
  );
}
