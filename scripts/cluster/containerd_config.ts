/**
 * `/etc/containerd/config.toml` of a node: containerd's own defaults, but for what its place demands. Namespaces of Pods are mounted
 * below containerd's own state folder, so that they end with the node.
 *
 * @param sandboxImage image of the container that holds a Pod's namespaces; it must have been imported
 */
export function containerdConfig({ sandboxImage }: { readonly sandboxImage: string }): string {
  return `version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}
