import assert from "node:assert/strict";
import {
  fuzz,
  jsonOf,
  mutatedJsonText,
  mutatedText,
  oneOf,
  returnsOrThrows,
  some,
  textOf,
} from "../../tests/shared/fuzz.ts";
import { parseRoutes } from "./route_annotation.ts";
import { parseIpNumber, parseReclaim, parseSubnet, parseSubnets } from "./subnet_annotations.ts";
import { parseIpPool, parseIpPools, parseNamespacePools } from "./pool_annotations.ts";
import { attachmentsOf, formatAttachments } from "./attachments.ts";
import { IpamError } from "./errors.ts";
import { formatHistory, historyOf } from "./history.ts";
import { networkOfNic, nicNames, parseNetworks } from "./multus.ts";
import { compilePattern, expandNames } from "./wildcard.ts";

const nic = { interface: "eth0", ipv4: ["v4a", "v4*"], ipv6: ["v6a"], cleangateway: false };
const route = { dst: "10.8.0.0/16", gw: "10.1.0.9" };

const annotations = [
  { name: "ippool", parse: parseIpPool, samples: [nic] },
  { name: "ippools", parse: parseIpPools, samples: [[nic, { ...nic, interface: "net1" }]] },
  { name: "subnet", parse: parseSubnet, samples: [nic] },
  { name: "subnets", parse: parseSubnets, samples: [[nic]] },
  { name: "routes", parse: parseRoutes, samples: [[route, { dst: "fd00::/48", gw: "fd00::1" }]] },
  { name: "ippool-ip-number", parse: parseIpNumber, samples: ["5", "+2"] },
  { name: "ippool-reclaim", parse: parseReclaim, samples: ["true"] },
  {
    name: "default-ipv4-ippool",
    parse: (annotation: { text: string; owner: string }) =>
      parseNamespacePools("ipam.spidernet.io/default-ipv4-ippool", annotation),
    samples: [["v4a", "v4*"]],
  },
];
for (const { name, parse, samples } of annotations) {
  Deno.test(`fuzz: annotation ${name} is read, or refused with an IpamError that names it`, async () => {
    await fuzz((random) => mutatedJsonText(random, samples), (text) => {
      try {
        parse({ text, owner: 'Pod "ns1/p"' });
      } catch (err) {
        assert.ok(err instanceof IpamError);
        assert.ok(["wrong-input", "namespace-annotation"].includes(err.code));
        assert.ok(err.message.includes(`annotation ipam.spidernet.io/${name} of Pod "ns1/p": `), err.message);
      }
    }, { runs: 1500 });
  });
}

const networks = [
  "mv0",
  "kube-system/mv0@net1",
  "a/b,c@eth1, d",
  '[{"name":"mv0","namespace":"ns","interface":"net1"}]',
];
const selection = [{ name: "mv0", namespace: "ns", mac: "02:00:00:00:00:01", ips: ["10.0.0.1/24"], interface: "net1" }];

Deno.test("fuzz: a Multus annotation is read, or refused with a SyntaxError; a NIC's network is told, or why not", async () => {
  await fuzz(
    (random) => random() < 0.5 ? mutatedText(random, networks) : mutatedJsonText(random, [selection]),
    (text) => {
      const found = returnsOrThrows(() => parseNetworks(text, "default"), [SyntaxError]);
      assert.ok(found === undefined || found.every(({ namespace, name }) => namespace !== "" && name !== ""));
      const podAnnotations = { "k8s.v1.cni.cncf.io/networks": text, "v1.multus-cni.io/default-network": text };
      const facts = { podAnnotations, podNamespace: "ns1", agentNamespace: "sp", clusterNetwork: text };
      for (const name of ["eth0", "net1"]) {
        const told = networkOfNic(name, facts);
        assert.equal("problem" in told, found === undefined || !("network" in told));
      }
      returnsOrThrows(() => nicNames(3, facts), [SyntaxError]);
    },
  );
});

Deno.test("fuzz: a pattern is compiled and matched, or refused with a SyntaxError", async () => {
  const patterns = ["v4-*", "v?-[a-c]*", "[^x]*\\*", "[a\\-z]"];
  await fuzz(
    (random) => ({ entries: some(random, 4, () => mutatedText(random, patterns)), names: some(random, 4, textOf) }),
    ({ entries, names }) => {
      const expanded = returnsOrThrows(() => expandNames(entries, names), [SyntaxError]);
      assert.ok(
        expanded === undefined || expanded.names.every((name) => names.includes(name) || entries.includes(name)),
      );
    },
  );
});

Deno.test("a pattern of a thousand stars is matched at once", () => {
  assert.equal(compilePattern(`${"*a".repeat(511)}b`)("a".repeat(253)), false);
});

const attachments = { eth0: { containerId: "c1", network: "mv0", runtimeUid: "U1" }, net1: { containerId: "c1" } };

Deno.test("fuzz: attachments are read as far as they can be, and written the same", async () => {
  await fuzz((random) => mutatedJsonText(random, [attachments]), (text) => {
    const read = attachmentsOf(text);
    assert.deepEqual(attachmentsOf(formatAttachments(read)), read);
  });
});

const current = { uid: "U1", node: "n1", ips: [{ interface: "eth0", ipv4: "10.1.0.10/24", ipv4Pool: "v4a" }] };
const history = [{ ...current, until: "2026-01-01T00:00:00Z" }];

Deno.test("fuzz: history is read as far as it can be, and stays bounded", async () => {
  await fuzz(
    (random) => ({
      text: mutatedJsonText(random, [history, [...history, jsonOf(random)]]),
      max: oneOf(random, [0, 1, 100]),
    }),
    ({ text, max }) => {
      const past = historyOf(text);
      const written = formatHistory(past, { current, until: "2026-01-02T00:00:00Z" }, max);
      const again = historyOf(written);
      assert.ok(again.length <= max);
      assert.equal(again.length, Math.min(past.length + 1, max));
      if (max > 0) assert.deepEqual(again.slice(1), past.slice(0, max - 1));
    },
  );
});

Deno.test("a history of another is no reason to fail, however large or deep", () => {
  const deep = `[{"uid":"u","node":"n","until":"t","ips":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}]`;
  const wide = JSON.stringify(Array.from({ length: 2000 }, () => history[0]));
  for (const text of [deep, wide]) {
    const written = formatHistory(historyOf(text), { current, until: "2026-01-02T00:00:00Z" }, 100);
    assert.ok(written !== undefined && written.length <= 64 * 1024);
  }
});
