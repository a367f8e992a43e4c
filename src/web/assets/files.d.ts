/** Imported `with { type: "file" }`: the file's path, on disk or inside the executable. */
declare module "*.css" {
  const path: string;
  export default path;
}

declare module "*.svg" {
  const path: string;
  export default path;
}
