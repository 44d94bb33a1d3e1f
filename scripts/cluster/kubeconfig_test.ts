import assert from "node:assert/strict";
import { contextOf, parseKubeconfig } from "../../crd/kube/kubeconfig.ts";
import { createIdentities, kubeletUser, tokenOf } from "./identities.ts";
import { kubeconfigText, tokenFile } from "./kubeconfig.ts";

Deno.test("kubeconfigText() says server, authority and token", () => {
  const text = kubeconfigText({ server: "https://10.0.0.1:443", authority: "PEM\n", token: "secret" });
  const context = contextOf(parseKubeconfig(text));
  assert.equal(context.server, "https://10.0.0.1:443");
  assert.deepEqual(context.token, { text: "secret" });
});

Deno.test("tokenFile() has a line for each identity", () => {
  const text = tokenFile([{ user: "a", groups: ["x", "y"], token: "t1" }, { user: "b", groups: [], token: "t2" }]);
  assert.equal(text, 't1,a,a,"x,y"\nt2,b,b,""\n');
});

Deno.test("tokenOf() knows kubelets, refuses others", () => {
  const identities = createIdentities();
  assert.match(tokenOf(kubeletUser("node-1"), identities), /^[0-9a-f]{32}$/);
  assert.throws(() => tokenOf("nobody", identities), RangeError);
});
