package form

import (
	"strings"
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

// TestDockerfile reads what Docker reads: for each Dockerfile what the image has in a
// variable, or that nothing is known of it.
func TestDockerfile(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"line ends of Windows":      {"\ufeffFROM apache/druid:33.0.0\r\nENV a=1 \\\r\n# why\r\n\r\n  druid_x=2\r\n", "2"},
		"tabs":                      {"FROM\tapache/druid:33.0.0\nENV\tdruid_x\t2\n", "2"},
		"a base with a default":     {"FROM ${BASE:-apache/druid:33.0.0}\nENV druid_x=2\n", "2"},
		"another escape":            {"# syntax=docker/dockerfile:1\n# escape=`\nFROM apache/druid:33.0.0\nENV a=1 `\n druid_x=C:\\2\n", `C:\2`},
		"no escape after a comment": {"# ours\n# escape=`\nFROM apache/druid:33.0.0\nENV a=1 \\\n druid_x=2`\n", "2`"},
		"quotes in quotes":          {"FROM apache/druid:33.0.0\nENV druid_x=\"{\\\"a\\\": \\\"b c\\\"}\"\n", `{"a": "b c"}`},
		"quotes within":             {"FROM apache/druid:33.0.0\nENV druid_x=a\" b\"'c d'\\ e\n", "a bc d e"},
		"lists lose their quotes":   {"FROM apache/druid:33.0.0\nENV druid_x=[\"a\",\"b\"]\n", "[a,b]"},
		"no variables in '":         {"FROM apache/druid:33.0.0\nENV a=1\nENV druid_x='$a'\\$a\"\\$a\"$a\n", "$a$a$a1"},
		"all of one instruction":    {"FROM apache/druid:33.0.0\nENV a=1\nENV a=2 druid_x=$a\n", "1"},
		"an ARG of the stage only":  {"ARG V=1\nFROM apache/druid:33.0.0\nARG V\nENV druid_x=$V\n", "1"},
		"an ARG that is out of it":  {"ARG V=1\nFROM apache/druid:33.0.0\nENV druid_x=$V\n", "${V}"},
		"ENV before ARG":            {"FROM apache/druid:33.0.0\nENV V=1\nARG V=2\nENV druid_x=$V\n", "1"},
		"a stage of a stage":        {"FROM apache/druid:33.0.0 AS a\nENV druid_x=1\nFROM debian AS b\nENV druid_x=3\nFROM A\nENV druid_y=1\n", "1"},
		"not for this image":        {"FROM apache/druid:33.0.0\nONBUILD ENV druid_x=1\nENV druid_x=2\n", "2"},
		"lines of a script":         {"FROM apache/druid:33.0.0\nENV druid_x=2\nRUN <<EOF cat && <<-'B'\nENV druid_x=3\nEOF\nENV druid_x=4\n\tB\nLABEL a=b\n", "2"},
		"lines of a file":           {"FROM apache/druid:33.0.0\nENV druid_x=2\nCOPY <<EOF /a\nENV druid_x=3\n", "2"},
		"a stage of itself":         {"FROM a AS a\nENV druid_x=2\n", ""},
		"an unknown variable":       {"FROM apache/druid:33.0.0\nENV druid_x=${V#a*}\n", "${V#a*}"},
	} {
		image := readDockerfile(Exact(c.text, Place{&Source{}, 0, len(c.text)}, nil), ".", "", nowhere)
		require.NotNil(t, image, name)
		require.Equal(t, c.want != "", isOfficial(image.base.s), name)
		for _, v := range image.env {
			if v.Name.s == "druid_x" && c.want != "" {
				require.Equal(t, c.want, v.Value.s, name)
			}
		}
		require.Equal(t, c.want != "", len(image.env) > 0 && isOfficial(image.base.s), name)
		require.False(t, image.alters, name)
	}
}

// TestDockerfileDoubts: an image that is given something that is not known.
func TestDockerfileDoubts(t *testing.T) {
	for _, more := range []string{
		"COPY [\"a b.sh\", \"/druid.sh\"]", "WORKDIR conf\nCOPY --from=x a druid/cluster/", "RUN <<EOF\nrm -r /opt/druid/conf\nEOF",
		"COPY <<EOF /opt/druid/conf/druid/cluster/_common/common.runtime.properties\nEOF", "COPY *.properties conf/druid/cluster/_common/",
	} {
		text := "FROM apache/druid:33.0.0\n" + more + "\n"
		require.True(t, readDockerfile(Exact(text, Place{&Source{}, 0, len(text)}, nil), ".", "", nowhere).alters, more)
	}
}

// TestDockerfileBounds: what no person writes costs no more than its length, and is not
// read where it is longer than a Dockerfile.
func TestDockerfileBounds(t *testing.T) {
	of := func(text string) *built {
		return readDockerfile(Exact(text, Place{&Source{}, 0, len(text)}, nil), ".", "", nowhere)
	}
	head := "FROM apache/druid:33.0.0\n"
	double := of(head + "ENV a=0123456789\n" + strings.Repeat("ENV a=$a$a\n", 900))
	require.Less(t, len(double.env[0].Value.s), maxValue)
	require.LessOrEqual(t, len(of(head+"ENV "+strings.Repeat("a=1 ", 15_000)).env), 1)
	many := of(head + "COPY " + strings.Repeat("a ", 1000) + " /opt/druid/\n")
	require.True(t, many.alters)
	require.Len(t, many.copies, maxCopies)
	require.Nil(t, of(head+strings.Repeat("RUN a\n", maxInstructions)))
	require.Nil(t, of(head+strings.Repeat("#", maxDockerfile)))
	require.Nil(t, readDockerfile(Exact(head, Place{&Source{}, 0, len(head)}, nil), ".", "none", nowhere))
}

// TestComposeBuildPlaces: only the Dockerfile that is built counts, and nothing outside of
// what is looked at.
func TestComposeBuildPlaces(t *testing.T) {
	service := func(build string) string {
		return "services:\n  broker:\n    build: " + build + "\n    command: broker\n    environment: [druid_zk_service_host=zk1]\n"
	}
	files := map[string]string{
		"Dockerfile": "FROM apache/druid:25.0.0\n", "abs/Dockerfile": "FROM apache/druid:26.0.0\n", ".env": "V=33.0.0\nD=abs\n",
	}
	for build, want := range map[string][]string{
		".": {"apache/druid:25.0.0"}, "/abs": nil, "{context: ., dockerfile: /abs/Dockerfile}": nil, "https://example.com/abs": nil, "../..": nil,
		"{context: '$D'}": {"apache/druid:26.0.0"}, "{context: ., dockerfile: '${D}/Dockerfile'}": {"apache/druid:26.0.0"},
		`{context: ., args: [V], dockerfile_inline: "ARG V=1\nFROM apache/druid:$$V\n"}`: {"apache/druid:33.0.0"},
	} {
		files["docker-compose.yml"] = service(build)
		require.Equal(t, want, imageNames(read(t, "docker-compose.yml", files)), build)
	}
}

// TestComposeCopiesOfAll: what is copied is found by what it is, and not by its name.
func TestComposeCopiesOfAll(t *testing.T) {
	common := "druid.zk.service.host=zk9\n"
	for instruction, at := range map[string]string{
		"COPY . /opt/druid/":                                   "conf/druid/cluster/_common/common.runtime.properties",
		"COPY my.d conf/druid/cluster":                         "my.d/_common/common.runtime.properties",
		`COPY ["a", "/opt/druid/conf/druid/cluster/_common/"]`: "a/common.runtime.properties",
		"ADD ../b.properties /opt/druid/conf/druid/cluster/_common/common.runtime.properties": "b.properties",
		"WORKDIR conf/druid\nCOPY --chown=1 c cluster/_common":                                "c/common.runtime.properties",
		"COPY common.runtime.properties conf/druid/cluster/_common":                           "common.runtime.properties",
	} {
		tree := read(t, "docker-compose.yml", map[string]string{
			"docker-compose.yml": "services:\n  broker:\n    build: d\n    command: broker\n    environment: [druid_host=a]\n",
			"d/Dockerfile":       "FROM apache/druid:33.0.0\n" + instruction + "\n",
			"d/" + at:            common,
		})
		require.Contains(t, tree.textOf("", "common.runtime.properties"), common, instruction)
	}
}
