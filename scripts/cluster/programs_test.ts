import assert from "node:assert/strict";
import { KUBERNETES_VERSION } from "./layout.ts";
import { goModules } from "./programs.ts";

Deno.test("KUBERNETES_VERSION is the version in go.mod", async () => {
  const folder = goModules.find(({ name }) => name === "kubernetes")?.folder;
  const text = await Deno.readTextFile(`${folder}/go.mod`);
  assert.equal(/^\s*k8s\.io\/kubernetes (v\S+)/m.exec(text)?.[1], KUBERNETES_VERSION);
});
