/** Certificates, keys and tokens of a cluster, made afresh for each. */
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { networks } from "./layout.ts";

/** How long certificates are good, in days: a test bed does not live longer. */
const DAYS = 365;

const MS_PER_DAY = 24 * 60 * 60 * 1000;

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate and its key, PEM both. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority that signs. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

/** Who presents a certificate. */
export interface Subject {
  readonly commonName: string;
  /** The group, where the API server reads the certificate. */
  readonly organization?: string;
  /** Addresses and DNS names a server is called by; a client has none. */
  readonly addresses?: readonly string[];
  readonly dnsNames?: readonly string[];
}

/** What is written to files. */
export interface Pki {
  /** PEM of the authority's certificate: what clients trust. */
  readonly authority: string;
  readonly apiServer: KeyPair;
  /** The API server as a client of kubelets. */
  readonly kubeletClient: KeyPair;
  /** PEM of the keys that sign tokens of service accounts, and check them. */
  readonly serviceAccount: { readonly privateKey: string; readonly publicKey: string };
}

/** Makes all of it. */
export async function createPki(): Promise<Pki> {
  const authority = await createAuthority();
  const serviceAccountKeys = await generateKeys();
  return {
    authority: authority.certificate.toString("pem"),
    apiServer: await issue(authority, apiServerSubject),
    kubeletClient: await issue(authority, {
      commonName: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    }),
    serviceAccount: {
      privateKey: await pemOf(serviceAccountKeys.privateKey),
      publicKey: await pemOf(serviceAccountKeys.publicKey),
    },
  };
}

/** By what names and addresses the API server is called: from nodes, from Pods, and from the host through the proxy. */
export const apiServerSubject: Subject = {
  commonName: "kube-apiserver",
  addresses: ["127.0.0.1", networks.management.gateway, networks.services.kubernetes],
  dnsNames: [
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ],
};

/** Makes an authority of its own. */
export async function createAuthority(): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=test bed",
    keys,
    signingAlgorithm: ecdsa,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { certificate, keys };
}

/** Issues a certificate with a new key: for a server where `subject` has addresses or names, for a client otherwise. */
export async function issue(authority: Authority, subject: Subject): Promise<KeyPair> {
  const { commonName, organization, addresses = [], dnsNames = [] } = subject;
  const names = [
    ...addresses.map((value) => ({ type: "ip" as const, value })),
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
  ];
  const usage = names.length > 0 ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: [...(organization === undefined ? [] : [{ O: [organization] }]), { CN: [commonName] }],
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ecdsa,
    ...validity(),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

/** A token nobody guesses. */
export function createToken(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/** From yesterday on: a clock may be set back. */
function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - MS_PER_DAY), notAfter: new Date(now + DAYS * MS_PER_DAY) };
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
}

/** PKCS #8 for a private key, SubjectPublicKeyInfo for a public one. */
async function pemOf(key: CryptoKey): Promise<string> {
  const isPrivate = key.type === "private";
  const bytes = new Uint8Array(await crypto.subtle.exportKey(isPrivate ? "pkcs8" : "spki", key));
  const label = isPrivate ? "PRIVATE KEY" : "PUBLIC KEY";
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
