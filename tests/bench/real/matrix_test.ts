import assert from "node:assert/strict";
import { chosen, fullMatrix, quickMatrix, sizeMatrix } from "./matrix.ts";

Deno.test("fullMatrix() has the work that the replaced system was measured with", () => {
  const works = fullMatrix().map(({ agents, pods, addresses, calls, stack }) =>
    [agents, pods, addresses, calls, stack].join()
  );
  for (const work of ["1,1000,1000,64,IPv4", "10,1000,2000,64,IPv4", "10,1000,1000,64,IPv4", "40,400,400,200,IPv4"]) {
    assert.ok(works.includes(work), work);
  }
});

Deno.test("settings have names of their own", () => {
  const names = [...fullMatrix(), ...sizeMatrix([250, 1000, 5000])].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("quickMatrix() has settings of the full one, smaller ones", () => {
  const settings = quickMatrix();
  assert.ok(settings.length > 0);
  assert.ok(settings.every(({ pods, addresses }) => pods === 200 && (addresses === 200 || addresses === 400)));
});

const choices = [
  { prefixes: [], want: fullMatrix().length },
  { prefixes: ["1-"], want: 4 },
  { prefixes: ["10-exact-IPv4-direct"], want: 1 },
  { prefixes: ["1-", "10-exact-IPv4"], want: 6 },
  { prefixes: ["nothing"], want: 0 },
];
for (const { prefixes, want } of choices) {
  Deno.test(`chosen() takes ${want} by ${JSON.stringify(prefixes)}`, () => {
    assert.equal(chosen(fullMatrix(), prefixes).length, want);
  });
}
