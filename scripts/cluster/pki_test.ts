import { X509Certificate } from "@peculiar/x509";
import assert from "node:assert/strict";
import { createAuthority, createPki, issue } from "./pki.ts";

Deno.test("createPki() signs all certificates by its authority, for their use", async () => {
  const pki = await createPki();
  const authority = new X509Certificate(pki.authority);
  for (const { certificate } of [pki.apiServer, pki.kubeletClient]) {
    assert.ok(await new X509Certificate(certificate).verify({ publicKey: authority.publicKey }));
  }
  assert.equal(
    new X509Certificate(pki.kubeletClient.certificate).subject,
    "O=system:masters, CN=kube-apiserver-kubelet-client",
  );
  assert.match(pki.serviceAccount.publicKey, /^-----BEGIN PUBLIC KEY-----\n/);
});

Deno.test("issue() makes a server's certificate that Deno accepts for its address", async () => {
  const authority = await createAuthority();
  const { certificate, key } = await issue(authority, { commonName: "server", addresses: ["127.0.0.1"] });
  const serving = { hostname: "127.0.0.1", port: 0, cert: certificate, key, onListen: () => {} };
  await using server = Deno.serve(serving, () => new Response("hello"));
  using client = Deno.createHttpClient({ caCerts: [authority.certificate.toString("pem")] });
  const answer = await fetch(`https://127.0.0.1:${server.addr.port}/`, { client });
  assert.equal(await answer.text(), "hello");
});
