#!/bin/sh
# First process of a machine of the test bed: in PID, mount and UTS namespaces of its own and in the network namespace it was started in.
# It gives the machine a cgroup, a /run and private copies of /etc, /opt and /var (what is written there stays in the machine), says
# that it is ready, and then collects processes whose parents have gone. When it ends, the kernel ends the machine with all that runs
# and all that is mounted in it.
# Arguments: name of the machine; folder of its data; name of its host.
set -eu
name=$1 folder=$2 hostname=$3

# A cgroup in every hierarchy, this process in a leaf of it: version 2 lets only leaves have processes.
join_cgroup() { # root of a hierarchy
  mkdir -p "$1/$name/machine"
  for file in cpuset.cpus cpuset.mems; do # version 1: empty until set, and then no process may come in
    [ -e "$1/$name/$file" ] && [ ! -e "$1/cgroup.controllers" ] || continue
    cat "$1/$file" >"$1/$name/$file"
    cat "$1/$file" >"$1/$name/machine/$file"
  done
  echo $$ >"$1/$name/machine/cgroup.procs"
}
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
  join_cgroup /sys/fs/cgroup
else
  for root in /sys/fs/cgroup/*; do
    [ -L "$root" ] || [ ! -e "$root/cgroup.procs" ] || join_cgroup "$root"
  done
fi

# Mounts of the host come in, none goes out; inside, mounts are shared, as kubelet and containers want it.
mount --make-rslave /
mount --make-rshared /
# The last mount goes first: it may hide others, as the /run/netns of a test run does, and no path leads to those.
awk '$5 ~ "^/run/" { print $5 }' /proc/self/mountinfo | tac | while read -r path; do
  error=$(umount -l "$path" 2>&1) && continue
  grep -qF " $path " /proc/self/mountinfo || continue # the host was quicker
  echo "$error" >&2
  exit 1
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/machine /run/lock /run/netns
mount --bind "$folder" /run/machine
if [ "$(stat -f -c %T "$folder")" = overlayfs ]; then # overlays on an overlay are refused
  mount -t tmpfs -o mode=755 tmpfs /run/machine
fi
for top in etc opt var; do
  mkdir -p "/run/machine/$top" "/run/machine/.$top"
  mount -t overlay overlay -o "lowerdir=/$top,upperdir=/run/machine/$top,workdir=/run/machine/.$top" "/$top"
done

# As on a machine that was just installed.
rm -rf /etc/cni /etc/containerd /etc/kubernetes /etc/resolv.conf /opt/cni /var/lib/cni /var/lib/containerd /var/lib/kubelet /var/lib/etcd \
  /var/log/pods /var/log/containers
mkdir -p /etc/cni/net.d /etc/containerd /etc/kubernetes /opt/cni/bin /var/lib/cni /var/log/pods /var/log/containers
for program in containerd kubelet; do
  mkdir -p "/run/machine/$program" "/var/lib/$program"
  mount --bind "/run/machine/$program" "/var/lib/$program"
done
umount -l /run/machine
mount -t proc proc /proc
hostname "$hostname"
echo 1 >/proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6/conf/all/forwarding ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
touch /run/machine-ready

sleep 2147483647 &
while :; do wait || :; done
