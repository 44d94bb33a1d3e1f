import assert from "node:assert/strict";
import { parseArgs, readArgs } from "./args.ts";
import { CniError } from "./errors.ts";

const pod = "K8S_POD_NAMESPACE=ns;K8S_POD_NAME=web-0;K8S_POD_UID=u1;K8S_POD_INFRA_CONTAINER_ID=c";
const full = { podName: "web-0", podNamespace: "ns", podUid: "u1" };
const none = { podName: "", podNamespace: "", podUid: "" };

const good: { text: string; want: unknown }[] = [
  { text: "", want: none },
  { text: pod, want: full },
  { text: `IgnoreUnknown=FALSE;IP=10.0.0.1;${pod}`, want: full },
  { text: `A=1;${pod};IgnoreUnknown=1`, want: full },
  { text: "K8S_POD_NAME=", want: none },
  { text: "K8S_POD_NAME=a;K8S_POD_NAME=b", want: { ...none, podName: "b" } },
];
for (const { text, want } of good) {
  Deno.test(`parseArgs() reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseArgs(text), want));
}

const bad: { text: string; problems: string[] }[] = [
  { text: "A=1", problems: ['unknown args ["A"]'] },
  { text: "k8s_pod_name=a;B=1", problems: ['unknown args ["k8s_pod_name","B"]'] },
  { text: "IgnoreUnknown=yes", problems: ["IgnoreUnknown must be true or false"] },
  { text: "K8S_POD_NAME=a;", problems: ['"" is no KEY=VALUE pair'] },
  { text: "IgnoreUnknown=1;A=b=c;x", problems: ['"A=b=c" is no KEY=VALUE pair', '"x" is no KEY=VALUE pair'] },
];
for (const { text, problems } of bad) {
  Deno.test(`parseArgs() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(readArgs(text).problems, problems);
    assert.throws(() => parseArgs(text), (err) => err instanceof CniError && err.code === 4);
  });
}

Deno.test("readArgs() keeps what it can read", () => {
  assert.deepEqual(readArgs("x;K8S_POD_NAME=web-0;A=1").args, { ...none, podName: "web-0" });
});
