#!/usr/bin/env bash
# druid.sh FOLDER: real Druids for TestRecordDruid, RELEASE/lib and RELEASE/extensions/NAME, as Maven serves them, and an
# archive of each service's classes, which halves its start and changes nothing else.
#
# Needs Java 17, Maven, and Linux as root (unshare -n: nothing that is started reaches a network).
set -euo pipefail
home=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")"
base=$PWD/../rules/testdata/druid/base/conf/druid

# jars RELEASE: an extension's folder holds what is not in lib.
jars() {
  local release=$1 extension jar copy; shift
  copy=(nice mvn -q -B -f classes/pom.xml -Dfolder="$home/target" -Ddruid.version="$release" dependency:copy-dependencies -DincludeScope=runtime)
  "${copy[@]}" -DoutputDirectory="$home/$release/lib"
  for extension; do
    "${copy[@]}" -Dextension="$extension" -DoutputDirectory="$home/$release/extensions/$extension"
    for jar in "$home/$release/extensions/$extension"/*.jar; do
      [[ ! -e $home/$release/lib/${jar##*/} ]] || rm "$jar"
    done
  done
}

# archive RELEASE SERVICE: starts it once. Such an archive wants a class path without folders, so properties are flags.
archive() {
  local release=$1 service=$2 work lib options=()
  work=$(mktemp -d)
  mkdir -p "$work/var/tmp"
  ln -s "$home/$release/extensions" "$work/extensions"
  lib=$(printf '%s:' "$home/$release"/lib/*.jar)
  while IFS= read -r line; do
    [[ $line != druid.* ]] || options+=("-D$line")
  done < <(cat "$base/_common/common.runtime.properties" "$base/$service/runtime.properties")
  mapfile -t -O ${#options[@]} options < <(xargs -n1 < "$base/$service/jvm.config")
  for package in java.nio java.io java.lang; do options+=("--add-opens=java.base/$package=ALL-UNNAMED"); done
  (cd "$work" && unshare -n --pid --fork --kill-child nice sh -c '
    ip link set lo up
    java -Xmx64m -Dzookeeper.admin.enableServer=false -cp "$0" org.apache.zookeeper.server.ZooKeeperServerMain 2181 zookeeper >zookeeper.log 2>&1 &
    java "$@" >log 2>&1 &
    druid=$!
    for second in $(seq 120); do
      sleep 1
      ! grep -q "Successfully started lifecycle \[module\]" log || break
    done
    kill $druid
    wait $druid' "${lib%:}" "${options[@]}" -Dlog4j.configurationFile="$base/_common/log4j2.xml" -XX:+UseSerialGC \
    -XX:ArchiveClassesAtExit="$home/$release/$service.jsa" -cp "${lib%:}" org.apache.druid.cli.Main server "$service") || true
  [[ -e $home/$release/$service.jsa ]] || { echo "no archive of $release $service:" >&2; tail -5 "$work/log" >&2; }
  rm -rf "$work"
}

[[ -e $home/33.0.0/lib ]] || jars 33.0.0 druid-kafka-indexing-service druid-datasketches
[[ -e $home/25.0.0/lib ]] || jars 25.0.0 druid-datasketches druid-histogram druid-s3-extensions postgresql-metadata-storage \
  mysql-metadata-storage druid-hdfs-storage
for release in 33.0.0 25.0.0; do
  for service in broker router coordinator historical middleManager; do
    [[ -e $home/$release/$service.jsa ]] || archive "$release" "$service"
  done
done
