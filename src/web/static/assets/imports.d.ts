/** Imported `with { type: "file" }` the file's path, on disk or inside the executable; `with { type: "text" }` its text. */
declare module "*.css" {
  const path: string;
  export default path;
}

declare module "*.js" {
  const path: string;
  export default path;
}

declare module "*.png" {
  const path: string;
  export default path;
}

declare module "*.svg" {
  const pathOrText: string;
  export default pathOrText;
}

declare module "*.woff2" {
  const path: string;
  export default path;
}
