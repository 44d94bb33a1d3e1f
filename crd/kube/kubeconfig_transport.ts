import type { Clock } from "../../net/base/clock.ts";
import { type Authorization, type HttpTransport, httpTransport } from "./http.ts";
import {
  contextOf,
  type Kubeconfig,
  type KubeconfigContext,
  type Material,
  mergeKubeconfigs,
  parseKubeconfig,
  withAbsolutePaths,
} from "./kubeconfig.ts";
import { fileToken, fixedToken } from "./token.ts";

/** Options of {@linkcode kubeconfigTransport}. */
export interface KubeconfigOptions {
  readonly clock: Clock;
  /** @default the kubeconfig's current context */
  readonly context?: string | undefined;
  /** See {@linkcode httpTransport}. */
  readonly userAgent?: string | undefined;
}

/**
 * A transport as a kubeconfig says. Its CA is trusted beside those of the runtime (`DENO_TLS_CA_STORE`): Deno cannot
 * replace them.
 *
 * @param paths one or several, separated by `:`, the most important first: the form of `KUBECONFIG`
 * @throws {Error} if a file cannot be read, or something is missing or not supported
 */
export async function kubeconfigTransport(paths: string, options: KubeconfigOptions): Promise<HttpTransport> {
  const { clock, context, userAgent } = options;
  const files = paths.split(":").filter((path) => path !== "");
  const configs = await Promise.all(files.map((path) => readKubeconfig(path)));
  const target = contextOf(mergeKubeconfigs(configs), context);
  const client = await httpClientOf(target);
  return httpTransport({ server: target.server, client, authorization: authorizationOf(target, clock), userAgent });
}

async function readKubeconfig(path: string): Promise<Kubeconfig> {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "." : path.slice(0, slash);
  return withAbsolutePaths(parseKubeconfig(await readFile(path)), folder);
}

function authorizationOf({ token }: KubeconfigContext, clock: Clock): Authorization | undefined {
  if (token === undefined) return undefined;
  return "path" in token ? fileToken(token.path, { clock }) : fixedToken(token.text);
}

async function httpClientOf(context: KubeconfigContext): Promise<Deno.HttpClient> {
  const { certificateAuthority, clientCertificate, clientKey, proxyUrl } = context;
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw new Error("Cannot use the kubeconfig: a client certificate needs its key, and a key its certificate");
  }
  return Deno.createHttpClient({
    http2: false, // one connection per request under way: a dead one is given up with its request
    ...(certificateAuthority && { caCerts: [await contentOf(certificateAuthority)] }),
    ...(proxyUrl !== undefined && { proxy: { url: proxyUrl } }),
    ...(clientCertificate && clientKey &&
      { cert: await contentOf(clientCertificate), key: await contentOf(clientKey) }),
  });
}

async function contentOf(material: Material): Promise<string> {
  return "text" in material ? material.text : await readFile(material.path);
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new Error(`Cannot use the kubeconfig: ${path} is not readable`, { cause });
  }
}
