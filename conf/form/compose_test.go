package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const twoDocuments = `services:
  broker:
    image: apache/druid:33.0.0
    command: broker
    environment: {druid_zk_service_host: zk1, druid_server_http_numThreads: "40"}
---
services:
  broker:
    environment: [druid_zk_service_host=zk2]
  router:
    image: apache/druid:33.0.0
    command: router
`

// TestComposeDocuments reads what compose-go 2.16.2 was seen to make of several documents:
// each lies over those before, and one that is no map is refused.
func TestComposeDocuments(t *testing.T) {
	tree := read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": twoDocuments})
	properties := tree.textOf("broker", "runtime.properties")
	require.ElementsMatch(t, []string{"druid.zk.service.host=zk2", "druid.server.http.numThreads=40"}, strings.Fields(properties))
	require.NotEmpty(t, tree.Containers["router"].MountsAt.Source)
	require.Empty(t, tree.facts(Refused))

	for add, line := range map[string]int{"---\n": 13, "---\n\n# nothing\n": 13, "---\nhello\n": 14, "---\n- a\n": 14} {
		tree = read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": twoDocuments + add})
		refused := tree.facts(Refused)
		require.Len(t, refused, 1, add)
		require.Equal(t, line, refused[0].At.line(), add)
	}
	tree = read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": "# of what follows\n---\n" + twoDocuments + "...\n"})
	require.Empty(t, tree.facts(Refused), "a comment and the end of a document are none")
}

// TestComposeResets takes away what compose-go 2.16.2 was seen to take away.
func TestComposeResets(t *testing.T) {
	const main = "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: broker\n    env_file: [a.env, b.env]\n"
	const reset = "---\nservices:\n  broker:\n    environment:\n      druid_host: !reset null\n"
	const again = "---\nservices:\n  broker:\n    environment: {druid_service: c}\n"
	for text, want := range map[string]string{
		"    environment: {druid_host: x}\n" + reset:                                                                        "druid.host=b",
		"    environment: [druid_host=x]\n" + reset:                                                                         "druid.host=x",
		"    environment: {druid_host: x}\n" + again + reset:                                                                "druid.host=x druid.service=c",
		"    environment: {druid_host: !reset null}\n" + again:                                                              "druid.host=b druid.service=c",
		"    environment: {druid_host: x}\n---\nservices: {broker: {environment: !reset {a: b}}}\n":                         "druid.host=b",
		"    environment: {druid_service: x}\n---\nservices: {broker: {env_file: a.env}}\n":                                 "druid.host=b druid.service=x",
		"    extends: base\n    environment: {druid_host: !reset null}\n  base: {image: x, environment: {druid_host: y}}\n": "druid.host=b",
		"    extends: base\n    environment: {druid_host: !reset null}\n  base: {image: x, environment: [druid_host=y]}\n":  "druid.host=y",
		"---\nservices:\n  router: {image: apache/druid:33.0.0, command: router, extends: broker}\n  broker:\n":             "druid.host=b",
	} {
		tree := read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": main + text, "a.env": "druid_host=a\n", "b.env": "druid_host=b\n"})
		require.Empty(t, tree.facts(Refused), text)
		require.ElementsMatch(t, strings.Fields(want), strings.Fields(tree.textOf("broker", "runtime.properties")), text)
	}
}

// TestComposeExtendsDocuments extends a service of the same document, and one that the
// documents of another file make, as compose-go 2.16.2 was seen to do.
func TestComposeExtendsDocuments(t *testing.T) {
	across := twoDocuments + "---\nservices:\n  two:\n    extends: broker\n"
	tree := read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": across})
	refused := tree.facts(Refused)
	require.Len(t, refused, 1)
	require.Equal(t, "there is no service broker to extend", refused[0].Detail)
	require.Equal(t, 16, refused[0].At.line())

	tree = read(t, "docker-compose.yml", map[string]string{
		"docker-compose.yml": "services:\n  two:\n    command: broker\n    image: apache/druid:33.0.0\n    extends: {file: base.yml, service: broker}\n", "base.yml": twoDocuments,
	})
	require.Empty(t, tree.facts(Refused))
	require.Contains(t, tree.textOf("two", "runtime.properties"), "druid.zk.service.host=zk2\n")

	tree = read(t, "docker-compose.yml", map[string]string{
		"docker-compose.yml": "services:\n  two:\n    command: broker\n    image: apache/druid:33.0.0\n    extends: {file: base.yml, service: three}\n",
		"base.yml":           "services:\n  three: {extends: router}\n---\n" + twoDocuments,
	})
	require.Empty(t, tree.facts(Refused), "the documents of a file that is extended are one")
}

// TestComposeExtendsItself stays bounded where every document extends the file.
func TestComposeExtendsItself(t *testing.T) {
	document := "---\nservices:\n  a: {image: 'apache/druid:33.0.0', command: broker, extends: {file: docker-compose.yml, service: a}}\n"
	tree := read(t, "docker-compose.yml", map[string]string{"docker-compose.yml": strings.Repeat(document, 900)})
	require.NotEmpty(t, tree.facts(Refused))
}

// TestComposeV1 reads a file that has services at its top, which only docker-compose
// before version 2 does, by its rules.
func TestComposeV1(t *testing.T) {
	files := map[string]string{
		"docker-compose.yml": "broker:\n  image: apache/druid:0.16.0\n  command: broker\n  env_file: e.env\n  environment:\n    druid_sql_enable: true\n",
		"e.env":              "druid_zk_service_host=pa$word\ndruid_a: lost\n",
	}
	tree := read(t, "docker-compose.yml", files)
	require.Contains(t, tree.textOf("broker", "runtime.properties")+tree.textOf("broker", "common.runtime.properties"), "druid.zk.service.host=pa$word\n")
	refused := tree.facts(Refused)
	require.Len(t, refused, 1)
	require.Equal(t, 6, refused[0].At.line())

	files["docker-compose.yml"] = "services:\n  " + strings.ReplaceAll(strings.TrimSuffix(files["docker-compose.yml"], "\n"), "\n", "\n  ") + "\n"
	tree = read(t, "docker-compose.yml", files)
	require.Empty(t, tree.facts(Refused))
	require.Contains(t, tree.textOf("broker", "runtime.properties")+tree.textOf("broker", "common.runtime.properties"), "druid.zk.service.host=pa${word}\n")
}
