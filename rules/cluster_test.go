package rules

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/conf/syntax"
)

// recordedReleases are those of which a real cluster was asked.
var recordedReleases = []string{"33.0.0", "25.0.0"}

// recordedCluster is what a real cluster answered; TestRealCluster writes it.
func recordedCluster(release string) string { return "testdata/druid/cluster-" + release + ".txtar" }

// besideBase are the lines that the recorded cluster has beside the base.
const besideBase = `druid.metadata.storage.connector.user=druid
druid.metadata.storage.connector.password=tops3cret
druid.emitter.http.recipientBaseUrl=http://metrics:hunter22@metrics.internal/druid
`

// writeCluster writes the configuration that the recorded cluster was started with.
func writeCluster(t *testing.T, root string) {
	require.NoError(t, os.CopyFS(root, os.DirFS("testdata/druid/base")))
	common := filepath.Join(root, "conf/druid/_common/common.runtime.properties")
	data, err := os.ReadFile(common)
	require.NoError(t, err)
	text := strings.Replace(string(data), `["druid-datasketches"]`, "[]", 1)
	require.NoError(t, os.WriteFile(common, []byte(text+besideBase), 0o644))
}

func recorded(t *testing.T, release string) live.Access {
	archive, err := txtar.ParseFile(recordedCluster(release))
	require.NoError(t, err)
	answers := map[string]string{}
	for _, f := range archive.Files {
		answers[f.Name] = string(f.Data)
	}
	return live.Recorded(answers)
}

// What a real cluster answers reads as the files that it was started with: each
// process has each property, but those that Druid hides, and lint says the same.
func TestRecordedCluster(t *testing.T) {
	for _, release := range recordedReleases {
		t.Run(release, func(t *testing.T) { testRecorded(t, release) })
	}
}

func testRecorded(t *testing.T, release string) {
	trees, err := conf.Open(t.Context(), "http://localhost:8888", conf.Options{Access: recorded(t, release)})
	require.NoError(t, err)
	running := trees[0]
	require.Equal(t, "druid-"+release+" cluster", running.Target.Name+" "+running.Form)
	require.Equal(t, "http://localhost:8081/status names druid:"+release, running.TargetReason)
	require.Equal(t, 17, running.Java())
	require.Empty(t, running.Problems)

	root := t.TempDir()
	writeCluster(t, root)
	trees, err = conf.Open(t.Context(), root, conf.Options{Target: &running.Target})
	require.NoError(t, err)
	files := trees[0]
	require.Len(t, running.Services, len(files.Services))
	for i, s := range files.Services {
		runs := running.Services[i]
		require.Equal(t, s.Name, runs.Name)
		for _, key := range s.Keys() {
			want, got := s.Get(key), runs.Get(key)
			switch hidden := key == "druid.metadata.storage.connector.password"; {
			case hidden:
				require.False(t, got.Set || got.Known(), "the %s hides %s", s.Name, key)
			default:
				require.Equal(t, want.Text, got.Text, "%s of the %s", key, s.Name)
				require.NotZero(t, got.Span.Start.Line)
			}
		}
	}
	historical := running.Service("historical")
	flags := syntaxFlags(historical.JVM.Flags)
	require.Contains(t, flags, "-XX:MaxDirectMemorySize=335544320")
	require.NotContains(t, strings.Join(flags, " "), "-Xmx", "SerialGC leaves a part of the heap out of what it says")

	at := running.Where(historical, historical.Get("druid.processing.numThreads"))
	file, span, _ := at.File.At(at.Span)
	require.Equal(t, "http://localhost:8083/status/properties", file.Path)
	require.Equal(t, `  "druid.processing.numThreads": "2",`, strings.Split(string(file.Data), "\n")[span.Start.Line-1])

	want, got := saidOf(t, files, "sec-plaintext-secret"), saidOf(t, running)
	if release == "25.0.0" { // which was started with the Java of 33, and no file says so
		want["jvm-java-version "] = "Druid 25 runs on Java 8, 11, and the servers have Java 17"
	}
	require.Equal(t, want, got)
	for _, f := range running.Files {
		require.NotContains(t, f.Masked(0, len(f.Data)), "hunter22", f.Path)
	}
}

func syntaxFlags(list []syntax.Flag) (texts []string) {
	for _, f := range list {
		texts = append(texts, f.Text)
	}
	return texts
}

// saidOf are the rules and messages of what lint says of a tree, without some rules.
func saidOf(t *testing.T, tree *conf.Tree, without ...string) map[string]string {
	result, err := Lint(t.Context(), tree, Options{})
	require.NoError(t, err)
	said := map[string]string{}
	for _, f := range result.Findings {
		said[f.Rule+" "+f.Property] = f.Message
		require.NotContains(t, f.Message, "hunter22")
	}
	maps.DeleteFunc(said, func(rule, _ string) bool {
		for _, id := range without {
			if strings.HasPrefix(rule, id+" ") {
				return true
			}
		}
		return false
	})
	return said
}

// Whatever one answer is, the others are read, and nothing breaks.
func TestHostileCluster(t *testing.T) {
	archive, err := txtar.ParseFile(recordedCluster(recordedReleases[0]))
	require.NoError(t, err)
	bodies := []string{
		"401", "500", "{}", "[]", "null", "7", `"x"`, `[{"host":7,"type":{}}]`, `{"version":7,"memory":[1]}`, `{"a":{"b":[null]},"druid.x":7}`,
		`{"memory":{"maxMemory":"x","directMemory":-1},"version":"\u0000"}`, `{"compactionConfigs":{"dataSource":1},"historical":[[1],{"host":"h","plaintextPort":"x"}]}`,
		`{"druid.a\nb":"c\\\nd=e","druid.zk.service.host":"\ud83d\ude00 \u001b[31m","druid.extensions.loadList":"[[[["}`, `[{"host":"localhost:8083","type":"historical","currSize":"x","maxSize":1e999}]`,
	}
	for _, f := range archive.Files {
		for _, body := range bodies {
			answers := map[string]string{}
			for _, g := range archive.Files {
				answers[g.Name] = string(g.Data)
			}
			answers[f.Name] = body
			trees, err := conf.Open(t.Context(), "http://localhost:8888", conf.Options{Access: live.Recorded(answers)})
			if f.Name == "http://localhost:8888/status" && err != nil {
				continue
			}
			require.NoError(t, err, "%s: %s", f.Name, body)
			_, err = Lint(t.Context(), trees[0], Options{})
			require.NoError(t, err, "%s: %s", f.Name, body)
		}
	}
}

// What processes hide is not said to be missing: keys, passwords, and what contains
// such a word.
func TestHiddenIsNotMissing(t *testing.T) {
	for _, c := range []struct{ set, rule string }{
		{`"druid.enableTlsPort":"true","druid.tlsPort":"8283","druid.client.https.trustStorePath":"/t","druid.extensions.loadList":"[\"simple-client-sslcontext\"]"`, "sec-tls-incomplete"},
		{`"druid.zk.service.acl":"true","druid.zk.service.user":"druid"`, "zk-acl-without-credentials"},
		{`"druid.storage.type":"azure","druid.azure.account":"a","druid.azure.container":"c","druid.extensions.loadList":"[\"druid-azure-extensions\"]"`, "ds-azure-google-keys"},
		{`"druid.escalator.type":"basic","druid.escalator.internalClientUsername":"druid_system","druid.escalator.authorizerName":"a","druid.extensions.loadList":"[\"druid-basic-security\"]"`, "prop-required-missing"},
	} {
		for hides, want := range map[string]bool{"": false, `,"druid.server.hiddenProperties":"[]"`: true} {
			trees, err := conf.Open(t.Context(), "http://h:8083", conf.Options{Access: live.Recorded(map[string]string{
				"http://h:8083/status":            `{"version":"33.0.0","modules":[],"memory":{}}`,
				"http://h:8083/status/properties": `{"sun.java.command":"org.apache.druid.cli.Main server historical",` + c.set + hides + `}`,
			})})
			require.NoError(t, err)
			result, err := Lint(t.Context(), trees[0], Options{})
			require.NoError(t, err)
			found := false
			for _, f := range result.Findings {
				found = found || strings.Contains(f.Message, "not set") && f.Rule == c.rule
			}
			require.Equal(t, want, found, "%s%s", c.rule, hides)
		}
	}
}
