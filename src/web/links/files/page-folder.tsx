/** @jsxImportSource #markup */
import { text } from "./text.en.ts";

/** A folder that becomes an HTML page of several files. */
export function PageFolder() {
  return (
    <div class="mb-3">
      <label class="form-label" for="folder">
        {text.folder}
      </label>
      <input
        class="form-control"
        id="folder"
        type="file"
        name="files"
        webkitdirectory
        multiple
        aria-describedby="folder-help"
      />
      <div class="form-text" id="folder-help">
        {text.folderOfPage}{" "}
        <span class="needs-script">
          {text.dropFolder} <output data-folder-status="" data-chosen={text.script.chosen} />
        </span>
      </div>
    </div>
  );
}
