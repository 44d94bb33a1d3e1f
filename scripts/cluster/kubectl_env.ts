import type { ClusterPaths } from "./layout.ts";

/** Variables that lead kubectl to a cluster, and let it keep nothing that outlives the cluster. Source: kubernetes.io/docs/reference/kubectl/kubectl. */
export function kubectlEnv(
  { kubeconfig, kubectlCache }: Pick<ClusterPaths, "kubeconfig" | "kubectlCache">,
): Readonly<Record<string, string>> {
  return { KUBECONFIG: kubeconfig, KUBECACHEDIR: kubectlCache };
}
