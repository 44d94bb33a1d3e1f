import assert from "node:assert/strict";
import type { Random } from "../../net/base/random.ts";
import { fuzz, mutatedJsonText, oneOf, some, textOf } from "../../tests/shared/fuzz.ts";
import type { InterfaceAllocation, SpiderEndpoint } from "../generated/mod.ts";
import { answerOf } from "./answer.ts";
import { emptiedEndpoint, resultsOfEndpoint } from "./endpoint.ts";
import { interfaceOf } from "./endpoint_entry.ts";
import { endpointViewOf } from "./endpoint_view.ts";
import { isSuperseded, uidMeant } from "./release_decide.ts";
import { attachmentsOf } from "./attachments.ts";
import { reuseOf } from "./reuse.ts";

const addresses = ["10.1.0.10/24", "10.1.0.10", "fd00::1/64", "FD00:0::1/64", "::ffff:10.0.0.1/96", "10.1.0.10/33"];
const write = { now: "2026-01-01T00:00:00Z", maxHistory: 3 };

/** An endpoint of any texts that the schema allows. */
function endpointOf(random: Random): SpiderEndpoint {
  const annotations = {
    "ipam.spidernet.io/attachments": mutatedJsonText(random, [{ eth0: { containerId: "c1" } }]),
    "ipam.spidernet.io/history": mutatedJsonText(random, [[{ uid: "U", node: "n", until: "t", ips: [] }]]),
  };
  return {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderEndpoint",
    metadata: { name: "p", namespace: "ns1", ...(random() < 0.8 && { annotations }) },
    ...(random() < 0.95 && {
      status: {
        current: {
          uid: oneOf(random, ["U1", textOf(random)]),
          node: textOf(random),
          ips: some(random, 3, interfaceEntryOf),
        },
        ownerControllerType: textOf(random),
        ownerControllerName: textOf(random),
      },
    }),
  };
}

function interfaceEntryOf(random: Random): InterfaceAllocation {
  const text = () => random() < 0.6 ? oneOf(random, addresses) : textOf(random);
  return {
    interface: oneOf(random, ["eth0", "net1", "", textOf(random)]),
    ...(random() < 0.7 && { ipv4: text(), ipv4Pool: textOf(random), ipv4Gateway: text() }),
    ...(random() < 0.5 && { ipv6: text(), ipv6Pool: textOf(random) }),
    ...(random() < 0.5 && { vlan: oneOf(random, [0, 5, 4095]), cleanGateway: random() < 0.5, mac: textOf(random) }),
    ...(random() < 0.5 && { routes: some(random, 2, () => ({ dst: text(), gw: text() })) }),
  };
}

Deno.test("fuzz: whatever texts a SpiderEndpoint holds, it is read, and what is read is written the same", async () => {
  await fuzz(endpointOf, (endpoint) => {
    const results = resultsOfEndpoint(endpoint);
    const names = (endpoint.status?.current.ips ?? []).map((entry) => entry.interface);
    for (const nic of names) {
      if (names.indexOf(nic) !== names.lastIndexOf(nic)) continue;
      const own = results.filter((result) => result.nic === nic);
      const ips = [interfaceOf(nic, own)];
      const written = { ...endpoint, status: { ...endpoint.status!, current: { ...endpoint.status!.current, ips } } };
      assert.deepEqual(resultsOfEndpoint(written).map(essence), own.map(essence));
    }
    const answer = answerOf(results, { nic: "eth0", enableGatewayDetection: true, enableIPConflictDetection: true });
    assert.ok((answer.ips ?? []).length <= results.length);
    JSON.stringify(endpointViewOf(endpoint));
  });
});

Deno.test("fuzz: decisions about any SpiderEndpoint are made without an error", async () => {
  await fuzz(endpointOf, (endpoint) => {
    const reuse = reuseOf(endpoint, { podUid: "U1", nic: "eth0", fixed: false });
    if (reuse.kind === "reusable") assert.ok(reuse.results.some(({ nic }) => nic === "eth0"));
    const attachments = attachmentsOf(endpoint.metadata.annotations?.["ipam.spidernet.io/attachments"]);
    isSuperseded(attachments, { ifname: "eth0", containerId: "c1" });
    uidMeant({ podUid: "", containerId: "c1", pod: undefined, endpoint });
  });
});

Deno.test("fuzz: emptiedEndpoint() drops the NICs that go and no other, and is done after once", async () => {
  await fuzz(
    (random) => ({ endpoint: endpointOf(random), nics: oneOf(random, [undefined, ["eth0"], ["net1", ""]]) }),
    ({ endpoint, nics }) => {
      const options = nics === undefined ? write : { ...write, nics };
      const once = emptiedEndpoint(endpoint, options);
      const left = (endpoint.status?.current.ips ?? []).filter((entry) =>
        nics !== undefined && !nics.includes(entry.interface)
      );
      assert.deepEqual(once.status?.current.ips ?? [], left);
      assert.equal(emptiedEndpoint(once, options), once);
    },
  );
});

function essence({ nic, family, address, prefixLength, pool }: ReturnType<typeof resultsOfEndpoint>[number]): string {
  return `${nic} ${family} ${address.value}/${prefixLength} ${pool}`;
}
