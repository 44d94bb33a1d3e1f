#!/bin/sh
# First process of the virtual machine: it mounts and loads what the tests need, takes the checkout from the port, runs
# the tests and sends back what came of them. All it prints goes to the console.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
for path in /run /tmp /dev/shm; do mount -t tmpfs -o mode=1777 tmpfs "$path"; done
while read -r module; do insmod "/modules/$module.ko" || echo "init: cannot load $module"; done </modules/order
ip link set lo up
hostname guest
port=/dev/vport0p1
tries=0
while [ ! -e "$port" ] && [ "$tries" -lt 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
exec 3<>"$port"
echo "init: taking the checkout"
cd / && cpio -i -d <&3 || echo "init: the checkout is not whole"
echo "init: running"
sh /run/job
echo "init: done"
exec 3>&-
sync
reboot -f
