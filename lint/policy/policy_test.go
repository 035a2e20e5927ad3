package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/disk"
)

// The clean tree has 60 threads in Historicals and Brokers, 40 connections, and
// heaps of 8 GiB and less.
func TestCheck(t *testing.T) {
	broker := "druid/broker/runtime.properties:"
	historical := "druid/historical/runtime.properties:"
	for _, c := range []struct {
		name, policy string
		want         []string
	}{
		{"a default counts", `broker: "druid.broker.cache.useCache": true`,
			[]string{broker + `0: error: druid.broker.cache.useCache is false by default; the policy wants true [policy]`}},
		{"a default may be right", `broker: "druid.broker.cache.useCache": false`, nil},
		{"a default that the hardware decides says nothing", `coordinator: "druid.server.http.numThreads": 1`, nil},
		{"missing", `broker: "druid.acme": string`,
			[]string{broker + `0: error: druid.acme is not set and has no default; the policy wants string [policy]`}},
		{"missing, concrete", `broker: "druid.acme": "x"`,
			[]string{broker + `0: error: druid.acme is not set and has no default; the policy wants "x" [policy]`}},
		{"missing, required", `broker: "druid.acme"!: "x"`,
			[]string{broker + `0: error: druid.acme is not set and has no default; the policy wants "x" [policy]`}},
		{"missing, optional", `broker: "druid.acme"?: "x"`, nil},
		{"missing in a service that is not there", `indexer: "druid.acme"!: "x"`, nil},
		{"optional, set", `broker: "druid.server.http.numThreads"?: >=61`,
			[]string{broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=61 [policy]`}},
		{"a wrong value hides none beside it", `broker: {"druid.server.http.numThreads": >=61, "druid.broker.http.numConnections": >=41}`, []string{
			broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=61 [policy]`,
			broker + `4: error: druid.broker.http.numConnections is 40; the policy wants >=41 [policy]`}},
		{"two clauses for one key", "broker: \"druid.server.http.numThreads\": >=61 @rule(one)\nbroker: \"druid.server.http.numThreads\": >=62 @rule(two)", []string{
			broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=61 [one]`,
			broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=62 [two]`}},
		{"a reference to a wrong value is judged by itself", `
historical: "druid.server.http.numThreads": >=100
broker: "druid.broker.http.numConnections": <historical."druid.server.http.numThreads"`,
			[]string{historical + `3: error: druid.server.http.numThreads is 60; the policy wants >=100 [policy]`}},
		{"a reference to a wrong value may be wrong too", `
historical: "druid.server.http.numThreads": >=100
broker: "druid.broker.http.numConnections": >historical."druid.server.http.numThreads"`, []string{
			broker + `4: error: druid.broker.http.numConnections is 40; the policy wants >historical."druid.server.http.numThreads" [policy]`,
			historical + `3: error: druid.server.http.numThreads is 60; the policy wants >=100 [policy]`}},
		{"a reference to what is not there says nothing", `broker: "druid.broker.http.numConnections": >indexer."druid.x"`, nil},
		{"another key of the same service", `historical: {N="druid.processing.numMergeBuffers": _, "druid.processing.numThreads": <=(3*N)}`,
			[]string{historical + `5: error: druid.processing.numThreads is 7; the policy wants <=(3*N) [policy]`}},
		{"a disjunction", `broker: "druid.server.http.numThreads": 30 | 40`,
			[]string{broker + `3: error: druid.server.http.numThreads is 60; the policy wants 30 | 40 [policy]`}},
		{"a disjunction with a default is no default of Druid's", `broker: "druid.server.http.numThreads": 60 | *40`, nil},
		{"a pattern", `broker: [=~#"^druid\.server\."#]: >=61`,
			[]string{broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=61 [policy]`}},
		{"if, and it is not so", `if tree.deployment == "single" {broker: "druid.acme": "x"}`, nil},
		{"if within a service", `broker: {if broker."druid.server.http.numThreads" > 50 {"druid.broker.http.numConnections": >=50}}`,
			[]string{broker + `4: error: druid.broker.http.numConnections is 40; the policy wants >=50 [policy]`}},
		{"a definition elsewhere", "#many: {\"druid.server.http.numThreads\": >=61 @rule(many), ...}\nbroker: #many",
			[]string{broker + `3: error: druid.server.http.numThreads is 60; the policy wants >=61 [many]`}},
		{"a closed struct", `router: close({"druid.service": string, jvm: {...}, [!~"plaintextPort"]: _})`,
			[]string{`druid/router/runtime.properties:2: error: druid.plaintextPort is 8888; the policy does not allow the key [policy]`}},
		{"the wrong type", `broker: "druid.server.http.numThreads": string`,
			[]string{broker + `3: error: druid.server.http.numThreads is 60; the policy wants string [policy]`}},
		{"a shared file is said once", `services: [string]: "druid.storage.type": "hdfs"`,
			[]string{`druid/_common/common.runtime.properties:9: error: druid.storage.type is "s3"; the policy wants "hdfs" [policy]`}},
		{"a secret provider is no secret", `services: [string]: "druid.metadata.storage.connector.password": "x"`,
			[]string{`druid/_common/common.runtime.properties:8: error: druid.metadata.storage.connector.password is {"type":"environment","variable":"METADATA_PASSWORD"}; the policy wants "x" [policy]`}},
		{"an attribute of the struct", `broker: {@rule(mine, severity=info, message="Say why"), "druid.server.http.numThreads": 1}`,
			[]string{broker + `3: info: Say why: druid.server.http.numThreads is 60; the policy wants 1 [mine]`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := ""
			if len(c.want) > 0 {
				want = strings.Join(c.want, "\n") + "\n"
			}
			assert.Equal(t, want, lines(t, load(t, c.policy), clean(t)))
		})
	}
}

func clean(t *testing.T) *conf.Tree {
	t.Helper()
	return tree(t, &txtar.Archive{}, "good")
}

func TestLoadSaysWhereAPolicyIsBroken(t *testing.T) {
	for _, c := range []struct{ policy, want string }{
		{"historical: {\n x:", ":2:4: expected operand, found 'EOF'"},
		{"historical: x: foo", `:1:16: historical.x: reference "foo" not found`},
		{"historical: x: >=1 & <=0", ":1:22: historical.x: incompatible number bounds <=0 and >=1"},
		{"historcal: x: 1", `:1:1: "historcal" is not a service: did you mean historical?; helpers begin with # or _`},
		{`import "tool/exec"` + "\nhistorical: x: exec.Run", `:1:8: cannot import "tool/exec": there are list, math, net, regexp, strconv, strings, struct, time`},
		{"historical: x: 1 @rule(prop-unknown)", ":1:18: @rule: prop-unknown is a rule of implycheck: give yours another name"},
		{"historical: x: 1 @rule(No)", `:1:18: @rule: "No" is not a name for a rule: write lower-case words with hyphens, as in threads-few`},
		{"historical: x: 1 @rule(a, severity=fatal)", `:1:18: @rule: unknown severity "fatal": write error, warning or info`},
		{"historical: x: 1 @rule(a, b=c)", `:1:18: @rule: unknown "b": write @rule(id, severity=warning, message="...")`},
		{"#A: a: #A\nhistorical: #A", ": #A.a: structural cycle"},
	} {
		name := filepath.Join(t.TempDir(), "p.cue")
		require.NoError(t, os.WriteFile(name, []byte(c.policy), 0o600))
		_, err := runner(t).Load(t.Context(), disk.User(name))
		assert.EqualError(t, err, "policy "+name+c.want)
	}
	_, err := runner(t).Load(t.Context(), disk.User("testdata/nowhere.cue"))
	assert.EqualError(t, err, "policy testdata/nowhere.cue: no such file or directory")
	_, err = runner(t).Load(t.Context(), disk.User(t.TempDir()))
	assert.ErrorContains(t, err, "the folder holds no .cue file")
}

// The files of a folder are one package.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.cue"), []byte("package acme\n#least: >=61\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.cue"), []byte("broker: \"druid.server.http.numThreads\": #least\n"), 0o600))
	p, err := runner(t).Load(t.Context(), disk.User(dir))
	require.NoError(t, err)
	found := p.Check(t.Context(), clean(t), "cluster")
	require.Len(t, found, 1)
	assert.Equal(t, "druid.server.http.numThreads is 60; the policy wants #least", found[0].Message)
	assert.Equal(t, filepath.ToSlash(filepath.Join(dir, "b.cue")), found[0].Related[0].File)
	assert.Equal(t, 9, found[0].Related[0].Column)
}

// One policy serves many goroutines.
func TestConcurrent(t *testing.T) {
	p := load(t, `historical: "druid.server.http.numThreads": >=100`)
	c := clean(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { assert.Len(t, p.Check(t.Context(), c, "cluster"), 1) })
	}
	group.Wait()
}

// Each of several services of one name is checked.
func TestTiers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "conf")
	for _, tier := range []string{"hot", "cold"} {
		folder := filepath.Join(dir, "druid", tier, "historical")
		require.NoError(t, os.MkdirAll(folder, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "runtime.properties"), []byte("druid.server.tier="+tier+"\n"), 0o600))
	}
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	p := load(t, `historical: "druid.server.tier": "warm"`)
	found := 0
	for _, tree := range trees {
		found += len(p.Check(t.Context(), tree, "cluster"))
	}
	assert.Equal(t, 2, found)
}

// What is made of the variables of a container is found where they are written.
func TestContainers(t *testing.T) {
	dir := t.TempDir()
	const project = "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: [broker]\n    environment:\n      druid_broker_select_tier: highestPriority\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(project), 0o600))
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	found := load(t, `broker: "druid.broker.select.tier": "lowestPriority"`).Check(t.Context(), trees[0], "single")
	require.Len(t, found, 1)
	assert.Equal(t, "compose.yaml", filepath.Base(found[0].File))
	assert.Equal(t, [2]int{6, 33}, [2]int{found[0].Line, found[0].Column})
}
