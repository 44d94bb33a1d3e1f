import assert from "node:assert/strict";
import { withoutSecrets } from "./log_secrets.ts";

const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06YWdlbnQifQ.${"s".repeat(40)}`;
const pem = "-----BEGIN RSA PRIVATE KEY-----\\nMIIEow\\n-----END RSA PRIVATE KEY-----";

const cases: [name: string, line: string, want: string][] = [
  ["nothing", '{"msg":"allocated address","pool":"a-b.c"}', '{"msg":"allocated address","pool":"a-b.c"}'],
  ["a token", `{"err":"refused ${jwt}, again"}`, '{"err":"refused [removed], again"}'],
  ["a token without its signature", `"${jwt.replace(/s+$/, "")}"`, '"[removed]"'],
  ["a header", '"authorization: Bearer abcdefghijkl=="', '"authorization: Bearer [removed]"'],
  ["a header of small letters", '"bearer abcdefghijkl"', '"bearer [removed]"'],
  ["a key", `{"err":"bad key ${pem} here"}`, '{"err":"bad key [removed] here"}'],
  ["two certificates", `"${pem} ${pem}"`, '"[removed] [removed]"'],
  ["a key that is cut off", '"-----BEGIN EC PRIVATE KEY-----\\nMHc"}', "[removed]".padStart(10, '"')],
  ["a password of a URL", '"https://joe:secret@iaas:8443/v1"', '"https://[removed]@iaas:8443/v1"'],
  ["a password with an @", '"https://joe:p@ss@iaas:8443/v1?a=b@c"', '"https://[removed]@iaas:8443/v1?a=b@c"'],
  ["a URL without one", '"https://iaas:8443/a@b"', '"https://iaas:8443/a@b"'],
  ["words that begin so", '"eyJust.eyJoking.now Basic rules"', '"eyJust.eyJoking.now Basic rules"'],
];
for (const [name, line, want] of cases) {
  Deno.test(`withoutSecrets() on ${name}`, () => assert.equal(withoutSecrets(line), want));
}

for (const part of ["eyJ-", "eyJaaaaaaaa.", "://", "://a", "a@", "-----BEGIN A-----", "Bearer ", "a.b-", "-----"]) {
  Deno.test(`withoutSecrets() does not stumble over a megabyte of ${JSON.stringify(part)}`, () => {
    const line = part.repeat(1_000_000 / part.length);
    assert.ok(withoutSecrets(line).length <= line.length);
  });
}
