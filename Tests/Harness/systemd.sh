#!/usr/bin/env bash
# Boots a real systemd as process 1 of namespaces of its own, with pgtend installed below /usr as a package would,
# and leaves nothing behind on the machine.
#
#   systemd.sh --check                      says why that cannot be done here, and fails; or says nothing
#   systemd.sh PROGRAM [FILE ...] < PIPE
#
# PROGRAM is the built pgtend; the FILEs are copied to /usr/libexec/pgtend-test; this repository is /usr/src/pgtend.
# Prints "ready PID" once the system has booted: whatever enters the namespaces of that process (`nsenter --all`) is on
# that system. It has the machine's own programs and users, on a copy of its file system that is written to memory; no
# network but its own loopback; no process of the machine's. Ends, with all that runs there, when standard input does.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ "${1:-}" = --check ]; then
    for program in /lib/systemd/systemd /usr/bin/pg_createcluster; do
        [ -x "$program" ] || { echo "there is no $program" && exit 1; }
    done
    # In a container root may lack what it takes, and finds out only by trying.
    exec unshare --mount --propagation private --pid --fork --uts --ipc --cgroup --net bash -euc '
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/{cgroup,changes,work,root}
        mount -t cgroup2 none /mnt/cgroup
        mkdir "/mnt/cgroup/pgtend-check.$$"
        rmdir "/mnt/cgroup/pgtend-check.$$"
        mount -t overlay -o lowerdir=/,upperdir=/mnt/changes,workdir=/mnt/work overlay /mnt/root' 2>&1
fi
if [ "${1:?usage: systemd.sh PROGRAM [FILE ...]}" != --inside ]; then
    exec unshare --mount --propagation private bash "$0" --inside "$@"
fi
program=$2
shift 2

# In memory, and seen by nobody outside of this mount namespace: it goes with it, however this script ends.
top=/run/pgtend-systemd.$$
mkdir "$top"
mount -t tmpfs -o mode=0755 tmpfs "$top"
root=$top/root group=$top/cgroup/pgtend-systemd.$$
mkdir "$top"/{changes,work,root,cgroup}
system='' reader=''
destroy() {
    local status=$?
    trap '' INT TERM HUP
    kill -KILL $system $reader || true # and with the first, process 1 and all others
    wait || true
    for _ in {1..50}; do
        find "$group" -depth -type d -exec rmdir {} + && break
        sleep 0.1
    done
    umount --recursive --lazy "$top"
    rmdir "$top"
    exit "$status"
} 2>/dev/null
trap destroy EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mount -t cgroup2 none "$top/cgroup"
# What is left of a script that was killed outright: its system is gone, its empty folders are not.
for stale in /run/pgtend-systemd.*; do
    if [ ! -e "/proc/${stale##*.}" ]; then
        find "$top/cgroup/${stale##*/}" -depth -type d -exec rmdir {} + || true
        rmdir "$stale" || true
    fi
done 2>/dev/null
mkdir "$group"
mount -t overlay -o "lowerdir=/,upperdir=$top/changes,workdir=$top/work" overlay "$root"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
mkdir "$root"/dev/{pts,shm} "$root/run/systemd" "$root/run/old"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${stream%:*}" "$root/dev/${stream#*:}"; done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"

# The machine's own clusters are none of ours.
for folder in /etc/postgresql /var/lib/postgresql /var/log/postgresql; do
    [ ! -d "$root$folder" ] || mount -t tmpfs -o "mode=0755,uid=postgres,gid=postgres" tmpfs "$root$folder"
done
mkdir -p "$root/usr/src/pgtend"
mount --bind -o ro "$here/../.." "$root/usr/src/pgtend"
make --silent -C "$here/../.." install DESTDIR="$root" PREFIX=/usr program="$program"
[ $# = 0 ] || install -D --target-directory="$root/usr/libexec/pgtend-test" "$@"
ln -s /dev/null "$root/etc/systemd/system/systemd-modules-load.service" # the kernel is the machine's
rm -rf "$root/var/log/journal"
mkdir -p "$root/etc/systemd/journald.conf.d"
cat >"$root/etc/systemd/journald.conf.d/pgtend-test.conf" <<'CONF'
[Journal]
Storage=volatile
ReadKMsg=no
Audit=no
CONF

cat >"$top/boot" <<BOOT
set -eu
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --make-rprivate /
cd "$root"
pivot_root . run/old
umount --lazy /run/old
mount --make-rshared /
# No unit of the machine's is started but what every system needs: it is not to trim disks or fetch packages here.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 container=unshare \
    /lib/systemd/systemd --system --unit=sysinit.target --show-status=no --log-target=journal
BOOT
(
    echo "$BASHPID" >"$group/cgroup.procs"
    # It ends with this script even when the script is killed outright.
    exec setpriv --pdeathsig KILL \
        unshare --fork --pid --mount --uts --ipc --cgroup --net --kill-child=KILL bash "$top/boot" </dev/null >&2
) &
system=$!

for _ in {1..300}; do
    kill -0 "$system" 2>/dev/null || break
    first=$(cat "/proc/$system/task/$system/children" 2>/dev/null || true)
    if [ -n "$first" ] && [ -S "/proc/${first% }/root/run/systemd/private" ] &&
        nsenter --target "${first% }" --all systemctl is-active --quiet sysinit.target &&
        nsenter --target "${first% }" --all systemctl is-active --quiet systemd-journald.service; then
        nsenter --target "${first% }" --all journalctl --update-catalog
        cat <&0 >/dev/null & # in the background: a trap waits for what is in front
        reader=$!
        # Only now: a signal that comes before the reader is known would leave this script waiting for it.
        echo "ready ${first% }"
        wait "$reader"
        exit 0
    fi
    sleep 0.05
done
echo "systemd.sh: the system did not boot" >&2
exit 1
