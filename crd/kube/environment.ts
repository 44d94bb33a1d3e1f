import type { Clock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import { patientAfterOutage } from "./after_outage.ts";
import type { HttpTransport } from "./http.ts";
import { type Env, inClusterTransport, isInCluster } from "./in_cluster.ts";
import { kubeconfigTransport } from "./kubeconfig_transport.ts";

/** Options of {@linkcode transportFromEnvironment}. */
export interface EnvironmentOptions {
  readonly env: Env;
  readonly clock: Clock;
  /** For the server's audit log and its default field manager. @default "spiderpool" */
  readonly userAgent?: string | undefined;
}

/**
 * The API server this process is meant to use: as a Pod its own, else the one `KUBECONFIG` names. Right after it was away
 * it is not believed that it forbids something: see {@linkcode patientAfterOutage}.
 *
 * @throws {Error} if neither is there, or what is there cannot be used
 */
export async function transportFromEnvironment(options: EnvironmentOptions): Promise<HttpTransport> {
  const transport = await openTransport(options);
  const { request } = patientAfterOutage(transport, { clock: options.clock, random: systemRandom });
  return { server: transport.server, request, [Symbol.dispose]: () => transport[Symbol.dispose]() };
}

async function openTransport(options: EnvironmentOptions): Promise<HttpTransport> {
  const { env, clock, userAgent } = options;
  if (isInCluster(env)) return await inClusterTransport({ env, clock, userAgent });
  const paths = env("KUBECONFIG");
  if (paths === undefined || paths.replaceAll(":", "") === "") {
    throw new Error("Cannot find an API server: this is no Pod and KUBECONFIG is not set; set it to a kubeconfig file");
  }
  return await kubeconfigTransport(paths, { clock, userAgent });
}
