#!/usr/bin/env bash
# Starts the ZooKeeper and the PostgreSQL that the cluster in testdata/preflight
# needs, on this machine's loopback, runs implycheck preflight, and then plants one
# fault after the other. Everything ends and goes with the script.
set -euo pipefail
bin=$(realpath "${1:-bin/implycheck}")
cd "$(dirname "$0")/.."

# need FILE PACKAGE stops without a file, and prints it.
need() {
  local found
  found=$(compgen -G "$1" | tail -n 1) || { echo "$1 is missing: apt install $2" >&2; exit 1; }
  echo "$found"
}
initdb=$(need '/usr/lib/postgresql/*/bin/initdb' postgresql)
jar=$(need /usr/share/java/zookeeper.jar zookeeper)
command -v java >/dev/null || { echo "java is missing: apt install default-jre-headless" >&2; exit 1; }

home=$(mktemp -d)
servers=()
tidy() {
  ((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null || true
  wait || true
  rm -rf "$home"
}
trap tidy EXIT
trap 'exit 130' INT TERM

# PostgreSQL refuses to be root.
as=(); user=$(id -un)
if ((EUID == 0)); then user=postgres; as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi

cp -r testdata/preflight/conf "$home/conf"
mkdir -p "$home"/{zk,pg} "$home/var/tmp" "$home"/extensions/{postgresql-metadata-storage,druid-datasketches} "$home/lib"
for jarfile in lib/druid-server extensions/postgresql-metadata-storage/postgresql-metadata-storage extensions/druid-datasketches/druid-datasketches; do
  printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$home/$jarfile-28.0.0.jar" # an empty archive
done
echo admin >"$home/admin"
chmod 755 "$home"; chown "$user" "$home/pg"

"${as[@]}" "$initdb" -D "$home/pg/data" -U postgres --auth=scram-sha-256 --auth-local=trust --pwfile="$home/admin" --no-sync >/dev/null
"${as[@]}" "$(dirname "$initdb")/postgres" -D "$home/pg/data" -p 27432 -c listen_addresses=127.0.0.1 -c unix_socket_directories="$home/pg" >"$home/pg.log" 2>&1 &
servers+=($!)
printf 'tickTime=2000\ndataDir=%s/zk\nclientPort=27181\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n' "$home" >"$home/zoo.cfg"
java -Xmx96m -cp "$jar" org.apache.zookeeper.server.quorum.QuorumPeerMain "$home/zoo.cfg" >"$home/zk.log" 2>&1 &
servers+=($!)
sql() { psql -h "$home/pg" -p 27432 -U postgres -q "$@"; }
for _ in {1..200}; do sql -c 'select 1' >/dev/null 2>&1 && break; sleep 0.05; done
sql -c "create user druid password 'not-a-real-one'" -c 'create database druid owner druid'
for _ in {1..200}; do
  [[ $( (exec 3<>/dev/tcp/127.0.0.1/27181 && echo srvr >&3 && cat <&3) 2>/dev/null) == *Mode:* ]] && break
  sleep 0.05
done

cd "$home"
common=conf/druid/_common/common.runtime.properties
echo "+ implycheck preflight conf/"
"$bin" preflight --deployment single --exit-zero conf/

# plant WHAT CHECK COMMAND... makes a fault, looks for it, and mends it.
plant() {
  local what=$1 check=$2 out
  shift 2
  cp -r conf conf.good
  "$@"
  echo
  echo "= $what"
  if out=$("$bin" preflight --deployment single --only "$check" --quiet conf/); then
    echo "implycheck has not found it" >&2
    exit 1
  fi
  sed -n 1p <<<"$out"
  rm -rf conf; mv conf.good conf
}
edit() { sed -i "$1" "${2:-$common}"; }
no_extension() { rm -r extensions/druid-datasketches; }
taken() { edit 's/27082/27432/' conf/druid/broker/runtime.properties; }
latin() { sql -c "create database brooklet owner druid encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0" -c 'alter database brooklet set default_transaction_read_only = on'; edit 's,/druid$,/brooklet,'; }
unwritable() { touch var/plain; edit 's,var/druid/indexing-logs,var/plain/logs,'; }

plant "the password of the database is another" live-db-connect edit 's/not-a-real-one/not-this-one/'
plant "the database is read-only" live-db-read-only latin
plant "ZooKeeper is elsewhere" live-zk-connect edit 's/27181/27182/'
plant "the path in ZooKeeper is not there" live-zk-path edit 's,127.0.0.1:27181,127.0.0.1:27181/brook,'
plant "a port is taken" live-ports-free taken
plant "the disk is too small" live-disk edit 's/300MiB/900TiB/' conf/druid/historical/runtime.properties
plant "a folder cannot be made" live-folders unwritable
plant "a heap is larger than the machine" live-memory edit 's/^-Xmx128m/-Xmx900g/' conf/druid/historical/jvm.config
plant "the name is another machine's" live-host-name edit 's/localhost/192.0.2.55/' conf/druid/historical/runtime.properties
plant "an extension is missing" live-extensions no_extension
echo
echo "Ten faults planted, ten found."
