import {
  bitString,
  booleanTrue,
  der,
  objectIdentifier,
  octetString,
  sequence,
  time,
  unsignedInteger,
  utf8String,
} from "./der.ts";

/**
 * The name that every agent's certificate is for. No authority issues certificates below `.invalid` (RFC 2606 §2), so
 * whoever trusts the runtime's authorities besides one certificate still accepts that one only.
 */
export const SERVER_NAME = "spiderpool-agent.invalid";

/** A certificate with its key; the key never leaves the process. */
export interface Certificate {
  /** PEM, of one certificate. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

/** ecdsa-with-SHA256 (RFC 5758 §3.2). */
const signatureAlgorithm = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
/** Clocks of nodes may differ by this, in milliseconds. */
const SKEW_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a key (ECDSA P-256) and a certificate for {@linkcode SERVER_NAME} that signs itself (RFC 5280): for servers only,
 * and for no further certificates. Written here because a library for it takes 24 MB of each node's memory.
 *
 * @param options `validMs` from `nowMs` on, both milliseconds
 */
export async function makeCertificate(
  { nowMs, validMs }: { readonly nowMs: number; readonly validMs: number },
): Promise<Certificate> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const body = sequence(
    der(0xa0, unsignedInteger(Uint8Array.of(2))), // v3
    unsignedInteger(crypto.getRandomValues(new Uint8Array(16))),
    signatureAlgorithm,
    distinguishedName,
    sequence(time(nowMs - SKEW_MS), time(nowMs + validMs)),
    distinguishedName,
    new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)),
    der(0xa3, sequence(...extensions)),
  );
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, body);
  const certificate = sequence(body, signatureAlgorithm, bitString(signatureValue(new Uint8Array(signature))));
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { certificate: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", key) };
}

const distinguishedName = sequence(
  der(0x31, sequence(objectIdentifier("2.5.4.3"), utf8String(SERVER_NAME))), // commonName
);

/** RFC 5280 §4.2.1. */
const extensions = [
  sequence(objectIdentifier("2.5.29.19"), booleanTrue, octetString(sequence())), // basicConstraints: no authority
  sequence(objectIdentifier("2.5.29.15"), booleanTrue, octetString(bitString(Uint8Array.of(0x80), 7))), // digitalSignature
  sequence(objectIdentifier("2.5.29.37"), octetString(sequence(objectIdentifier("1.3.6.1.5.5.7.3.1")))), // serverAuth
  sequence(
    objectIdentifier("2.5.29.17"), // subjectAltName: dNSName
    octetString(sequence(der(0x82, new TextEncoder().encode(SERVER_NAME)))),
  ),
];

/** Two integers of 32 bytes each (IEEE P1363) as RFC 3279 §2.2.3 wants them. */
function signatureValue(signature: Uint8Array): Uint8Array {
  return sequence(unsignedInteger(signature.subarray(0, 32)), unsignedInteger(signature.subarray(32)));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
