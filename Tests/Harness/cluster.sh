#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL cluster that lives exactly as long as the command does.
#
#   cluster.sh VERSION [SETTING=VALUE ...] -- COMMAND [ARGUMENT ...]
#
# COMMAND finds the cluster's folder in PGTEND_TEST_VERSION. The folder is the Unix socket's, and also holds `bin`
# (PostgreSQL's programs), `data` and `log`. The superuser `postgres` needs no password over the socket: the folder's
# own mode (0700) is what keeps others out. Nothing listens on TCP unless a SETTING says so. The data is in memory where
# there is plenty of that, unless a SETTING is `fsync=on`.
#
# With PGTEND_TEST_PRIMARY=FOLDER the cluster is a streaming standby of the one in that folder, of the same version.
#
# The server never runs as root: root drops to `postgres` where that user exists, else to one that is made here and
# removed again. However the command ends, on Ctrl-C and on failure, the server is stopped and the folder removed.
set -euo pipefail
# The server's user has to read what root copies, whatever the caller's mask.
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

version=${1:?usage: cluster.sh VERSION [SETTING=VALUE ...] -- COMMAND [ARGUMENT ...]}
shift
settings=()
while [ "${1:?a command is expected after --}" != -- ]; do
    settings+=("$1")
    shift
done
shift

folder='' memory='' owner='' made_user='' command=''

# As the cluster's owner, with nothing of the caller's environment: a stray PGPORT would name another server.
as_owner() {
    local drop=()
    if [ "$(id -u)" = 0 ]; then
        drop=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
    fi
    (cd "$folder" && exec "${drop[@]}" env -i PATH=/usr/bin:/bin HOME="$folder" LC_ALL=C.UTF-8 TZ=UTC "$@")
}

destroy() {
    local status=$?
    trap '' INT TERM HUP
    # The whole process group: a test runner that is told to end may leave its own children. One that is stopped, as
    # whoever reads a terminal in the background is, hears nothing before it goes on.
    if [ -n "$command" ] && kill -TERM -- "-$command" 2>/dev/null; then
        kill -CONT -- "-$command" || true
        for _ in {1..100}; do
            kill -0 "$command" || break
            sleep 0.1
        done
        kill -KILL -- "-$command" || true
    fi 2>/dev/null
    local pid_file=$folder/data/postmaster.pid
    if [ -e "$pid_file" ]; then
        as_owner bin/pg_ctl stop --silent -D data -m immediate -t 20 || kill -KILL "$(head -n 1 "$pid_file")" || true
    fi 2>/dev/null
    if [ -e "$pid_file" ]; then # killed, so its shared memory is still there
        ipcrm -m "$(awk 'NR == 7 { print $2 }' "$pid_file")" || true
    fi 2>/dev/null
    # A server that was killed may have a last child writing: what it adds is removed as well.
    if [ -n "$folder" ]; then
        for _ in {1..50}; do
            rm -rf "$folder" ${memory:+"$memory"} 2>/dev/null && break
            sleep 0.1
        done
    fi
    [ -z "$made_user" ] || userdel "$made_user" || true
    exit "$status"
}
trap destroy EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

bin=$("$here/postgres.sh" "$version")
# Always /tmp, whatever TMPDIR says: a socket's path has at most 107 bytes, and another user must be able to get there.
folder=$(mktemp -d /tmp/pgtend-XXXXXX)
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    if ! id "$owner" &>/dev/null; then
        owner=pgtend-$$ made_user=pgtend-$$
        useradd --system --no-create-home --home-dir "$folder" --shell /usr/sbin/nologin "$made_user"
    fi
    chown "$owner:" "$folder"
fi
# A database is 300 files, and a disk takes ten times as long to make them as memory does: most of what tests spend.
# Whoever syncs measures, and measures a disk; a container may have little memory, and tests fill some of it.
gigabytes() { # that are free: of the file system, of the machine
    df --output=avail --block-size=1G /dev/shm | tail -n 1 &&
        awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo
}
room=$(gigabytes 2>/dev/null | sort -n | head -n 1) || room=0
if [[ " ${settings[*]} " != *" fsync=on "* ]] && [ "$room" -ge 4 ]; then
    memory=$(mktemp -d /dev/shm/pgtend-XXXXXX)
    [ -z "$owner" ] || chown "$owner:" "$memory"
    ln -s "$memory" "$folder/data"
fi
# A checkout that others cannot enter hides what was fetched from the owner, who then gets a copy.
if ! as_owner test -x "$bin/postgres"; then
    fetched=$here/../../.build/postgres/$version
    if [ ! "$bin" -ef "$(echo "$fetched"/*/pginstall/bin)" ]; then
        echo "cluster.sh: ${owner:-$USER} finds no program $bin/postgres" >&2
        exit 1
    fi
    cp -R "$fetched" "$folder/postgres"
    bin=$(echo "$folder"/postgres/*/pginstall/bin)
fi
ln -s "$bin" "$folder/bin"

if [ -n "${PGTEND_TEST_PRIMARY:-}" ]; then
    as_owner bin/pg_basebackup -D data --host="$PGTEND_TEST_PRIMARY" --username=postgres --write-recovery-conf \
        --checkpoint=fast --wal-method=stream --no-sync
else
    initdb=$(
        as_owner bin/initdb -D data --username=postgres --auth-local=trust --auth-host=scram-sha-256 \
            --encoding=UTF8 --locale=C.UTF-8 --no-sync 2>&1
    ) || { echo "$initdb" >&2 && exit 1; }
fi
{
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$folder'"
    echo "fsync = off # for tests only: nothing here outlives the command"
    echo "full_page_writes = off"
    echo "dynamic_shared_memory_type = mmap # a killed server leaves nothing in /dev/shm"
    echo "timezone = 'UTC'"
    echo "log_line_prefix = '%m [%p] %q%u@%d %a '"
    for setting in "${settings[@]}"; do
        value=${setting#*=}
        echo "${setting%%=*} = '${value//\'/\'\'}'"
    done
} >>"$folder/data/postgresql.conf"
as_owner bin/pg_ctl start --silent -D "$folder/data" -l log -w -t 60 >/dev/null || { cat "$folder/log" >&2 && exit 1; }

# A process group of its own, so that all of it can be told to end; `wait` lets the traps run meanwhile.
export "PGTEND_TEST_$version=$folder"
set -m
"$@" <&0 &
command=$!
set +m
wait "$command"
