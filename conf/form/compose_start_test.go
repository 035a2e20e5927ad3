package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestComposeStart reads which process a container starts, in which way: by the script of
// the image, which takes the first word of the command; by a shell that calls the script;
// or by a script that is not known, where more may be set than is written.
func TestComposeStart(t *testing.T) {
	const head = "services:\n  a:\n    image: apache/druid:33.0.0\n    environment: {druid_host: x}\n"
	for lines, want := range map[string]string{
		"command: [broker]":                          "broker",
		"command: broker -v":                         "broker",
		"command: ${ROLE:-router}":                   "router",
		"entrypoint: /druid.sh\n    command: router": "router",
		"entrypoint: [/druid.sh, historical]":        "historical",
		"entrypoint: [sh, -c]\n    command: [sleep 9 && /druid.sh historical]": "historical",
		"entrypoint: [bash, -c, \"/druid.sh 'router'\"]":                       "router",
		"entrypoint: [/start.sh]\n    command: [broker]":                       "broker open",
		"entrypoint: []\n    command: [/start.sh, broker]":                     "broker open",
	} {
		tree := read(t, "compose.yaml", map[string]string{"compose.yaml": head + "    " + lines + "\n"})
		require.Empty(t, tree.facts(Idle), lines)
		f := tree.Files[len(tree.Files)-1]
		require.Equal(t, strings.Contains(want, "open"), f.Open, lines)
		require.Equal(t, strings.Fields(want)[0], f.Service, lines)
	}
}

// TestComposeIdle tells of a container that starts no process, at its command or else at
// its name: but of none that may be there for others, or be told more by another file.
func TestComposeIdle(t *testing.T) {
	const head = "services:\n  router: {image: 'apache/druid:33.0.0', command: router}\n  a:\n    image: apache/druid:33.0.0\n"
	idle := func(main, lines string) []Fact {
		return read(t, main, map[string]string{main: head + lines, "druid/Dockerfile": "FROM apache/druid:33.0.0\n"}).facts(Idle)
	}
	for lines, want := range map[string]Fact{
		"":                                       {},
		"    command: start-micro-quickstart\n":  {Name: "start-micro-quickstart"},
		"    command: [bash, -c, /druid.sh x]\n": {Name: "bash"},
		"    command: middlemanager\n":           {Name: "middlemanager", Detail: "middleManager"},
		"    command: [-Dpassword=secret]\n":     {Name: "-Dpassword"},
	} {
		line := 5
		if lines == "" {
			line = 3
		}
		facts := idle("docker-compose.yml", lines)
		require.Len(t, facts, 1, lines)
		require.Equal(t, line, facts[0].At.line(), lines)
		require.Equal(t, want, Fact{Name: facts[0].Name, Detail: facts[0].Detail}, lines)
		require.Empty(t, idle("docker-compose.prod.yml", lines), "it may be laid over another file")
	}
	for _, lines := range []string{
		"  b: {extends: a, command: broker}\n", "    scale: 0\n", "    profiles: [base]\n", "    deploy: {replicas: 0}\n", "    command: $ROLE\n",
		"    build: ./druid\n", "    entrypoint: [sh, -c, sleep infinity]\n",
	} {
		require.Empty(t, idle("docker-compose.yml", lines), lines)
	}
	alone := read(t, "compose.yaml", map[string]string{"compose.yaml": "services:\n  druid: {image: 'apache/druid:33.0.0'}\n"})
	require.Len(t, alone.facts(Idle), 1)
}

// TestComposeBuiltCommand takes the process from CMD where the service names none.
func TestComposeBuiltCommand(t *testing.T) {
	const compose = "services:\n  a:\n    build: ./druid\n    environment: {druid_host: x}\n"
	for file, want := range map[string]string{
		"FROM apache/druid:33.0.0\nCMD [\"broker\"]\n":                       "broker",
		"FROM apache/druid:33.0.0\nCMD [\"broker\"]\nCMD [\"router\"]\n":     "router",
		"FROM apache/druid:33.0.0 AS a\nCMD [\"broker\"]\nFROM a\nENV x=y\n": "broker",
	} {
		tree := read(t, "compose.yaml", map[string]string{"compose.yaml": compose, "druid/Dockerfile": file})
		require.Equal(t, want, tree.Files[len(tree.Files)-1].Service, file)
	}
	tree := read(t, "compose.yaml", map[string]string{"compose.yaml": compose + "    command: historical\n", "druid/Dockerfile": "FROM apache/druid:33.0.0\nCMD [\"broker\"]\n"})
	require.Equal(t, "historical", tree.Files[len(tree.Files)-1].Service)
}

// TestComposeConfigs mounts configs and secrets of the project in the place of the image's
// files: a text in the project, a file next to it, or what is not known.
func TestComposeConfigs(t *testing.T) {
	const common = "/opt/druid/conf/druid/cluster/_common/common.runtime.properties"
	project := func(services, rest string) *Tree {
		return read(t, "compose.yaml", map[string]string{
			"compose.yaml": "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: broker\n" + services + rest, "own.properties": "druid.zk.service.host=file\n",
			"conf/common.runtime.properties": "druid.zk.service.host=folder\n",
		})
	}
	long := "    configs: [{source: c, target: " + common + "}]\n"
	for rest, want := range map[string]string{
		"configs:\n  c:\n    content: |\n      druid.zk.service.host=$${env:ZK}\n":                         "druid.zk.service.host=${env:ZK}\n",
		"configs: {c: {file: ./own.properties}}\n":                                                         "druid.zk.service.host=file\n",
		"configs: {c: {file: own.properties}}\n---\nconfigs: {c: {content: druid.zk.service.host=over}}\n": "druid.zk.service.host=over\n",
	} {
		tree := project(long, rest)
		require.Equal(t, want, tree.textOf("broker", "common.runtime.properties"), rest)
		require.Empty(t, tree.facts(UnseenMount), rest)
	}
	tree := project(strings.Replace(long, "configs", "secrets", 1), "secrets: {c: {file: own.properties}}\n")
	require.Equal(t, "druid.zk.service.host=file\n", tree.textOf("broker", "common.runtime.properties"))
	tree = project("    volumes: ['./own.properties:"+common+"', './conf:/opt/druid/conf/druid/cluster/_common']\n", "")
	require.Equal(t, "druid.zk.service.host=file\n", tree.textOf("broker", "common.runtime.properties"), "the deeper mount counts")

	tree = project(long, "configs: {c: {external: true}}\n")
	require.Len(t, tree.facts(UnseenMount), 1)
	require.Equal(t, 5, tree.facts(UnseenMount)[0].At.line())
	for _, f := range tree.Files {
		require.True(t, f.Open)
	}
	tree = project("    configs: [c]\n", "configs: {c: {content: druid.zk.service.host=x}}\n")
	require.Empty(t, tree.textOf("broker", "common.runtime.properties"), "it is /c")
}

// TestHostGlued reads what druid.sh of 0.18.1 was seen to make of a file without an end of
// line: it writes druid.host behind it.
func TestHostGlued(t *testing.T) {
	project := func(image, last string) *Tree {
		return read(t, "compose.yaml", map[string]string{
			"compose.yaml":         "services:\n  broker:\n    image: " + image + "\n    command: broker\n    volumes: ['./b:/opt/druid/conf/druid/cluster/query/broker']\n",
			"b/runtime.properties": "druid.service=x\n" + last,
		})
	}
	const last = "druid.server.http.numThreads=40"
	tree := project("apache/druid:0.18.1", last)
	require.Contains(t, tree.textOf("broker", "runtime.properties"), last+"druid.host=${druid.host}\n")
	glued := tree.facts(HostGlued)
	require.Len(t, glued, 1)
	require.Equal(t, "druid.server.http.numThreads", glued[0].Name)
	require.Equal(t, 2, glued[0].At.line())
	for _, ok := range []*Tree{project("apache/druid:0.18.1", last+"\n"), project("apache/druid:0.21.0", last), project("apache/druid:0.18.1", "# the end")} {
		require.Empty(t, ok.facts(HostGlued))
	}
}

// TestHostGluedApart has a shared file without an end of line, of which one process gets
// more: what is only in the files of some stays in lines of its own.
func TestHostGluedApart(t *testing.T) {
	tree := read(t, "druid.yaml", map[string]string{"druid.yaml": `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: d}
spec:
  image: apache/druid:0.18.1
  startScript: /druid.sh
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  common.runtime.properties: |-
    druid.zk.service.host=zk
  nodes:
    indexers: {nodeType: indexer, druid.port: 8091, nodeConfigMountPath: /conf, runtime.properties: ""}
    brokers: {nodeType: broker, druid.port: 8082, nodeConfigMountPath: /opt/druid/conf/druid/cluster/query/broker, runtime.properties: "druid.service=b\n"}
`})
	require.Equal(t, "druid.zk.service.host=zk\ndruid.port=8082\ndruid.service=b\n", tree.textOf("brokers", "runtime.properties"))
}
