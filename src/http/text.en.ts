import { catalogue } from "../text/catalogue.ts";

/** Texts about requests: refusals before a handler, forms that cannot be read, and the proxy check. */
export const text = catalogue({
  access: {
    signIn: "Sign in first.",
    administrator: "Only an administrator may do this.",
    inPerson: (username: string) =>
      `Only ${username} may do this. Stop impersonating the user first.`,
    crossSite: "This form was sent from another site.",
    changePassword: "Choose your own password in your profile first.",
  },

  address: {
    tooLong: "This URL is too long.",
    noHost: "The request has no valid Host header.",
    nothingHere: "There is nothing at this address.",
  },

  form: {
    tooLarge: "The form is too large.",
    tooManyFields: "The form has too many fields.",
    tooManyParts: "The form has too many parts.",
    incomplete: "The form ended before it was complete.",
    noFiles: "This form does not accept files.",
    unexpectedFile: (field: string) => `This form does not accept a file in "${field}".`,
    namelessPart: "A part of the form has no name.",
    unreadable: "The form could not be read.",
    notJson: "The request body is not valid JSON.",
    unsupported: "Send the form as application/x-www-form-urlencoded or multipart/form-data.",
    uploadTooLarge: "The upload is too large.",
    repeatedField: (name: string) => `"${name}" was sent more than once.`,
    unknownField: (name: string) => `Unknown field "${name}".`,
  },

  proxy: {
    bodyTooLarge: "The body is larger than the largest file allowed.",
    perProxy: (nginx: string, haproxy: string, caddy: string) =>
      `nginx: ${nginx} | haproxy: ${haproxy} | Caddy: ${caddy}`,
    setsClient: "sets it itself; trusted_proxies static private_ranges behind another proxy",
    setsScheme: "sets it itself; header_up X-Forwarded-Proto https behind another proxy",
    removeSetHost: "remove http-request set-header Host",
    removeHeaderUpHost: "remove header_up Host",
    clientForged:
      "The proxy passes on the X-Forwarded-For that the client sent, and does not add the client's address.",
    clientUntrusted: (peer: string) =>
      `X-Forwarded-For comes from ${peer}, which is not trusted. Every visitor appears as ${peer}.`,
    trustPeer: (peer: string) => `config.toml: [server] trusted_proxies = ["${peer}"]`,
    clientSpoofable:
      "Clients can choose their own IP address: server.trusted_proxies counts more proxies than there are.",
    trustHops: (hops: number) => `config.toml: [server] trusted_proxies = ["${hops}"]`,
    clientMissing: (peer: string) =>
      `The proxy sends no X-Forwarded-For. Every visitor appears as ${peer}.`,
    clientMissingOther: (peer: string) =>
      `The proxy sends no X-Forwarded-For. Every visitor appears as ${peer}. Forwarded and X-Real-IP are not read.`,
    socketPeer: "the unix socket's peer",
    schemeHttp:
      "This was requested over http, but server.public_url is https. Signing in works over https only.",
    redirectToHttps: "Use https, and redirect http to it: return 301 https://$host$request_uri;",
    schemeUntrusted: (peer: string) =>
      `X-Forwarded-Proto comes from ${peer}, which is not trusted. https is taken for http.`,
    schemeMissing: "The proxy sends no X-Forwarded-Proto. https is taken for http.",
    hostDiffers: (host: string, publicUrl: string) =>
      `This was requested as ${host}, but server.public_url is ${publicUrl}.`,
    setPublicUrl: "config.toml: set [server] public_url to the URL that people use",
    hostChanged: (seen: string, host: string) => `The proxy sends Host ${seen} instead of ${host}.`,
    hostInvalid: (host: string) => `The proxy sends no valid Host header instead of ${host}.`,
    chain: (client: string, scheme: string, host: string) =>
      `client ${client}, scheme ${scheme}, host ${host}`,
    from: (value: string, source: string) => `${value} (from ${source})`,
    sourceConnection: "the connection",
    noHost: "none",
  },
});
