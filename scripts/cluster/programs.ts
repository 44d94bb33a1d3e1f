/** The programs of the test bed that are built from Go modules, and how. */
import { fileURLToPath } from "node:url";
import { KUBERNETES_VERSION } from "./layout.ts";

/** A folder with `go.mod` and `go.sum`, and what is built from it. */
export interface GoModule {
  /** Of its folder below `scripts/k8s/`, and of its folder in the cache. */
  readonly name: string;
  readonly folder: string;
  /** Packages with a `main`; the last element of the path is the name of the program. */
  readonly packages: readonly string[];
  /** For the linker. Without versions, clients that check them go wrong. */
  readonly linkerFlags: readonly string[];
}

/** All that is built. */
export const goModules: readonly GoModule[] = [
  {
    name: "kubernetes",
    folder: folderOf("kubernetes"),
    packages: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet"]
      .map((program) => `k8s.io/kubernetes/cmd/${program}`),
    linkerFlags: ["-s", "-w", ...versionFlags(KUBERNETES_VERSION)],
  },
  {
    name: "multus",
    folder: folderOf("multus"),
    packages: [
      "github.com/containernetworking/cni/cnitool",
      "gopkg.in/k8snetworkplumbingwg/multus-cni.v4/cmd/multus",
    ],
    linkerFlags: ["-s", "-w"],
  },
  {
    name: "plugins",
    folder: folderOf("plugins"),
    packages: ["github.com/containernetworking/plugins/plugins/main/macvlan"],
    linkerFlags: ["-s", "-w"],
  },
  { name: "gops", folder: folderOf("gops"), packages: ["github.com/google/gops"], linkerFlags: ["-s", "-w"] },
];

/** Names of the programs of `module`. */
export function programsOf({ packages }: GoModule): string[] {
  return packages.map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/** Flags of `go build`, and of `go list` so that both mean the same build. */
export function buildFlags({ linkerFlags }: GoModule): string[] {
  return ["-mod=readonly", "-buildvcs=false", "-trimpath", `-ldflags=${linkerFlags.join(" ")}`];
}

/** Environment of a build: what could change its result is set. */
export const buildEnvironment: Readonly<Record<string, string>> = {
  CGO_ENABLED: "0",
  GOFLAGS: "",
  GOWORK: "off",
  GO111MODULE: "on",
};

function folderOf(name: string): string {
  return fileURLToPath(new URL(`../k8s/${name}`, import.meta.url));
}

function versionFlags(version: string): string[] {
  const [, major = "", minor = ""] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    `-X ${path}.gitVersion=${version}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ]);
}
