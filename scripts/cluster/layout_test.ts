import assert from "node:assert/strict";
import { clusterPaths } from "./layout.ts";

for (const name of ["", "a", "Spcl", "spcl-2", "../x", "1up", "elevenchars", "a\nb"]) {
  Deno.test(`clusterPaths() refuses the name ${JSON.stringify(name)}`, () => {
    assert.throws(() => clusterPaths(name), TypeError);
  });
}

for (const name of ["ab", "spcl", "tenletters"]) {
  Deno.test(`clusterPaths() of ${name}`, () =>
    assert.match(clusterPaths(name).kubeconfig, new RegExp(`/${name}/kubeconfig$`)));
}
