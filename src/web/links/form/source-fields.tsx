/** @jsxImportSource hono/jsx */

import type { Settings } from "../../../config/settings.ts";
import { href } from "../../../http/urls.ts";
import type { Content } from "../../../links/link.ts";
import {
  fileFieldOf,
  inputTypeOf,
  type StoredKind,
  textFieldOf,
} from "../../../links/link-input.ts";
import { type Entry, Radios, TextArea } from "../../ui/post-form.tsx";
import { FileInput } from "./file-input.tsx";
import { offersText } from "./typed-text.ts";

export interface KindProps {
  readonly entry: Entry;
  readonly settings: Settings;
  /** What the link hands out so far; null where it is new or a redirect. */
  readonly content: Content | null;
  /** What tells this form's drafts from those of other forms and other people. */
  readonly draft: string;
}

interface SourceProps extends KindProps {
  readonly kind: StoredKind;
  /** What the text is called, and the file. */
  readonly words: readonly [text: string, file: string];
}

/** The bytes of a link: a text to write or a file to choose; a file alone where what is stored is no text. */
export function SourceFields({ kind, words: [text, file], ...props }: SourceProps) {
  const { entry, content, draft } = props;
  const input = { ...props, name: fileFieldOf[kind], label: file };
  if (!offersText(kind, content, entry.values)) return <FileInput {...input} />;
  return (
    <div class="source">
      <Radios
        entry={entry}
        name={inputTypeOf[kind]}
        label="Where it comes from"
        options={[
          ["text", "Write it here"],
          ["file", "Choose a file"],
        ]}
      />
      <div class="source-text">
        <Editor kind={kind} label={text} entry={entry} draft={`${draft} ${kind}`} />
      </div>
      <div class="source-file">
        <FileInput {...input} optional />
      </div>
      <DraftOffer />
    </div>
  );
}

interface EditorProps extends Pick<KindProps, "entry" | "draft"> {
  readonly kind: StoredKind;
  readonly label: string;
}

/** A text area; with scripts what assets/editor.js makes of it. */
function Editor({ kind, label, entry, draft }: EditorProps) {
  return (
    <div class="editor" data-editor={kind}>
      {kind === "markdown" && <WriteOrPreview />}
      <div class="editor-write">
        <TextArea
          entry={entry}
          name={textFieldOf[kind]}
          label={label}
          rows={18}
          class="editor-text"
          data-draft={draft}
          autocapitalize="none"
          autocomplete="off"
        />
        {kind !== "file" && <PreviewButton kind={kind} />}
      </div>
      {kind === "markdown" && (
        <section
          class="editor-preview needs-script"
          aria-label="Preview"
          data-preview={href("preview")}
        />
      )}
    </div>
  );
}

/** What assets/draft.js shows where something typed was not saved. */
function DraftOffer() {
  return (
    <template data-draft-offer="">
      <div class="callout border-info" role="status" data-draft-box="">
        <p class="mb-2">What you had typed here was not saved.</p>
        <div class="page-actions">
          <button class="btn btn-quiet" type="button" data-draft-restore="">
            Restore what you had typed
          </button>
          <button class="btn btn-quiet" type="button" data-draft-discard="">
            Discard it
          </button>
        </div>
      </div>
    </template>
  );
}

/** On a narrow screen one of the two at a time. */
function WriteOrPreview() {
  return (
    <fieldset class="editor-tabs btn-group needs-script mb-3" aria-label="What is seen">
      <button class="btn btn-quiet" type="button" aria-pressed="true" data-see="write">
        Write
      </button>
      <button class="btn btn-quiet" type="button" aria-pressed="false" data-see="preview">
        Preview
      </button>
    </fieldset>
  );
}

/** Shows what will be published in another tab, and leaves this page as it is. Files stay behind. */
function PreviewButton({ kind }: { kind: StoredKind }) {
  return (
    <button
      class="btn btn-quiet mb-3"
      type="submit"
      name="kind"
      value={kind}
      formaction={href("preview")}
      formenctype="application/x-www-form-urlencoded"
      formtarget="_blank"
      formnovalidate
    >
      Preview in a new tab
    </button>
  );
}
