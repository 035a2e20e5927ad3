package diff_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/internal/diff"
)

// drift compares the files that a recorded cluster was started with, edited, with what
// it runs with.
func drift(t *testing.T, edit func(answers map[string]string), edits ...[3]string) (there, back diff.Cluster) {
	t.Helper()
	archive, err := txtar.ParseFile("../../rules/testdata/druid/cluster-33.0.0.txtar")
	require.NoError(t, err)
	answers := map[string]string{}
	for _, f := range archive.Files {
		answers[f.Name] = string(f.Data)
	}
	if edit != nil {
		edit(answers)
	}
	trees, err := conf.Open(t.Context(), "http://localhost:8888", conf.Options{Access: live.Recorded(answers)})
	require.NoError(t, err)
	running := trees[0]

	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS("../../rules/testdata/druid/base")))
	edits = append(edits, [3]string{"_common/common.runtime.properties", `["druid-datasketches"]`, `[]
druid.metadata.storage.connector.user=druid
druid.metadata.storage.connector.password=tops3cret
druid.emitter.http.recipientBaseUrl=http://metrics:hunter22@metrics.internal/druid`})
	for _, e := range edits {
		file := filepath.Join(root, "conf/druid", e[0])
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(data), e[1])
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(data), e[1], e[2], 1)), 0o644))
	}
	trees, err = conf.Open(t.Context(), root, conf.Options{Target: &running.Target})
	require.NoError(t, err)
	there, err = diff.Trees(t.Context(), trees[0], running, diff.Options{})
	require.NoError(t, err)
	back, err = diff.Trees(t.Context(), running, trees[0], diff.Options{})
	require.NoError(t, err)
	return there, back
}

// changed are the changes of a cluster: service key before after.
func changed(c diff.Cluster) (list []string) {
	text := func(v *diff.Value) string {
		if v == nil {
			return "-"
		}
		return v.Text
	}
	for _, g := range c.Groups {
		for _, change := range g.Changes {
			list = append(list, strings.Join(g.Services, ",")+" "+change.Key+" "+text(change.Before)+" "+text(change.After))
		}
	}
	return list
}

// A cluster that runs with its files does not differ from them: neither in what it
// hides, nor in flags that it cannot show, nor in files that no process is asked for.
func TestNoDrift(t *testing.T) {
	there, back := drift(t, nil)
	require.Equal(t, diff.Same, there.Kind, changed(there))
	require.Equal(t, diff.Same, back.Kind, changed(back))
	require.Empty(t, append(there.Consequences.Restart, back.Consequences.Restart...))
}

func TestDrift(t *testing.T) {
	there, back := drift(t, nil,
		[3]string{"historical/runtime.properties", "numThreads=25", "numThreads=30"},
		[3]string{"historical/runtime.properties", "druid.cache.type=caffeine\n", ""},
		[3]string{"router/runtime.properties", "druid.plaintextPort=8888", "druid.plaintextPort=8888\ndruid.router.http.eagerInitialization=false"},
		[3]string{"broker/jvm.config", "MaxDirectMemorySize=320m", "MaxDirectMemorySize=1g"},
		[3]string{"coordinator/jvm.config", "derby.log", "d.log"},
	)
	require.Equal(t, []string{
		"coordinator derby.stream.error.file var/druid/d.log var/druid/derby.log",
		"broker -XX:MaxDirectMemorySize -XX:MaxDirectMemorySize=1g -XX:MaxDirectMemorySize=335544320",
		"router druid.router.http.eagerInitialization false true",
		"historical druid.cache.type caffeine caffeine",
		"historical druid.server.http.numThreads 30 25",
	}, changed(there))
	require.Empty(t, there.Consequences.Restart, "what runs, runs")
	require.Equal(t, []string{"coordinator", "broker", "router", "historical"}, back.Consequences.Restart)
}

// Every Historical that runs has the files of the Historical.
func TestDriftOfInstances(t *testing.T) {
	there, _ := drift(t, func(answers map[string]string) {
		const listing = "http://localhost:8888/druid/coordinator/v1/cluster"
		answers[listing] = strings.Replace(answers[listing], `"historical":[`, `"historical":[{"host":"data2","service":"druid/historical","plaintextPort":8083},`, 1)
		answers["http://data2:8083/status"] = answers["http://localhost:8083/status"]
		answers["http://data2:8083/status/properties"] = strings.Replace(strings.Replace(answers["http://localhost:8083/status/properties"],
			`"druid.processing.numThreads":"2"`, `"druid.processing.numThreads":"7"`, 1), `"druid.host":"localhost"`, `"druid.host":"data2"`, 1)
	})
	require.Equal(t, []string{"historical (data2:8083) druid.host localhost data2", "historical (data2:8083) druid.processing.numThreads 2 7"}, changed(there))
}
