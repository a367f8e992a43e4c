/** @jsxImportSource #markup */

import type { Fault } from "../../fault.ts";
import type { Call, Handler } from "../../http/call.ts";
import {
  describeSource,
  judgeClient,
  judgeHost,
  judgeScheme,
} from "../../http/proxy-check/proxy-advice.ts";
import {
  type Chain,
  type ProxyHeader,
  proxyHeaders,
  seeChain,
} from "../../http/proxy-check/proxy-chain.ts";
import { requireProber, swallow } from "../../http/proxy-check/proxy-probe.ts";
import { json } from "../../http/response/response.ts";
import { Fact } from "../ui/fact.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { text } from "./text.en.ts";

/** `/-/proxy`: how requests reach this server through its proxies. */
export const proxyCheck = { show: showChain, see, take } satisfies Record<string, Handler>;

/** For `trunk8 doctor --proxy`: the chain as JSON. */
function see(call: Call): Response {
  requireProber(call);
  return json(chainOf(call), { call });
}

/** For `trunk8 doctor --proxy`: how a body arrived, which is discarded. */
async function take(call: Call): Promise<Response> {
  requireProber(call);
  return json(await swallow(call), { call });
}

function chainOf({ request, connection, settings }: Call): Chain {
  return seeChain({ request, peerAddress: connection.address(request), settings });
}

function showChain(call: Call): Promise<Response> {
  const chain = chainOf(call);
  const texts = text.proxyCheck;
  const command = <code class="name">trunk8 doctor --proxy {call.client.origin}</code>;
  return show(
    call,
    { title: texts.title },
    <div class="form-width">
      <PageHead title={texts.title} />
      <p>{texts.intro}</p>
      <dl class="facts">
        <Fact name={texts.client}>
          <Source value={chain.address} from={chain.addressFrom} />
        </Fact>
        <Fact name={texts.scheme}>
          <Source value={chain.isHttps ? "https" : "http"} from={chain.schemeFrom} />
        </Fact>
        <Fact name={texts.host}>
          <span class="name">{chain.host ?? texts.hostInvalid}</span>
        </Fact>
        <Fact name={texts.connection}>
          {fillText(chain.isPeerTrusted ? texts.peerTrusted : texts.peerUntrusted, {
            peer: <span class="name">{chain.peer}</span>,
          })}
        </Fact>
        {proxyHeaders.map((name) => (
          <Said chain={chain} name={name} />
        ))}
      </dl>
      <Advice faults={faultsOf(chain)} />
      <p>{fillText(texts.more, { command })}</p>
    </div>,
  );
}

function Source({
  value,
  from,
}: {
  value: string;
  from: Chain["addressFrom"] | Chain["schemeFrom"];
}) {
  const shown = <span class="name">{value}</span>;
  return <>{fillText(text.proxyCheck.from, { value: shown, source: describeSource(from) })}</>;
}

function Said({ chain, name }: { chain: Chain; name: ProxyHeader }) {
  return (
    <Fact name={describeSource(name)}>
      <span class="name">{chain.said[name] ?? text.proxyCheck.absent}</span>
    </Fact>
  );
}

/** Without a proxy, missing headers are right. */
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
  if (faults.length === 0) return <p>{text.proxyCheck.noProblems}</p>;
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
