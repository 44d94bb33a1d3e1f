/** Command lines of the control plane. */
import { networks } from "./layout.ts";

/** Paths the programs of a control plane use, as its machine sees them. */
export interface ControlFiles {
  /** Folder of certificates and keys. */
  readonly pki: string;
  /** Folder of the kubeconfigs of components. */
  readonly kubeconfigs: string;
}

/** Port of the API server on all addresses of its machine: that of the Service `kubernetes`, so that no proxy has to translate. */
export const API_PORT = 443;

const ETCD_CLIENTS = "http://127.0.0.1:2379";
const ETCD_PEERS = "http://127.0.0.1:2380";

/** Flags of etcd. Its data is in memory: it ends with the machine. */
export function etcdFlags(): string[] {
  return flags({
    "data-dir": "/run/etcd",
    "listen-client-urls": ETCD_CLIENTS,
    "advertise-client-urls": ETCD_CLIENTS,
    "listen-peer-urls": ETCD_PEERS,
    "initial-advertise-peer-urls": ETCD_PEERS,
    "initial-cluster": `default=${ETCD_PEERS}`,
    "logger": "zap",
  });
}

/** Flags of kube-apiserver. */
export function apiServerFlags({ pki }: ControlFiles): string[] {
  return flags({
    "etcd-servers": ETCD_CLIENTS,
    "bind-address": "0.0.0.0",
    "secure-port": String(API_PORT),
    "advertise-address": networks.management.gateway,
    "service-cluster-ip-range": networks.services.prefix,
    "tls-cert-file": `${pki}/apiserver.crt`,
    "tls-private-key-file": `${pki}/apiserver.key`,
    "client-ca-file": `${pki}/ca.crt`,
    "kubelet-client-certificate": `${pki}/kubelet-client.crt`,
    "kubelet-client-key": `${pki}/kubelet-client.key`,
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-signing-key-file": `${pki}/service-account.key`,
    "service-account-key-file": `${pki}/service-account.pub`,
    "token-auth-file": `${pki}/tokens.csv`,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "enable-aggregator-routing": "true", // webhooks are called at their endpoints: nobody translates addresses of Services
    "allow-privileged": "true",
  });
}

/** Flags of kube-controller-manager. */
export function controllerManagerFlags({ pki, kubeconfigs }: ControlFiles): string[] {
  return flags({
    "kubeconfig": `${kubeconfigs}/kube-controller-manager`,
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
    "root-ca-file": `${pki}/ca.crt`,
    "service-account-private-key-file": `${pki}/service-account.key`,
    "use-service-account-credentials": "true",
  });
}

/** Flags of kube-scheduler. */
export function schedulerFlags({ kubeconfigs }: ControlFiles): string[] {
  return flags({
    "kubeconfig": `${kubeconfigs}/kube-scheduler`,
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
  });
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
