package form

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestComposeBuild takes the release and the variables of an image that is built here
// from its Dockerfile.
func TestComposeBuild(t *testing.T) {
	files := map[string]string{
		"docker-compose.yml": "services:\n  broker:\n    build: ./druid\n    image: acme/druid:1\n    command: broker\n    env_file: druid.env\n",
		"druid.env":          "druid_zk_service_host=zk1\n",
		"druid/Dockerfile": "# ours\nARG VERSION=25.0.0\nFROM --platform=linux/amd64 apache/druid:${VERSION} AS base\n" +
			"ENV druid_zk_service_host=lost \\\n# why\n    druid_server_http_numThreads=\"40\"\nENV druid_host broker\nRUN wget -O /opt/druid/extensions/a.jar https://example.com/a.jar\n",
	}
	tree := read(t, "docker-compose.yml", files)
	require.Equal(t, []string{"apache/druid:25.0.0"}, imageNames(tree))
	runtime := tree.textOf("broker", "runtime.properties")
	for _, line := range []string{"druid.zk.service.host=zk1\n", "druid.server.http.numThreads=40\n", "druid.host=broker\n"} {
		require.Contains(t, runtime, line)
	}
	require.NotContains(t, runtime, "lost")
	for _, f := range tree.Files {
		require.False(t, f.Doubt, f.Name)
	}

	files["docker-compose.yml"] = "services:\n  broker:\n    build: {context: ., dockerfile: druid/Dockerfile, args: {VERSION: 33.0.0}}\n    command: broker\n    env_file: druid.env\n"
	require.Equal(t, []string{"apache/druid:33.0.0"}, imageNames(read(t, "docker-compose.yml", files)))
}

// TestComposeBuildOfOthers says nothing of an image that is not made of Druid's, and
// doubts one that gets another script, or configuration that is not seen.
func TestComposeBuildOfOthers(t *testing.T) {
	files := map[string]string{
		"docker-compose.yml": "services:\n  broker:\n    build: .\n    command: broker\n    environment: [druid_zk_service_host=zk1]\n",
		"Dockerfile":         "FROM debian:12\nENV druid_host=broker\n",
	}
	tree := read(t, "docker-compose.yml", files)
	require.Empty(t, tree.Images)
	require.NotContains(t, tree.textOf("broker", "runtime.properties"), "druid.host=broker")

	for _, more := range []string{"ENTRYPOINT [\"/start.sh\"]", "COPY start.sh /druid.sh", "RUN sed -i s/a/b/ /opt/druid/conf/druid/cluster/_common/common.runtime.properties", "COPY --from=x /c /opt/druid/conf/druid/cluster"} {
		files["Dockerfile"] = "FROM apache/druid:33.0.0\n" + more + "\n"
		doubts := false
		for _, f := range read(t, "docker-compose.yml", files).Files {
			doubts = doubts || f.Doubt
		}
		require.True(t, doubts, more)
	}
}

// TestComposeCopies lays the files that a Dockerfile copies over those of the image.
func TestComposeCopies(t *testing.T) {
	files := map[string]string{
		"docker-compose.yml":                           "services:\n  broker:\n    build: druid\n    command: broker\n    environment: [druid_host=a]\n",
		"druid/Dockerfile":                             "FROM debian AS tools\nFROM apache/druid:33.0.0\nCOPY conf/ /opt/druid/conf/druid/cluster/\nCOPY jvm.config /opt/druid/conf/druid/cluster/query/broker/\nCOPY a.jar /opt/druid/\n",
		"druid/jvm.config":                             "-Xmx3g\n",
		"druid/conf/_common/common.runtime.properties": "druid.zk.service.host=zk9\n",
	}
	tree := read(t, "docker-compose.yml", files)
	require.Contains(t, tree.textOf("", "common.runtime.properties"), "druid.zk.service.host=zk9\n")
	require.Equal(t, "-Xmx3g\n", tree.textOf("broker", "jvm.config"))
}

func imageNames(t *Tree) (names []string) {
	for _, n := range t.Images {
		names = append(names, n.Text)
	}
	return names
}
