#!/bin/bash
# Runs a real journald alone, in a mount namespace of its own, and leaves nothing behind on the machine.
#
#   unshare --mount --propagation private bash journald.sh [CATALOG-FILE] < PIPE
#
# Prints "ready PID" once journald listens; whatever enters the mount namespace of that process (`nsenter`, setns)
# writes to this journal and reads it. Ends, with journald, when standard input does: also when whoever holds its
# other end is killed.
set -euo pipefail

# Everything that journald or journalctl would write lies in memory. Machine-wide folders are only hidden, never
# made: a new /var/log/journal would turn on persistent storage for the machine's own journald.
mkdir -p /run/systemd /run/log
for folder in /run/systemd /run/log /var/log/journal /usr/lib/systemd/catalog /var/lib/systemd/catalog; do
    if [ -d "$folder" ]; then mount -t tmpfs -o mode=0755 tmpfs "$folder"; fi
done
if [ ! -s /etc/machine-id ]; then
    mkdir /run/systemd/etc
    cp -a /etc/. /run/systemd/etc
    mount --bind /run/systemd/etc /etc
    systemd-machine-id-setup --print > /dev/null
fi

mkdir -p /run/systemd/journal /run/systemd/journald.conf.d
cat > /run/systemd/journald.conf.d/alone.conf << 'CONF'
[Journal]
Storage=volatile
ReadKMsg=no
Audit=no
RateLimitIntervalSec=0
RateLimitBurst=0
CONF

if [ "$#" -gt 0 ]; then
    cp "$1" /usr/lib/systemd/catalog/
    journalctl --update-catalog
fi

# PDEATHSIG: journald ends with this shell even when the shell is killed outright.
setpriv --pdeathsig KILL /lib/systemd/systemd-journald < /dev/null > /dev/null 2> /run/systemd/journald.err &
journald=$!
echo "$journald" > /run/systemd/journald.pid
trap 'kill "$journald" 2> /dev/null || true; wait "$journald" || true' EXIT

until [ -S /run/systemd/journal/socket ] && [ -S /run/systemd/journal/stdout ]; do
    if ! kill -0 "$journald" 2> /dev/null; then
        echo "journald did not start: $(cat /run/systemd/journald.err)" >&2
        exit 1
    fi
    sleep 0.02
done
echo "ready $$"
cat > /dev/null
