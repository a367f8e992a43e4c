/*
 * A form of an HTML page takes a folder that is dropped anywhere, as one that is chosen: it becomes the whole page.
 * Browsers let no script put a folder into a field, so its files are added when the form is sent.
 */

const input = document.querySelector("#folder");
const { form } = input;
const status = form.querySelector("[data-folder-status]");

/** Files of a dropped folder, each with its path. */
let dropped = [];

// Before other scripts, which would take the folder for a file.
document.addEventListener("drop", takeFolder, { capture: true });

function takeFolder(event) {
  // The list of items is empty once this function waits.
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
  const folder = entries.find((entry) => entry?.isDirectory);
  if (folder === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  take(folder);
}

async function take(folder) {
  dropped = await filesOf(folder);
  const choice = form.querySelector('[name="html_input_type"][value="file"]');
  choice?.click();
  show(dropped.length);
}

async function filesOf(entry) {
  if (entry.isFile)
    return [{ file: await promised((...both) => entry.file(...both)), path: entry.fullPath }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // At most a hundred at once.
    const entries = await promised((...both) => reader.readEntries(...both));
    if (entries.length === 0) return (await Promise.all(found.map(filesOf))).flat();
    found.push(...entries);
  }
}

function promised(call) {
  return new Promise(call);
}

function show(count) {
  status.textContent =
    count === 0 ? "" : status.dataset.chosen.replace("{count}", () => String(count));
}

input.addEventListener("change", () => {
  dropped = [];
  show(input.files.length);
});

form.addEventListener("formdata", ({ formData }) => {
  if (dropped.length === 0) return;
  formData.delete("files");
  for (const { file, path } of dropped) formData.append("files", file, path.replace(/^\//, ""));
});
