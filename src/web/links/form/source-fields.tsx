/** @jsxImportSource #markup */

import type { Settings } from "../../../config/settings.ts";
import type { Usage } from "../../../files/quota.ts";
import { href } from "../../../http/urls.ts";
import type { Content, ContentKind } from "../../../links/link.ts";
import { text as scriptText } from "../../static/text.en.ts";
import { type Entry, Radios, TextArea } from "../../ui/post-form.tsx";
import { PageFolder } from "../files/page-folder.tsx";
import type { HeldFact } from "../share/held-file.ts";
import { FileInput } from "./file-input.tsx";
import { contentFields } from "./form-fields.ts";
import { text } from "./text.en.ts";
import { offersText } from "./typed-text.ts";

export interface KindProps {
  readonly entry: Entry;
  readonly settings: Settings;
  /** Storage of the link's owner. */
  readonly usage: Usage;
  /** The content so far; null for a new link or a redirect. */
  readonly content: Pick<Content, "name" | "size"> | null;
  /** Files that wait for a new link. */
  readonly held?: readonly HeldFact[];
  /** Key of this form's drafts, unique to the form and the user. */
  readonly draft: string;
}

interface SourceProps extends KindProps {
  readonly kind: ContentKind;
}

/** The content of a link: a text to write or a file to choose; a file alone where the stored content is no text. */
export function SourceFields({ kind, ...props }: SourceProps) {
  const { entry, content, draft } = props;
  const names = contentFields[kind];
  const labels = text.source.labels[kind];
  const input = { ...props, name: names.file, label: labels.file };
  const folder = kind === "html" && <PageFolder />;
  if (!offersText(kind, content, entry.values))
    return (
      <>
        <FileInput {...input} />
        {folder}
      </>
    );
  return (
    <div class="source">
      <Radios
        entry={entry}
        name={names.source}
        label={text.source.label}
        options={[
          ["text", text.source.text],
          ["file", text.source.file],
        ]}
      />
      <div class="source-text">
        <Editor kind={kind} label={labels.text} entry={entry} draft={`${draft} ${kind}`} />
      </div>
      <div class="source-file">
        <FileInput {...input} optional />
        {folder}
      </div>
      <DraftOffer />
    </div>
  );
}

interface EditorProps extends Pick<KindProps, "entry" | "draft"> {
  readonly kind: ContentKind;
  readonly label: string;
}

/** A text area, which assets/editor.js turns into an editor. */
function Editor({ kind, label, entry, draft }: EditorProps) {
  return (
    <div
      class="editor"
      data-editor={kind}
      data-tab-help={kind === "html" ? scriptText.codeEditor.tabHelp : undefined}
      {...(kind !== "file" && attaching())}
    >
      {kind === "markdown" && <WriteOrPreview />}
      <div class="editor-write">
        <TextArea
          entry={entry}
          name={contentFields[kind].text}
          label={label}
          rows={18}
          help={kind !== "file" && <span class="needs-script">{text.editor.attach}</span>}
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
          aria-label={text.editor.preview}
          data-preview={href("preview")}
        />
      )}
    </div>
  );
}

/** For assets/attach.js; a file that is dropped on a text file replaces it. */
function attaching() {
  return { "data-attach": href("add"), "data-attaching": scriptText.attaching };
}

/** Shown by assets/draft.js where typed text was not saved. */
function DraftOffer() {
  return (
    <template data-draft-offer="">
      <div class="callout border-info" role="status" data-draft-box="">
        <p class="mb-2">{text.editor.draft}</p>
        <div class="page-actions">
          <button class="btn btn-quiet" type="button" data-draft-restore="">
            {text.editor.restoreDraft}
          </button>
          <button class="btn btn-quiet" type="button" data-draft-discard="">
            {text.editor.discardDraft}
          </button>
        </div>
      </div>
    </template>
  );
}

/** Switches between text and preview on a narrow screen. */
function WriteOrPreview() {
  return (
    <fieldset class="editor-tabs btn-group needs-script mb-3" aria-label={text.editor.view}>
      <button class="btn btn-quiet" type="button" aria-pressed="true" data-see="write">
        {text.editor.write}
      </button>
      <button class="btn btn-quiet" type="button" aria-pressed="false" data-see="preview">
        {text.editor.preview}
      </button>
    </fieldset>
  );
}

/** Opens a preview of the text in another tab and leaves this page as it is. Files are not sent. */
function PreviewButton({ kind }: { kind: ContentKind }) {
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
      {text.editor.previewInTab}
    </button>
  );
}
