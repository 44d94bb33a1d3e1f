import assert from "node:assert/strict";
import { clusterPaths, nameHere } from "./layout.ts";

for (const name of ["", "a", "Spcl", "spcl-2", "../x", "1up", "elevenchars", "a\nb"]) {
  Deno.test(`clusterPaths() refuses the name ${JSON.stringify(name)}`, () => {
    assert.throws(() => clusterPaths(name), TypeError);
  });
}

for (const name of ["ab", "spcl", "tenletters"]) {
  Deno.test(`clusterPaths() of ${name}`, () =>
    assert.match(clusterPaths(name).kubeconfig, new RegExp(`/${name}/kubeconfig$`)));
}

Deno.test("nameHere() is a name that another checkout does not have", () => {
  assert.equal(nameHere("spe"), nameHere("spe"));
  assert.notEqual(nameHere("spe"), nameHere("spe", "/elsewhere/"));
  for (const purpose of ["s", "sptx"]) assert.doesNotThrow(() => clusterPaths(nameHere(purpose)));
});
