import assert from "node:assert/strict";
import { planGo } from "./go.ts";

const cases = [
  { version: "go1.26.8", want: { kind: "use", program: "go", version: "go1.26.8", toolchain: "local" } },
  { version: "go1.24", want: { kind: "use", program: "go", version: "go1.24", toolchain: "local" } },
  { version: "go1.21.3", want: { kind: "use", program: "go", version: "go1.24.13", toolchain: "go1.24.13" } },
  { version: "go1.19.8", want: { kind: "fetch", program: "go", version: "go1.24.13" } },
  { version: "", want: { kind: "fetch", program: "go", version: "go1.24.13" } }, // older than `go env GOVERSION`
];

for (const { version, want } of cases) {
  Deno.test(`planGo() with ${version || "a Go that does not tell"}`, () =>
    assert.deepEqual(planGo("go", version), want));
}
