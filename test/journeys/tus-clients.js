/* What the page of another site runs: tus-js-client and Uppy, bundled for browsers. */
import Uppy from "@uppy/core";
import Tus from "@uppy/tus";
import { Upload } from "tus-js-client";

/** Uploads by tus-js-client; `stopAt`: stops there first, and goes on as a page does that is opened again. */
window.send = async (bytes, stopAt, options) => {
  const file = new File([bytes], "a.bin", { lastModified: 1000 });
  const stored = {
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    ...options,
  };
  if (stopAt > 0) await sendUntil(stopAt, file, stored);
  return await new Promise((resolve, reject) => {
    const upload = new Upload(options.uploadLengthDeferred ? file.stream().getReader() : file, {
      ...stored,
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader("trunk8-url")),
      onError: (error) => reject(error),
    });
    upload.findPreviousUploads().then(([previous]) => {
      if (stopAt > 0) upload.resumeFromPreviousUpload(previous);
      upload.start();
    }, reject);
  });
};

async function sendUntil(stopAt, file, options) {
  await new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      ...options,
      onError: reject,
      onChunkComplete: (_, accepted) => {
        if (accepted >= stopAt) upload.abort().then(resolve);
      },
    });
    upload.start();
  });
}

/** Uploads by Uppy; returns the URLs of the uploads. */
window.sendAll = async (contents, options) => {
  const uppy = new Uppy().use(Tus, { ...options, allowedMetaFields: ["name"] });
  for (const [at, content] of contents.entries())
    uppy.addFile({ name: `${at}.bin`, type: "application/x-a", data: new Blob([content]) });
  const { successful, failed } = await uppy.upload();
  if (failed.length > 0) throw new Error(failed[0].error);
  return successful.map(({ tus, response }) => response?.uploadURL ?? tus.uploadUrl);
};
