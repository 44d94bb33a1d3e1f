/** Kubeconfigs and the API server's file of tokens. */

/** Someone who talks to the API server. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly token: string;
}

/** A file for `--token-auth-file`. Source: Kubernetes, "Authenticating", static token file. */
export function tokenFile(identities: readonly Identity[]): string {
  return identities.map(({ token, user, groups }) => `${token},${user},${user},"${groups.join(",")}"\n`).join("");
}

/** Where and as whom. */
export interface KubeconfigOptions {
  /** URL of the API server. */
  readonly server: string;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string;
  readonly token: string;
}

/** A kubeconfig with one context; JSON, which is YAML too. */
export function kubeconfigText({ server, authority, token }: KubeconfigOptions): string {
  const name = "test-bed";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, "certificate-authority-data": btoa(authority) } }],
    users: [{ name, user: { token } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
