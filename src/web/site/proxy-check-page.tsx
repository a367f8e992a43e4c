/** @jsxImportSource hono/jsx */

import type { Fault } from "../../fault.ts";
import type { Call, Handler } from "../../http/call.ts";
import { judgeClient, judgeHost, judgeScheme } from "../../http/proxy-check/proxy-advice.ts";
import {
  type Chain,
  type ProxyHeader,
  proxyHeaders,
  seeChain,
} from "../../http/proxy-check/proxy-chain.ts";
import { requireProber, swallow } from "../../http/proxy-check/proxy-probe.ts";
import { json } from "../../http/response/response.ts";
import { Fact } from "../ui/fact.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";

/** `/-/proxy`: what stands between the reader and this server, as the server sees it. */
export const proxyCheck = { show: showChain, see, take } satisfies Record<string, Handler>;

/** For `trunk8 doctor --proxy`: the chain as JSON. */
function see(call: Call): Response {
  requireProber(call);
  return json(chainOf(call), { call });
}

/** For the same: a body that is thrown away. */
async function take(call: Call): Promise<Response> {
  requireProber(call);
  return json(await swallow(call), { call });
}

function chainOf({ request, connection, settings }: Call): Chain {
  return seeChain({ request, peerAddress: connection.address(request), settings });
}

function showChain(call: Call): Promise<Response> {
  const chain = chainOf(call);
  return show(
    call,
    { title: "Proxy" },
    <div class="form-width">
      <PageHead title="Proxy" />
      <p>How this very request came here, and what was believed of it.</p>
      <dl class="facts">
        <Fact name="You">
          <span class="name">{chain.address}</span>, by {wordsOf[chain.addressFrom]}
        </Fact>
        <Fact name="Scheme">
          {chain.isHttps ? "https" : "http"}, by {wordsOf[chain.schemeFrom]}
        </Fact>
        <Fact name="Host">
          <span class="name">{chain.host ?? "none that is well-formed"}</span>
        </Fact>
        <Fact name="Connection from">
          <span class="name">{chain.peer}</span>, {chain.isPeerTrusted ? "trusted" : "not trusted"}
        </Fact>
        {proxyHeaders.map((name) => (
          <Said chain={chain} name={name} />
        ))}
      </dl>
      <Advice faults={faultsOf(chain)} />
      <p>
        Sizes, buffering, ranges and long headers are tried from this server's command line:{" "}
        <code class="name">trunk8 doctor --proxy {call.client.origin}</code>
      </p>
    </div>,
  );
}

const wordsOf: Readonly<Record<Chain["addressFrom"] | Chain["schemeFrom"], string>> = {
  connection: "the connection",
  "server.public_url": "server.public_url",
  "x-forwarded-for": "X-Forwarded-For",
  "x-forwarded-proto": "X-Forwarded-Proto",
  forwarded: "Forwarded",
  "x-real-ip": "X-Real-IP",
};

function Said({ chain, name }: { chain: Chain; name: ProxyHeader }) {
  return (
    <Fact name={wordsOf[name]}>
      <span class="name">{chain.said[name] ?? "absent"}</span>
    </Fact>
  );
}

/** Without a proxy, saying nothing is right. */
function faultsOf(chain: Chain): Fault[] {
  const { host, isHttps, publicUrl, said } = chain;
  const isDirect = proxyHeaders.every((name) => said[name] === null);
  const publicScheme = publicUrl === "" ? isHttps : publicUrl.startsWith("https:");
  return [
    ...(isDirect ? [] : judgeClient(chain, { forged: null })),
    ...(isDirect ? [] : judgeScheme(chain, { isHttps: publicScheme })),
    ...judgeHost(chain, { host: URL.parse(publicUrl)?.host ?? host ?? "" }),
  ];
}

function Advice({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return <p>Nothing here looks wrong.</p>;
  return (
    <>
      {faults.map(({ what, remedy }) => (
        <div class="callout mb-3">
          <p class="mb-1">{what}</p>
          <code class="name">{remedy}</code>
        </div>
      ))}
    </>
  );
}
