/** Which suites of this folder run on a real API server, too: every one, or it is told why not. */
import assert from "node:assert/strict";
import { leftOut, suiteModules } from "../kube_real/suites.ts";

const folder = new URL("./", import.meta.url).href;

/** Names of the suites of this folder that run on a real API server. */
function joined(): string[] {
  return suiteModules().filter((url) => url.startsWith(folder)).map((url) => url.slice(folder.length));
}

Deno.test("every suite of tests/kube runs on a real API server, or tests/kube_real/suites.ts says why not", () => {
  const told = [...joined(), ...Object.values(leftOut).flat()].sort();
  const there = [...Deno.readDirSync(new URL(folder))].map(({ name }) => name).filter((name) =>
    name.endsWith("_test.ts")
  );
  assert.deepEqual(told, there.sort());
});

for (const name of Object.values(leftOut).flat()) {
  Deno.test(`${name} is left out of the real API for all its tests, not for some`, () => {
    const text = Deno.readTextFileSync(new URL(name, folder));
    const common = text.match(/^ *test(Ipam|Api|Answers)\(/gm)?.length ?? 0;
    const embedded = text.match(/\bonlyEmbedded\b/g)?.length ?? 0;
    assert.ok(common <= embedded, `${common} tests, ${embedded} of them only for the embedded API`);
  });
}
