import assert from "node:assert/strict";
import { ChecksumListError, parseChecksums } from "./checksums.ts";

const digest = "0123456789abcdef".repeat(4);

Deno.test("parseChecksums() reads text and binary lines, in order", () => {
  const list = parseChecksums(`${digest}  b\n${digest} *a/x.js\n`);
  assert.deepEqual([...list], [["b", digest], ["a/x.js", digest]]);
  assert.equal(parseChecksums("").size, 0);
});

const refused = [
  "not a list",
  `${digest.slice(1)}  short`,
  `${digest.toUpperCase()}  upper`,
  `${digest} one space`,
  `${digest}  ../outside`,
  `${digest}  /absolute`,
  `${digest}  a//b`,
  `${digest}  `,
];
for (const line of refused) {
  Deno.test(`parseChecksums() refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => parseChecksums(`${digest}  good\n${line}`), (err) => {
      assert(err instanceof ChecksumListError);
      assert.equal(err.line, 2);
      return true;
    });
  });
}
