/** @jsxImportSource #markup */
import { auditActions } from "../../audit/audit-actions.ts";
import { href } from "../../http/urls.ts";
import { text as shared } from "../ui/text.en.ts";
import type { AuditView } from "./audit-view.ts";
import { text } from "./text.en.ts";

/** The filter of the activity log. */
export function AuditFilterForm({ view: { fields } }: { view: AuditView }) {
  const { columns, filter } = text;
  return (
    <search>
      <form class="filter" method="get" action={href("audit")}>
        <div class="filter-owner">
          <label class="form-label" for="action">
            {columns.action}
          </label>
          <select class="form-select" id="action" name="action">
            <option value="">{filter.anyAction}</option>
            {auditActions.map((action) => (
              <option value={action} selected={action === fields.action}>
                {text.actions[action]}
              </option>
            ))}
          </select>
        </div>
        <Box name="actor" label={columns.user} value={fields.actor} placeholder={filter.anyUser} />
        <Box
          name="resource"
          label={filter.target}
          value={fields.resource}
          placeholder={filter.targetExamples}
        />
        <Box
          name="address"
          label={columns.address}
          value={fields.address}
          placeholder={filter.anyAddress}
        />
        <Box name="since" label={filter.from} value={fields.since} type="date" />
        <Box name="until" label={filter.to} value={fields.until} type="date" />
        <button class="btn btn-primary" type="submit">
          {shared.actions.search}
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
