/** A certificate for TLS servers of tests on 127.0.0.1, made afresh. */
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** PEM of a self-signed certificate for 127.0.0.1 and of its key: its own CA. */
export async function testCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const extensions = [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=test",
    keys,
    signingAlgorithm,
    extensions,
  });
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...pkcs8))}\n-----END PRIVATE KEY-----\n`;
  return { cert: certificate.toString("pem"), key };
}
