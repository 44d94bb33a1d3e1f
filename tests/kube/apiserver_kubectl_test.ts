/** kubectl against the embedded API over HTTP, or a real one: what a person at the demo types. */
import assert from "node:assert/strict";
import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import { kubeconfigTransport } from "../../crd/kube/mod.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { eventually } from "./call.ts";
import { installCrds } from "./install_crds.ts";
import { Kubectl } from "./kubectl.ts";
import { newNode } from "./objects.ts";
import { realServer } from "./real_server.ts";

function testKubectl(name: string, test: (kubectl: Kubectl) => Promise<void>): void {
  const server = realServer();
  if (server === undefined) {
    return testUnless(needsCommand("kubectl"), { name: `kubectl: ${name}`, fn: () => onEmbedded(test) });
  }
  const reason = server.mayDestroy
    ? undefined
    : "it counts on pools of its own: needs SPIDERPOOL_TEST_DESTRUCTIVE=true";
  testUnless(firstReason(needsCommand("kubectl"), reason), {
    name: `real API: kubectl: ${name}`,
    fn: () => onReal(server.kubeconfig, test),
  });
}

async function onEmbedded(test: (kubectl: Kubectl) => Promise<void>): Promise<void> {
  const crds = readSpiderpoolCrds();
  const api = new EmbeddedApi({ clock: systemClock, random: systemRandom, crds, fieldOwnership: "always" });
  const served = await api.serve();
  try {
    using kubectl = new Kubectl({ text: served.kubeconfig() });
    await test(kubectl);
  } finally {
    await served.shutdown();
  }
}

async function onReal(path: string, test: (kubectl: Kubectl) => Promise<void>): Promise<void> {
  using transport = await kubeconfigTransport(path, { clock: systemClock });
  await installCrds(transport);
  using kubectl = new Kubectl({ path });
  try {
    await test(kubectl);
  } finally {
    await kubectl.ok(["delete", "sp/rack", "--ignore-not-found"]);
    await kubectl.ok(["delete", "pod/web", "event/web.1", "--ignore-not-found", "--force", "--grace-period=0"]);
  }
}

function poolYaml(spec: string, name = "rack"): string {
  return `apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: ${name}, labels: {rack: "7"}}
spec: ${spec}
`;
}

const small = "{ipVersion: 4, subnet: 10.0.0.0/24, ips: [10.0.0.2-10.0.0.9]}";
const large = "{ipVersion: 4, subnet: 10.0.0.0/24, ips: [10.0.0.2-10.0.0.99]}";

testKubectl("apply creates, changes, and sees when nothing changed", async (kubectl) => {
  assert.equal(
    await kubectl.ok(["apply", "-f", "-"], poolYaml(small)),
    "spiderippool.spiderpool.spidernet.io/rack created\n",
  );
  assert.equal(
    await kubectl.ok(["apply", "-f", "-"], poolYaml(large)),
    "spiderippool.spiderpool.spidernet.io/rack configured\n",
  );
  assert.equal(
    await kubectl.ok(["apply", "-f", "-"], poolYaml(large)),
    "spiderippool.spiderpool.spidernet.io/rack unchanged\n",
  );
  assert.equal(await kubectl.ok(["get", "sp", "rack", "-o", "jsonpath={.spec.ips}"]), '["10.0.0.2-10.0.0.99"]');
});

testKubectl("apply --server-side takes over from a client-side apply", async (kubectl) => {
  await kubectl.ok(["apply", "-f", "-"], poolYaml(small));
  const output = await kubectl.ok(["apply", "--server-side", "-f", "-"], poolYaml(large));
  assert.equal(output, "spiderippool.spiderpool.spidernet.io/rack serverside-applied\n");
  assert.equal(await kubectl.ok(["get", "sp", "rack", "-o", "jsonpath={.spec.ips}"]), '["10.0.0.2-10.0.0.99"]');
});

testKubectl("get prints the columns of the definition", async (kubectl) => {
  await kubectl.ok(["apply", "-f", "-"], poolYaml(small));
  const lines = (await kubectl.ok(["get", "spiderippools"])).trim().split("\n").map((line) =>
    line.trimEnd().split(/ {2,}/)
  );
  assert.deepEqual(lines[0], ["NAME", "VERSION", "SUBNET", "ALLOCATED-IP-COUNT", "TOTAL-IP-COUNT", "DEFAULT"]);
  assert.deepEqual(lines[1]?.slice(0, 3), ["rack", "4", "10.0.0.0/24"]);
  assert.match(await kubectl.ok(["get", "sp", "-o", "wide"]), /DISABLE +NODENAME +MULTUSNAME +APP-NAMESPACE/);
  assert.match(await kubectl.ok(["get", "spiderpool"]), /^NAME.*\nspiderippool\.spiderpool\.spidernet\.io\/rack /);
});

testKubectl("get -w prints changes", async (kubectl) => {
  await kubectl.ok(["apply", "-f", "-"], poolYaml(small));
  const child = kubectl.command(["get", "sp", "-w", "--no-headers"]).spawn();
  await child.stdin.close();
  let printed = "";
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) printed += chunk;
  })();
  try {
    await eventually("kubectl shows the pool", () => Promise.resolve(printed.includes("rack")));
    const patch = JSON.stringify({ status: { allocatedIPCount: 42 } });
    await kubectl.ok(["patch", "sp", "rack", "--subresource", "status", "--type", "merge", "-p", patch]);
    await eventually("kubectl shows the new count", () => Promise.resolve(/rack .* 42 /.test(printed)));
  } finally {
    child.kill("SIGKILL");
    await reading;
    await child.stderr.cancel();
    await child.status;
  }
});

testKubectl("describe prints an object and its events", async (kubectl) => {
  const input = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default}
spec: {nodeName: ${newNode()}, containers: [{name: main, image: busybox}]}
`;
  await kubectl.ok(["create", "-f", "-"], input);
  const uid = await kubectl.ok(["get", "pod", "web", "-o", "jsonpath={.metadata.uid}"]);
  const event = `apiVersion: v1
kind: Event
metadata: {name: web.1, namespace: default}
involvedObject: {kind: Pod, apiVersion: v1, name: web, namespace: default, uid: ${uid}}
type: Warning
reason: AddressesExhausted
message: no pool has a free address
`;
  await kubectl.ok(["create", "-f", "-"], event);
  const output = await kubectl.ok(["describe", "pod", "web"]);
  assert.match(output, /^Name: +web\n/);
  assert.match(output, /Warning +AddressesExhausted .* no pool has a free address/);
  await kubectl.ok(["apply", "-f", "-"], poolYaml(small));
  assert.match(await kubectl.ok(["describe", "sp", "rack"]), /Kind: +SpiderIPPool/);
});

testKubectl("annotate, label, patch, replace and delete", async (kubectl) => {
  await kubectl.ok(["create", "-f", "-"], poolYaml(small));
  await kubectl.ok(["annotate", "sp", "rack", "note=yes"]);
  await kubectl.ok(["label", "sp", "rack", "rack=8", "--overwrite"]);
  await kubectl.ok([
    "patch",
    "sp",
    "rack",
    "--type",
    "json",
    "-p",
    '[{"op":"add","path":"/spec/disable","value":true}]',
  ]);
  const path = "{.metadata.annotations.note} {.metadata.labels.rack} {.spec.disable}";
  assert.equal(await kubectl.ok(["get", "sp", "rack", "-o", `jsonpath=${path}`]), "yes 8 true");
  await kubectl.ok(["replace", "-f", "-"], poolYaml(large));
  assert.equal(await kubectl.ok(["delete", "sp", "rack"]), 'spiderippool.spiderpool.spidernet.io "rack" deleted\n');
  assert.match(
    (await kubectl.run(["get", "sp", "rack"])).stderr,
    /^Error from server \(NotFound\): spiderippools\.spiderpool/,
  );
});

testKubectl("create <kind>, which sends protobuf", async (kubectl) => {
  await kubectl.ok(["create", "namespace", "shop"]);
  await kubectl.ok(["create", "configmap", "conf", "--from-literal=a=b", "-n", "shop"]);
  await kubectl.ok(["create", "secret", "generic", "pass", "--from-literal=word=x", "-n", "shop"]);
  await kubectl.ok(["create", "deployment", "web", "--image=busybox", "--replicas=3", "-n", "shop"]);
  assert.equal(await kubectl.ok(["get", "cm", "conf", "-n", "shop", "-o", "jsonpath={.data.a}"]), "b");
  assert.equal(await kubectl.ok(["get", "secret", "pass", "-n", "shop", "-o", "jsonpath={.data.word}"]), "eA==");
  const path = "{.spec.replicas} {.spec.template.spec.containers[0].image}";
  assert.equal(await kubectl.ok(["get", "deploy", "web", "-n", "shop", "-o", `jsonpath=${path}`]), "3 busybox");
  await kubectl.ok(["delete", "namespace", "shop", "--timeout=90s"]);
});

testKubectl("errors are those of a real server", async (kubectl) => {
  const unknown = await kubectl.run(["create", "-f", "-"], poolYaml("{subnet: 10.0.0.0/24, vlan: 3}"));
  assert.match(unknown.stderr, /Error from server \(BadRequest\): .*strict decoding error: unknown field "spec\.vlan"/);
  const invalid = await kubectl.run(["create", "-f", "-"], poolYaml("{ipVersion: 5}"));
  const [first, ...causes] = invalid.stderr.trim().split("\n");
  assert.equal(first, 'The SpiderIPPool "rack" is invalid: ');
  assert.deepEqual(causes.sort(), [ // a real server has them in any order
    '* spec.ipVersion: Unsupported value: 5: supported values: "4", "6"',
    "* spec.subnet: Required value",
  ]);
});

testKubectl("explain, api-resources, version", async (kubectl) => {
  assert.match(await kubectl.ok(["explain", "spiderippool.spec.subnet"]), /FIELD: subnet <string>/);
  const resources = await kubectl.ok(["api-resources", "--api-group=spiderpool.spidernet.io"]);
  assert.match(resources, /spiderippools +sp +spiderpool\.spidernet\.io\/v2beta1 +false +SpiderIPPool/);
  assert.match(await kubectl.ok(["version"]), /Server Version: v1\.34\.4/);
});
