import assert from "node:assert/strict";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from "@peculiar/x509";
import { makeCertificate, SERVER_NAME } from "./certificate.ts";
import { der, objectIdentifier, time, unsignedInteger } from "./der.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

for (const nowMs of [Date.UTC(2026, 0, 1), Date.UTC(2049, 11, 31), Date.UTC(2051, 5, 15, 12, 30, 59)]) {
  Deno.test(`makeCertificate() at ${new Date(nowMs).toISOString()}: another library reads what was meant`, async () => {
    const { certificate, key } = await makeCertificate({ nowMs, validMs: 30 * DAY_MS });
    const parsed = new X509Certificate(certificate);
    assert.ok(await parsed.verify({ date: new Date(nowMs), publicKey: await parsed.publicKey.export() }));
    assert.ok(await parsed.isSelfSigned());
    assert.equal(parsed.subject, `CN=${SERVER_NAME}`);
    assert.deepEqual([parsed.notBefore.getTime(), parsed.notAfter.getTime()], [nowMs - DAY_MS, nowMs + 30 * DAY_MS]);
    assert.equal(parsed.getExtension(BasicConstraintsExtension)?.ca, false);
    assert.equal(parsed.getExtension(KeyUsagesExtension)?.usages, 1);
    assert.deepEqual([...parsed.getExtension(ExtendedKeyUsageExtension)?.usages ?? []], ["1.3.6.1.5.5.7.3.1"]);
    const names = parsed.getExtension(SubjectAlternativeNameExtension)?.names.toJSON();
    assert.deepEqual(names, [{ type: "dns", value: SERVER_NAME }]);
    assert.match(key, /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n$/);
  });
}

Deno.test("makeCertificate() makes another key each time, whatever bytes come up", async () => {
  const made = await Promise.all(
    Array.from({ length: 40 }, () => makeCertificate({ nowMs: Date.now(), validMs: DAY_MS })),
  );
  assert.equal(new Set(made.map(({ key }) => key)).size, 40);
  for (const { certificate } of made) assert.ok(await new X509Certificate(certificate).isSelfSigned());
});

const encodings = [
  { name: "a short content", bytes: der(0x04, Uint8Array.of(1, 2)), want: "04020102" },
  { name: "a length of two bytes", bytes: der(0x04, new Uint8Array(200)).subarray(0, 3), want: "0481c8" },
  { name: "a length of three bytes", bytes: der(0x04, new Uint8Array(300)).subarray(0, 4), want: "0482012c" },
  { name: "0", bytes: unsignedInteger(Uint8Array.of(0, 0)), want: "020100" },
  { name: "an integer with its top bit set", bytes: unsignedInteger(Uint8Array.of(0, 0x80)), want: "02020080" },
  { name: "an integer with leading zeros", bytes: unsignedInteger(Uint8Array.of(0, 0, 5)), want: "020105" },
  { name: "an object identifier", bytes: objectIdentifier("1.2.840.113549"), want: "06062a864886f70d" },
  { name: "a time before 2050", bytes: time(Date.UTC(2026, 1, 3, 4, 5, 6)), want: "170d3236303230333034303530365a" },
  { name: "a time from 2050 on", bytes: time(Date.UTC(2050, 0, 1)), want: "180f32303530303130313030303030305a" },
];
for (const { name, bytes, want } of encodings) {
  Deno.test(`DER of ${name}`, () => assert.equal(bytes.toHex(), want));
}
