import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { fileToken, fixedToken } from "./token.ts";

/** A token file that the test rewrites; `undefined`: it cannot be read. */
function tokenFile(text: string | undefined) {
  const clock = new FakeClock();
  const file = { text, reads: 0 };
  const readTextFile = (path: string) => {
    file.reads++;
    return file.text === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(file.text);
  };
  return { clock, file, token: fileToken("/token", { clock, readTextFile }) };
}

Deno.test("fileToken() reads the file once a minute", async () => {
  const { clock, file, token } = tokenFile("one\n");
  assert.equal(await token.header(), "Bearer one");
  file.text = "two";
  clock.advance(59_999);
  assert.equal(await token.header(), "Bearer one");
  assert.equal(file.reads, 1);
  clock.advance(1);
  assert.equal(await token.header(), "Bearer two");
});

Deno.test("fileToken() bridges a file that cannot be read with the last token", async () => {
  const { clock, file, token } = tokenFile("one");
  await token.header();
  for (const text of [undefined, "", "half a\ntoken"]) {
    file.text = text;
    clock.advance(60_000);
    assert.equal(await token.header(), "Bearer one");
  }
});

Deno.test("fileToken() without any token throws, and names only the file", async () => {
  await assert.rejects(tokenFile(undefined).token.header(), /no \/token/);
  await assert.rejects(tokenFile("sec ret").token.header(), (err) => {
    return err instanceof TypeError && err.message.includes("/token") && !err.message.includes("sec");
  });
});

const renewals: { name: string; next: string | undefined; want: boolean }[] = [
  { name: "a new token", next: "two", want: true },
  { name: "the same token", next: "one", want: false },
  { name: "no file", next: undefined, want: false },
];
for (const { name, next, want } of renewals) {
  Deno.test(`fileToken().renew() tells whether trying again can help: ${name}`, async () => {
    const { file, token } = tokenFile("one");
    await token.header();
    file.text = next;
    assert.equal(await token.renew(), want);
    assert.equal(await token.header(), `Bearer ${want ? next : "one"}`);
  });
}

Deno.test("fileToken().renew() helps all requests that were sent with the old token", async () => {
  const { file, token } = tokenFile("one");
  const sent = await token.header();
  file.text = "two";
  assert.deepEqual([await token.renew(sent), await token.renew(sent)], [true, true]);
  assert.equal(await token.renew(await token.header()), false);
});

Deno.test("fixedToken() has one value", async () => {
  const token = fixedToken(" t ");
  assert.deepEqual([await token.header(), await token.renew()], ["Bearer t", false]);
  assert.throws(() => fixedToken("a\r\nx-evil: 1"), TypeError);
});
