import type { Clock } from "../../net/base/clock.ts";
import { type HttpTransport, httpTransport } from "./http.ts";
import { fileToken } from "./token.ts";

/** Where the kubelet puts a Pod's credentials. Source: Kubernetes documentation, "Accessing the API from within a Pod". */
export const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Environment variables by name. */
export type Env = (name: string) => string | undefined;

/** Options of {@linkcode inClusterTransport}. */
export interface InClusterOptions {
  readonly env: Env;
  readonly clock: Clock;
  /** Folder with `token` and `ca.crt`. @default SERVICE_ACCOUNT_FOLDER */
  readonly folder?: string | undefined;
  /** See {@linkcode httpTransport}. */
  readonly userAgent?: string | undefined;
}

/** Whether this process runs in a Pod that may know an API server. */
export function isInCluster(env: Env): boolean {
  return hasValue(env("KUBERNETES_SERVICE_HOST")) && hasValue(env("KUBERNETES_SERVICE_PORT"));
}

/**
 * A transport with the credentials of the Pod this process runs in.
 *
 * The cluster's CA is trusted beside those of the runtime (`DENO_TLS_CA_STORE`): Deno cannot replace them.
 *
 * @throws {Error} if this is no Pod, or its CA file cannot be read
 */
export async function inClusterTransport(options: InClusterOptions): Promise<HttpTransport> {
  const { env, clock, folder = SERVICE_ACCOUNT_FOLDER, userAgent } = options;
  const host = env("KUBERNETES_SERVICE_HOST");
  const port = env("KUBERNETES_SERVICE_PORT");
  if (!hasValue(host) || !hasValue(port)) {
    throw new Error(
      "Cannot reach the API server as a Pod: KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set",
    );
  }
  const caCert = await readCertificate(`${folder}/ca.crt`);
  const client = Deno.createHttpClient({ caCerts: [caCert], http2: false });
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return httpTransport({ server, client, authorization: fileToken(`${folder}/token`, { clock }), userAgent });
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new Error(`Cannot read the cluster's CA certificate: ${path} is not readable`, { cause });
  }
}

function hasValue(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
