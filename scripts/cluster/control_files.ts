/** Writes what the programs of a control plane read. */
import { writeWhole } from "./files.ts";
import { ADMIN, tokenOf } from "./identities.ts";
import { type Identity, kubeconfigText, tokenFile } from "./kubeconfig.ts";
import { type ClusterPaths, networks } from "./layout.ts";
import { createPki, type Pki } from "./pki.ts";

/** URL of the API server inside the cluster. */
export const INNER_SERVER = `https://${networks.management.gateway}:443`;

/** For what the files are written. */
export interface ControlFilesOptions {
  readonly identities: readonly Identity[];
  /** Port of the API server on the host's 127.0.0.1. */
  readonly port: number;
}

/** Makes certificates and kubeconfigs and writes them below the folder of the cluster. */
export async function writeControlFiles(paths: ClusterPaths, { identities, port }: ControlFilesOptions): Promise<void> {
  const pki = await createPki();
  await writePki(paths.pki, pki);
  await writeSecret(`${paths.pki}/tokens.csv`, tokenFile(identities));
  const { authority } = pki;
  for (const component of ["kube-controller-manager", "kube-scheduler"]) {
    const token = tokenOf(`system:${component}`, identities);
    await writeSecret(`${paths.pki}/${component}`, kubeconfigText({ server: INNER_SERVER, authority, token }));
  }
  const server = `https://127.0.0.1:${port}`;
  await writeSecret(paths.kubeconfig, kubeconfigText({ server, authority, token: tokenOf(ADMIN, identities) }));
}

async function writePki(folder: string, pki: Pki): Promise<void> {
  await writeSecret(`${folder}/ca.crt`, pki.authority);
  await writeSecret(`${folder}/apiserver.crt`, pki.apiServer.certificate);
  await writeSecret(`${folder}/apiserver.key`, pki.apiServer.key);
  await writeSecret(`${folder}/kubelet-client.crt`, pki.kubeletClient.certificate);
  await writeSecret(`${folder}/kubelet-client.key`, pki.kubeletClient.key);
  await writeSecret(`${folder}/service-account.key`, pki.serviceAccount.privateKey);
  await writeSecret(`${folder}/service-account.pub`, pki.serviceAccount.publicKey);
}

async function writeSecret(path: string, text: string): Promise<void> {
  await writeWhole(path, { text, mode: 0o600 });
}
