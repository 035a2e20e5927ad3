#!/usr/bin/env bash
# run.sh [RELEASE ...]: asks the classes of each release (all of releases.txt) and writes schema/testdata/classes/RELEASE.jsonl.gz.
#
# KEEP=1 goes on where it was stopped; EXTENSIONS=no leaves extensions out.
#
# Maven fetches jars; the run itself has no network, since cloud libraries look for servers as soon as their clients are built.
set -euo pipefail
cd "$(dirname "$0")"
out=$(cd ../../schema && pwd)/testdata/classes
unshare -n true || { echo "needs unshare -n, to take the network away" >&2; exit 1; }
mkdir -p "$out" target
(cd ../.. && go build -o tools/classes/target/implycheck ./cmd/implycheck)

# maven FOLDER ARGUMENT ...: compiles into FOLDER/classes and writes the class path beside it.
maven() {
  local folder=$1; shift
  [[ -s $folder/classpath ]] || nice mvn -q -B -Dfolder="$folder" "$@" compiler:compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile="$folder/classpath.new"
  [[ ! -e $folder/classpath.new ]] || mv "$folder/classpath.new" "$folder/classpath"
}

# extract FOLDER OUT CORES HEAP HOST OPTION ...: one run, sealed, in a folder of its own, since objects make files.
extract() {
  local folder=$1 result=$2 cores=$3 heap=$4 host=$5 work jvm=(); shift 5
  [[ -z ${KEEP:-} || ! -s $result ]] || return 0
  work=$(mktemp -d)
  mkdir "$work/here" "$work/tmp"
  printf '127.0.0.1 localhost\n127.0.0.1 %s\n' "$host" > "$work/hosts"
  for package in java.base/java.{nio,io,lang,util,net,util.concurrent} java.base/sun.nio.ch java.base/jdk.internal.ref \
    jdk.management/com.sun.management.internal; do
    jvm+=("--add-opens=$package=ALL-UNNAMED")
  done
  jvm+=(--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED)
  jvm+=(--patch-module "jdk.unsupported=$PWD/target/stubs")
  jvm+=(-Djava.util.logging.config.file="$PWD/src/quiet.properties" -Dlog4j.configurationFile="$PWD/src/quiet.xml" -Dlog4j2.level=ERROR)
  jvm+=(-Djava.io.tmpdir="$work/tmp" -Duser.home="$work/home" -Duser.timezone=UTC -Duser.language=en -Dfile.encoding=UTF-8)
  jvm+=(-Djdk.net.hosts.file="$work/hosts" -Daws.region=us-east-1 -Dcom.amazonaws.sdk.disableEc2Metadata=true)
  jvm+=("-Xmx$heap" "-XX:ActiveProcessorCount=$cores" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$@")
  (cd "$work/here" && NO_GCE_CHECK=true AWS_EC2_METADATA_DISABLED=true unshare -n -u sh -c \
    'hostname "$0"; ip link set lo up 2>/dev/null; exec "$@"' "$host" nice java "${jvm[@]}" \
    -cp "$folder/classes:$(cat "$folder/classpath")" extract.Extract "$result")
  rm -rf "$work"
}

# Up to 0.14 some classes name sun.misc.Cleaner, which Java 17 does not have.
javac -nowarn -Xlint:none --patch-module jdk.unsupported=src/stubs -d target/stubs src/stubs/sun/misc/Cleaner.java

while read -r version without extensions profile; do
  [[ $version && $version != \#* ]] || continue
  [[ $# = 0 || " $* " == *" $version "* ]] || continue
  echo "== $version" >&2
  group=org.apache.druid line=${version%.*}
  [[ $version != 0.12* ]] || group=io.druid
  [[ $version == 0.* ]] || line=${version%%.*}
  options=(-Ddruid.group="$group" -Ddruid.version="$version")
  [[ $profile = - ]] || options+=("-P$profile")
  n=0
  for module in ${without//,/ }; do
    options+=(-Dwithout.$((++n))="$module")
  done
  target/implycheck properties --format json --target "druid-$line" > target/more.json
  core=$PWD/target/$version/core
  maven "$core" "${options[@]}" < /dev/null
  extract "$core" "$core/run.jsonl" 2 2g machine -Dmore="$PWD/target/more.json" < /dev/null
  extract "$core" "$core/cores.jsonl" 13 2g machine -Dvalues=no < /dev/null
  extract "$core" "$core/machine.jsonl" 2 6g elsewhere -Dvalues=no < /dev/null
  runs=()
  for extension in ${extensions//,/ }; do
    [[ $extension != - && ${EXTENSIONS:-} != no ]] || continue
    echo "-- $extension" >&2
    folder=$PWD/target/$version/$extension
    if maven "$folder" "${options[@]}" -Dextension="$extension" < /dev/null; then
      # building the clients of S3 hangs without a network
      [[ $extension != *s3* ]] || build=no
      extract "$folder" "$folder/run.jsonl" 2 2g machine -Dknown="$core/run.jsonl" -Dmore="$PWD/target/more.json" ${build:+-Dbuild=no} < /dev/null
      build=
      runs+=("$extension=$folder/run.jsonl")
    else
      echo "$extension is not served for $version" >&2
    fi
  done
  java -cp "$core/classes:$(cat "$core/classpath")" extract.Compact "$out/$version.jsonl.gz" "$version" \
    "$core/run.jsonl" cores="$core/cores.jsonl" machine="$core/machine.jsonl" ${runs[@]+"${runs[@]}"}
done < releases.txt
ls -l "$out"
