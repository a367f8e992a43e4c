/** @jsxImportSource #markup */
import type { Link } from "../../../links/link.ts";
import { Fact } from "../../ui/fact.tsx";
import type { Entry } from "../../ui/post-form.tsx";
import { text as linkText } from "../text.en.ts";
import { contentFields, type FormFields } from "./form-fields.ts";
import { visitChoices } from "./gate-fields.ts";
import { text } from "./text.en.ts";

interface SavedVersionProps {
  readonly link: Link;
  /** The fields of the link as it is saved. */
  readonly saved: FormFields;
  /** What was typed instead. */
  readonly entry: Entry;
}

/** What another request has saved in the meantime, where it differs from the form. */
export function SavedVersion({ link, saved, entry: { values } }: SavedVersionProps) {
  const fields = Object.keys(saved) as (keyof FormFields)[];
  const changed = fields.filter((name) => normalized(saved[name]) !== normalized(values[name]));
  const facts = changed.flatMap((name) => {
    const label = labels()[name];
    return label === undefined ? [] : [[label, shownAs(link, name, saved[name] ?? "")] as const];
  });
  return (
    <div class="callout border-warning">
      <p>{text.conflict.help}</p>
      <dl class="facts mb-0">
        {facts.map(([label, value]) => (
          <Fact name={label}>
            <div class="name note">{value}</div>
          </Fact>
        ))}
        {link.content && <Fact name={text.conflict.file}>{link.content.name}</Fact>}
      </dl>
    </div>
  );
}

function labels(): Readonly<Partial<Record<keyof FormFields, string>>> {
  const { file, markdown, html } = contentFields;
  return {
    url: text.target,
    title: text.title,
    note: text.note,
    tags: text.tags,
    redirect_status: text.redirectType,
    expiry: text.expiry.label,
    expiration_date: text.expiry.label,
    starts_at: text.startsAt,
    fallback_url: text.fallback,
    short_code: text.shortCode,
    aliases: text.aliases,
    forward_query: text.forwardQuery,
    embed_hosts: text.embedding.label,
    visits: text.visits.label,
    visit_limit: text.visits.limit,
    disabled: text.disabled,
    inline: text.inline,
    [file.text]: text.source.labels.file.text,
    [markdown.text]: text.source.labels.markdown.text,
    [html.text]: text.source.labels.html.text,
  };
}

function shownAs({ redirectStatus }: Link, name: keyof FormFields, value: string): string {
  switch (name) {
    case "redirect_status":
      return linkText.redirectTypes[redirectStatus];
    case "disabled":
    case "inline":
      return value === "on" ? text.conflict.yes : text.conflict.no;
    case "expiry":
      return value === "never" ? text.expiry.never : text.expiry.date;
    case "forward_query":
      return linkText.forwardQuery[value === "" ? "site" : value === "on" ? "on" : "off"];
    case "visits":
      return text.visits.choices[visitChoices.find((choice) => choice === value) ?? "unlimited"];
    case "starts_at":
    case "expiration_date":
      return value.replace("T", " ");
    default:
      return value;
  }
}

/** A browser sends line ends as CR LF. */
function normalized(value: string | undefined): string {
  return (value ?? "").replaceAll("\r\n", "\n").trim();
}
