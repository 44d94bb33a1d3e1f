import assert from "node:assert/strict";
import { importProblems, specifiersOf } from "./check_imports.ts";

const fine = [
  { path: "net/route/link.ts", imports: "../wire/struct.ts" },
  { path: "net/ip/set.ts", imports: "node:buffer" },
  { path: "crd/kube/client.ts", imports: "../../net/base/clock.ts" },
  { path: "crd/kube/client.ts", imports: "valibot" },
  { path: "agent/api/types.ts", imports: "../../net/ip/mod.ts" },
  { path: "agent/main.ts", imports: "../crd/ipam/mod.ts" },
  { path: "agent/main.ts", imports: "./api/types.ts" },
  { path: "controller/main.ts", imports: "../crd/ipam/mod.ts" },
  { path: "plugins/spiderpool/add.ts", imports: "../../agent/api/types.ts" },
  { path: "plugins/cni/config.ts", imports: "valibot" },
  { path: "net/ip/set_test.ts", imports: "../../crd/generated/mod.ts" },
  { path: "tests/kube/add_test.ts", imports: "../../agent/main.ts" },
  { path: "scripts/gen.ts", imports: "yaml" },
  { path: "mod.ts", imports: "./net/ip/mod.ts" },
];
for (const { path, imports } of fine) {
  Deno.test(`importProblems() lets ${path} import ${imports}`, () => {
    assert.deepEqual(importProblems({ path, text: `import { a } from "${imports}";\n` }), []);
  });
}

const wrong = [
  { path: "net/ip/set.ts", imports: "../../crd/kube/contract.ts", because: "net may import net only" },
  { path: "net/ip/set.ts", imports: "../../netherworld/a.ts", because: "net may import net only" },
  { path: "net/ip/set.ts", imports: "valibot", because: "net has no dependencies" },
  { path: "crd/ipam/choose.ts", imports: "../../agent/api/types.ts", because: "crd may import net, crd only" },
  { path: "agent/api/types.ts", imports: "../ipam/add.ts", because: "agent/api may import net, agent/api only" },
  { path: "agent/api/types.ts", imports: "valibot", because: "agent/api has no dependencies" },
  { path: "agent/main.ts", imports: "../controller/main.ts", because: "agent may import net, crd, agent only" },
  {
    path: "controller/main.ts",
    imports: "../agent/main.ts",
    because: "controller may import net, crd, controller only",
  },
  { path: "plugins/a.ts", imports: "../agent/main.ts", because: "plugins may import net, agent/api, plugins only" },
  { path: "plugins/a.ts", imports: "../crd/core/mod.ts", because: "plugins may import net, agent/api, plugins only" },
  { path: "agent/main.ts", imports: "../tests/shared/skip.ts", because: "agent may import net, crd, agent only" },
  { path: "crd/a.ts", imports: "npm:yaml@2", because: "dependencies go through the import map in deno.json" },
  { path: "tests/a_test.ts", imports: "jsr:@std/fs", because: "dependencies go through the import map in deno.json" },
  {
    path: "scripts/a.ts",
    imports: "https://x.test/a.ts",
    because: "dependencies go through the import map in deno.json",
  },
];
for (const { path, imports, because } of wrong) {
  Deno.test(`importProblems() does not let ${path} import ${imports}`, () => {
    const problems = importProblems({ path, text: `import { a } from "${imports}";\n` });
    assert.deepEqual(problems, [`${path}: Cannot import "${imports}": ${because}`]);
  });
}

const forms = [
  { name: "a side effect", text: `import "./a.ts";` },
  { name: "types", text: `import type { A } from "./a.ts";` },
  { name: "a name", text: `import a from './a.ts';` },
  { name: "everything", text: `import * as a from "./a.ts";` },
  { name: "several lines", text: `import {\n  a,\n  type B,\n} from "./a.ts";` },
  { name: "re-exported names", text: `export { a } from "./a.ts";` },
  { name: "re-exported everything", text: `export * from "./a.ts";` },
  { name: "a call", text: `  const { a } = await import("./a.ts");` },
  { name: "a type by call", text: `let a: import("./a.ts").A;` },
];
for (const { name, text } of forms) {
  Deno.test(`specifiersOf() finds an import of ${name}`, () => assert.deepEqual(specifiersOf(text), ["./a.ts"]));
}

Deno.test("specifiersOf() finds no import where there is none", () => {
  const text = `/** import from "./a.ts" */\nexport const from = "./b.ts";\nexport function f(a = "./c.ts") {}\n`;
  assert.deepEqual(specifiersOf(text), []);
});

const uses = [
  { path: "net/ffi/libc.ts", text: `const c = Deno.dlopen("libc.so.6", {});`, want: [] },
  { path: "tests/kernel/a.ts", text: `const c = Deno.dlopen("libc.so.6", {});`, want: [] },
  {
    path: "net/netlink/socket.ts",
    text: `const c = Deno.dlopen("libc.so.6", {});`,
    want: ["net/netlink/socket.ts: Cannot call Deno.dlopen: only net/ffi/ may"],
  },
  { path: "net/netlink/socket.ts", text: `/**\n * Never calls Deno.dlopen.\n */`, want: [] },
  {
    path: "agent/ipam/add.ts",
    text: `const a = AbortSignal.any([b]);`,
    want: [
      "agent/ipam/add.ts: Cannot use AbortSignal.any: Deno 2.7 loses it to the garbage collector, anySignal() of net/base " +
      "does not",
    ],
  },
  { path: "agent/main.ts", text: `const a = Deno.args;`, want: [] },
  { path: "agent/ipam/add.ts", text: `// not Deno.env\nconst a = Deno.environment;`, want: [] },
  {
    path: "agent/ipam/add.ts",
    text: `const a = Deno.args;\nconst b = Deno.env.get("B");`,
    want: [
      "agent/ipam/add.ts: Cannot read Deno.env: only main.ts may",
      "agent/ipam/add.ts: Cannot read Deno.args: only main.ts may",
    ],
  },
];
for (const { path, text, want } of uses) {
  Deno.test(`importProblems() judges ${JSON.stringify(text)} in ${path}`, () => {
    assert.deepEqual(importProblems({ path, text }), want);
  });
}
