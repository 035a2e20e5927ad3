package conf

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// openAs is the only tree of some files, for a release.
func openAs(t *testing.T, target string, files map[string]string) *Tree {
	t.Helper()
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	trees, err := Open(t.Context(), write(t, files), Options{Target: &parsed})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

const (
	commonFile = "conf/druid/_common/common.runtime.properties"
	brokerFile = "conf/druid/broker/runtime.properties"
	brokerJVM  = "conf/druid/broker/jvm.config"
)

// TestWhatCounts has a key in each place that a process reads: -D before its own
// file, that before the shared one, the last line of a file, and the release's
// default where there is none (docs/configuration/index.md, and
// PropertiesModule.java, which reads files under System.getProperties).
func TestWhatCounts(t *testing.T) {
	const key = "druid.server.http.defaultQueryTimeout"
	for name, c := range map[string]struct {
		common, own, jvm, want string
		set                    bool
	}{
		"default":         {"", "", "", "300000", false},
		"shared":          {"1", "", "", "1", true},
		"own":             {"1", "2", "", "2", true},
		"own alone":       {"", "2", "", "2", true},
		"a flag":          {"1", "2", "3", "3", true},
		"a flag, shared":  {"1", "", "3", "3", true},
		"the last of two": {"", "2\n" + key + "=4", "", "4", true},
		"the last flag":   {"", "", "3\n-D" + key + "=5", "5", true},
	} {
		t.Run(name, func(t *testing.T) {
			line := func(before, value string) string {
				if value == "" {
					return "# nothing\n"
				}
				return before + key + "=" + value + "\n"
			}
			tree := openAs(t, "druid-28", map[string]string{commonFile: line("", c.common), brokerFile: line("", c.own), brokerJVM: line("-D", c.jvm)})
			v := tree.Services[0].Get(key)
			require.Equal(t, c.want, v.Text)
			require.Equal(t, c.set, v.Set)
			require.True(t, v.Known())
			require.Equal(t, !c.set, v.Absent())
			if c.common == "" {
				require.Equal(t, "300000", tree.Get(key).Text, "what others get")
			} else {
				require.Equal(t, c.common, tree.Get(key).Text)
			}
			n := 0
			for _, text := range []string{c.common, c.own, c.jvm} {
				if text != "" {
					n++
				}
			}
			require.Len(t, tree.Services[0].Settings(key), n)
		})
	}
}

// TestNotKnown has what a process gets and the tree does not tell.
func TestNotKnown(t *testing.T) {
	const key = "druid.server.http.defaultQueryTimeout"
	value := func(files map[string]string) Value { return openAs(t, "druid-28", files).Services[0].Get(key) }
	v := value(map[string]string{brokerJVM: "-Xmx1g\n"})
	require.False(t, v.Known(), "its runtime.properties may be in an image")
	require.False(t, v.Absent())
	v = value(map[string]string{brokerFile: key + "=${TIMEOUT}\n"})
	require.False(t, v.Known())
	require.True(t, v.Set)
	require.False(t, v.Is("${TIMEOUT}"))
	_, ok := v.Int64()
	require.False(t, ok)
	_, ok = v.Duration()
	require.False(t, ok)
	require.True(t, value(map[string]string{brokerFile: "druid.service=x\n"}).Is("300000"))
	// A default that depends on the machine, ServerConfig.java.
	require.False(t, openAs(t, "druid-28", map[string]string{brokerFile: "druid.service=x\n"}).Services[0].Get("druid.server.http.numThreads").Known())
}

// TestNumbers reads sizes with a unit from 0.20 on, HumanReadableBytes.java, and
// periods as Joda does.
func TestNumbers(t *testing.T) {
	number := func(target, key, text string) (int64, bool) {
		return openAs(t, target, map[string]string{brokerFile: key + "=" + text + "\n"}).Services[0].Get(key).Int64()
	}
	for _, c := range []struct {
		target, key, text string
		want              int64
		ok                bool
	}{
		{"druid-28", "druid.processing.buffer.sizeBytes", "1KiB", 1024, true},
		{"druid-0.20", "druid.processing.buffer.sizeBytes", "1KiB", 1024, true},
		{"druid-0.19", "druid.processing.buffer.sizeBytes", "1KiB", 0, false},
		{"druid-0.19", "druid.processing.buffer.sizeBytes", "1024", 1024, true},
		{"druid-28", "druid.processing.numThreads", "1KiB", 0, false},
		{"druid-28", "druid.processing.numThreads", "7 ", 7, true},
		{"druid-28", "druid.processing.numThreads", "seven", 0, false},
	} {
		n, ok := number(c.target, c.key, c.text)
		require.Equal(t, c.want, n, c)
		require.Equal(t, c.ok, ok, c)
	}
	v := openAs(t, "druid-28", map[string]string{brokerFile: "druid.router.http.readTimeout=PT5M\n"}).Services[0].Get("druid.router.http.readTimeout")
	d, ok := v.Duration()
	require.True(t, ok)
	require.Equal(t, 5.0, d.Minutes())
}

// TestShared asks for a setting of the whole cluster, which only one process may
// have.
func TestShared(t *testing.T) {
	const (
		key         = "druid.metadata.storage.type"
		coordinator = "conf/druid/coordinator/runtime.properties"
		historical  = "conf/druid/historical/runtime.properties"
	)
	tree := openAs(t, "druid-28", map[string]string{commonFile: "# x\n", coordinator: key + "=mysql\n", historical: key + "=postgresql\n"})
	require.Equal(t, "mysql", tree.Shared(key, "coordinator", "overlord").Text)
	require.Equal(t, "mysql", tree.Shared(key).Text)
	require.True(t, tree.MetadataType().Is("mysql"))
	require.False(t, tree.UsesDerby())
	tree = openAs(t, "druid-28", map[string]string{commonFile: key + "=mysql\n", coordinator: key + "=postgresql\n"})
	require.Equal(t, "mysql", tree.Shared(key, "coordinator").Text)
	tree = openAs(t, "druid-28", map[string]string{commonFile: "# x\n", historical: "druid.service=x\n"})
	require.False(t, tree.Shared(key, "coordinator").Known(), "no Coordinator here to ask")
	require.True(t, tree.Shared(key).Known())
	tree = openAs(t, "druid-28", map[string]string{commonFile: "# x\n", coordinator: "druid.service=x\n"})
	require.True(t, tree.UsesDerby(), "MetadataStorageTablesConfig: derby by default")
}

// TestZooKeepers reads druid.zk.service.host; discovery by Kubernetes does without.
func TestZooKeepers(t *testing.T) {
	for text, uses := range map[string]bool{
		"druid.service=x": true, "druid.discovery.type=curator": true, "druid.discovery.type=k8s": false, "druid.zk.service.enabled=false": false, "druid.zk.service.enabled=FALSE": false, "druid.zk.service.enabled=true": true,
	} {
		require.Equal(t, uses, openAs(t, "druid-28", map[string]string{commonFile: text + "\n", brokerFile: ""}).UsesZooKeeper(), text)
	}
	for text, want := range map[string][]Address{
		"druid.zk.service.host=zk1,zk2:2182/druid": {{"zk1", 2181}, {"zk2", 2182}}, "druid.zk.service.host=${ZK}": nil, "druid.zk.service.host=": nil, "druid.service=x": nil,
	} {
		require.Equal(t, want, openAs(t, "druid-28", map[string]string{commonFile: text + "\n", brokerFile: ""}).ZooKeepers(), text)
	}
}

// TestRoles: what a process does besides what it is called.
func TestRoles(t *testing.T) {
	service := func(name, text string) *Service {
		return openAs(t, "druid-28", map[string]string{"conf/druid/" + name + "/runtime.properties": text + "\n"}).Services[0]
	}
	for _, c := range []struct {
		name, text             string
		overlord, tasks, might bool
		role                   string
	}{
		{"coordinator", "druid.service=x", false, false, false, Master},
		{"coordinator", "druid.coordinator.asOverlord.enabled=true", true, false, false, Master},
		{"coordinator", "druid.coordinator.asOverlord.enabled=true\ndruid.indexer.runner.type=local", true, true, true, Master},
		{"coordinator", "druid.indexer.runner.type=local", false, false, false, Master},
		{"overlord", "druid.indexer.runner.type=local", true, true, true, Master},
		{"overlord", "druid.indexer.runner.type=remote", true, false, false, Master},
		{"overlord", "druid.indexer.runner.type=httpRemote", true, false, false, Master},
		{"overlord", "druid.indexer.runner.type=k8s", true, false, true, Master},
		{"overlord", "druid.indexer.runner.type=${RUNNER}", true, false, true, Master},
		{"middleManager", "druid.service=x", false, true, true, Data},
		{"historical", "druid.service=x", false, false, false, Data},
		{"indexer", "druid.service=x", false, false, false, Data},
		{"router", "druid.service=x", false, false, false, Query},
	} {
		s := service(c.name, c.text)
		require.Equal(t, c.overlord, s.Plays("overlord"), c)
		require.True(t, s.Plays(c.name))
		require.Equal(t, c.tasks, s.RunsTasks(), c)
		require.Equal(t, c.might, s.MayStartTasks(), c)
		require.Equal(t, c.role, s.ServerRole())
		peon, ok := schema.Lookup("druid.peon.mode")
		require.True(t, ok)
		require.Equal(t, c.might, s.Reads(peon), "what starts tasks hands its properties on")
	}
}

// TestWhere is the place to report a value that may not be written anywhere.
func TestWhere(t *testing.T) {
	tree := openAs(t, "druid-28", map[string]string{commonFile: "druid.a=1\n", brokerFile: "# x\ndruid.b=2\ndruid.c=\n", "conf/druid/router/jvm.config": "-Xmx1g\n"})
	broker, router := tree.Service("broker"), tree.Service("router")
	require.Nil(t, tree.Service("historical"))
	for _, c := range []struct {
		s       *Service
		key     string
		file    Kind
		line    int
		service string
	}{
		{broker, "druid.b", RuntimeProperties, 2, "broker"}, {broker, "druid.c", RuntimeProperties, 3, "broker"}, {broker, "druid.a", CommonProperties, 1, "broker"},
		{broker, "druid.x", RuntimeProperties, 0, "broker"}, {router, "druid.x", CommonProperties, 0, "router"}, {nil, "druid.x", CommonProperties, 0, ""},
	} {
		v := tree.Get(c.key)
		if c.s != nil {
			v = c.s.Get(c.key)
		}
		p := tree.Where(c.s, v)
		require.Equal(t, c.file, p.File.Kind, c.key)
		require.Equal(t, c.line, p.Span.Start.Line, c.key)
		require.Equal(t, c.service, p.Service)
		require.Equal(t, c.key, p.Property)
	}
	tree = openAs(t, "druid-28", map[string]string{brokerJVM: "-Xmx1g\n"})
	require.Equal(t, JVMConfig, tree.Where(tree.Services[0], tree.Services[0].Get("druid.x")).File.Kind)
	require.Equal(t, []string{"druid.a", "druid.b", "druid.c"}, openAs(t, "druid-28", map[string]string{commonFile: "druid.b=1\n", brokerFile: "druid.a=1\ndruid.b=2\n", brokerJVM: "-Ddruid.c=1\n-Xmx1g\n"}).Services[0].Keys())
}

// TestNoForm: what only a form or a running cluster tells, a conf folder does not.
func TestNoForm(t *testing.T) {
	tree := openAs(t, "druid-28", map[string]string{brokerFile: "druid.port=1\n"})
	require.Zero(t, tree.Announced("broker"))
	require.Zero(t, tree.Java())
	require.False(t, tree.Running())
	require.Empty(t, tree.Facts("glued"))
	_, ok := tree.Services[0].Limits()
	require.False(t, ok)
}
