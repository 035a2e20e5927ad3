#!/usr/bin/env bash
# Brings what make test-live starts into a folder: servers and drivers from Maven. Nothing is started here.
set -euo pipefail
dest=${1:?folder}
mkdir -p "$dest"

# bring NAME DEPENDENCY... copies jars with all that they need to NAME/lib.
bring() {
  local name=$1 dependency list=""
  shift
  [[ ! -d $dest/$name/lib ]] || return 0
  for dependency in "$@"; do
    IFS=: read -r group artifact version <<<"$dependency"
    list+="<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
  done
  mkdir -p "$dest/$name"
  cat >"$dest/$name/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>live</groupId><artifactId>$name</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>$list</dependencies></project>
XML
  mvn -q -B -f "$dest/$name/pom.xml" dependency:copy-dependencies -DoutputDirectory="$dest/$name/new"
  mv "$dest/$name/new" "$dest/$name/lib"
}

bring kafka org.apache.kafka:kafka_2.13:4.1.1
bring zookeeper org.apache.zookeeper:zookeeper:3.9.3 io.dropwizard.metrics:metrics-core:4.2.25 org.xerial.snappy:snappy-java:1.1.10.5 \
  org.eclipse.jetty:jetty-server:9.4.56.v20240826 org.eclipse.jetty:jetty-servlet:9.4.56.v20240826 \
  com.fasterxml.jackson.core:jackson-databind:2.15.2 ch.qos.logback:logback-classic:1.2.13
bring hadoop org.apache.hadoop:hadoop-client-minicluster:3.4.1 org.apache.hadoop:hadoop-client-api:3.4.1 org.apache.hadoop:hadoop-client-runtime:3.4.1 \
  junit:junit:4.13.2 org.mockito:mockito-core:4.11.0 org.bouncycastle:bcprov-jdk18on:1.78.1
bring kdc org.apache.hadoop:hadoop-minikdc:3.4.1
# The drivers of databases, which TestLiveJDBC holds preflight against.
bring jdbc-postgresql-42 org.postgresql:postgresql:42.7.4
bring jdbc-postgresql-9 org.postgresql:postgresql:9.4.1212
bring jdbc-mysql-connector-java-5 mysql:mysql-connector-java:5.1.49
bring jdbc-mysql-connector-j-8 com.mysql:mysql-connector-j:8.4.0
bring jdbc-mariadb-java-client-2 org.mariadb.jdbc:mariadb-java-client:2.7.12
bring jdbc-mariadb-java-client-3 org.mariadb.jdbc:mariadb-java-client:3.5.1
# An object store that looks at keys and policies.
[[ -d $dest/moto ]] || { python3 -m venv "$dest/moto.new" && "$dest/moto.new/bin/pip" install -q 'moto[server]==5.2.1' && mv "$dest/moto.new" "$dest/moto"; }
# Azure's own store for tests, and one that speaks as Google's.
[[ -d $dest/azurite ]] || { npm install --silent --no-audit --no-fund --no-save --prefix "$dest/azurite.new" azurite@3.37.0 && mv "$dest/azurite.new" "$dest/azurite"; }
[[ -x $dest/fake-gcs-server ]] || GOBIN=$(cd "$dest" && pwd) go install github.com/fsouza/fake-gcs-server@v1.56.1
