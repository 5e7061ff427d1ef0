#!/bin/bash
# Becomes the systemd, or another command, of the system in a directory: boot.sh DIRECTORY FILE [COMMAND…], as the first process
# of namespaces of its own (mount, process, control group, IPC, host name). Who it is in the namespace outside is written to FILE,
# for nsenter.
set -euo pipefail

root=$1
read -r number _ </proc/self/stat
echo "$number" >"$2"

# The kernel is the machine's, and none of the system's to set: as for systemd-nspawn, what sets it is read-only.
read_only() { mount -o remount,bind,ro "$1"; }
mount -t proc proc "$root/proc"
for place in "$root/proc/sys" "$root/proc/sysrq-trigger"; do
  [ -e "$place" ] || continue
  mount --bind "$place" "$place"
  read_only "$place"
done
mount -t sysfs sysfs "$root/sys"
read_only "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"

mount -t tmpfs -o mode=0755 dev "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

cd "$root"
pivot_root . mnt
umount -l /mnt
[ $# -gt 2 ] || set -- "$@" /lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --show-status=no
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:3}"
