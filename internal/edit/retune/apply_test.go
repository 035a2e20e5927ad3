package retune_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// lay writes files below a folder.
func lay(t require.TestingT, dir string, files map[string]string) {
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
}

func open(t require.TestingT, dir, target string) *conf.Tree {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	trees, err := conf.Open(context.Background(), dir, conf.Options{Target: &parsed})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// apply changes the files of a tree, and checks that a second time changes
// nothing.
func apply(t require.TestingT, dir, target string, plan sizing.Plan) (notes []string) {
	changes, notes := retune.Apply(open(t, dir, target), plan)
	for _, c := range changes {
		require.NoError(t, os.WriteFile(c.Path, c.After, 0o644))
	}
	again, _ := retune.Apply(open(t, dir, target), plan)
	for _, c := range again {
		require.Equal(t, string(c.Before), string(c.After), "the second time %s changes again", c.Path)
	}
	return notes
}

// process makes a plan's process of lines like key=value and -Xmx8g.
func process(service string, lines ...string) sizing.Process {
	p := sizing.Process{Service: service}
	for _, line := range lines {
		f := sizing.Figure{Formula: "2 x 3", Source: "the guide"}
		switch {
		case strings.HasPrefix(line, "-Xm"):
			f.Key, f.Value = line[:4], line[4:]
		default:
			f.Key, f.Value, _ = strings.Cut(line, "=")
		}
		p.Figures = append(p.Figures, f)
	}
	return p
}

func planOf(processes ...sizing.Process) sizing.Plan {
	return sizing.Plan{Servers: []sizing.Server{{Processes: processes}}}
}

const comment = "# 2 x 3 (the guide)\n"

// TestApply changes one file; the common file and jvm.config are the tree's
// others.
func TestApply(t *testing.T) {
	const common, runtime, jvm = "druid/_common/common.runtime.properties", "druid/historical/runtime.properties", "druid/historical/jvm.config"
	const options, array = "druid.indexer.runner.javaOpts", "druid.indexer.runner.javaOptsArray"
	historical := func(lines ...string) sizing.Plan { return planOf(process("historical", lines...)) }
	manager := func(lines ...string) sizing.Plan { return planOf(process("middleManager", lines...)) }
	for _, c := range []struct {
		name       string
		plan       sizing.Plan
		file       string
		text, want string
		note       string
	}{
		{"a value", historical("druid.processing.numThreads=7"), runtime,
			"# threads\ndruid.processing.numThreads = 3  \nx=1\n", "# threads\ndruid.processing.numThreads = 7\nx=1\n", ""},
		{"the last of two", historical("druid.processing.numThreads=7"), runtime,
			"druid.processing.numThreads=7\ndruid.processing.numThreads=3\n", "druid.processing.numThreads=7\ndruid.processing.numThreads=7\n", ""},
		{"a value over two lines", historical("druid.processing.numThreads=7"), runtime,
			"druid.processing.numThreads=\\\n  3\nx=1\n", "druid.processing.numThreads=\\\n  7\nx=1\n", ""},
		{"a key without a value", historical("druid.processing.numThreads=7"), runtime,
			"druid.processing.numThreads\nx=1\n", "druid.processing.numThreads=7\nx=1\n", ""},
		{"a missing key", historical("druid.processing.numThreads=7"), runtime,
			"x=1", "x=1\n" + comment + "druid.processing.numThreads=7\n", ""},
		{"a missing key, and Windows's line ends", historical("druid.processing.numThreads=7"), runtime,
			"x=1\r\ny=2\r\n", "x=1\r\ny=2\r\n# 2 x 3 (the guide)\r\ndruid.processing.numThreads=7\r\n", ""},
		{"a missing key behind a continued line", historical("druid.processing.numThreads=7"), runtime,
			"x=1\\", "x=1\\\n\n" + comment + "druid.processing.numThreads=7\n", ""},
		{"a missing key whose default is right", historical("druid.historical.cache.useCache=false"), runtime, "x=1\n", "x=1\n", ""},
		{"a commented key is none", historical("druid.processing.numThreads=7"), runtime,
			"#druid.processing.numThreads=7\n", "#druid.processing.numThreads=7\n" + comment + "druid.processing.numThreads=7\n", ""},
		{"the same amount in other words", historical("druid.processing.buffer.sizeBytes=536870912"), runtime,
			"druid.processing.buffer.sizeBytes=512MiB\n", "druid.processing.buffer.sizeBytes=512MiB\n", ""},
		{"the same time in other words", historical("druid.server.http.maxIdleTime=PT5M"), runtime,
			"druid.server.http.maxIdleTime=PT300S\n", "druid.server.http.maxIdleTime=PT300S\n", ""},
		{"what a tool fills in", historical("druid.processing.numThreads=7"), runtime,
			"druid.processing.numThreads={{ threads }}\n", "druid.processing.numThreads={{ threads }}\n", "historical: druid.processing.numThreads is filled in by a tool, and left as it is"},
		{"what Java cannot read", historical("druid.processing.numThreads=7"), runtime,
			"a=\\u12\n", "a=\\u12\n", "CONF/druid/historical/runtime.properties: Java cannot read it, and it is left as it is"},
		{"a default in the shared file that all agree on", planOf(process("historical", "druid.server.http.numThreads=60"), process("middleManager", "druid.server.http.numThreads=60")), common,
			"druid.server.http.numThreads=40\n", "druid.server.http.numThreads=60\n", ""},

		{"sizes of locations, not their folders", historical(`druid.segmentCache.locations=[{"path":"var/druid/segment-cache","maxSize":130}]`), runtime,
			`druid.segmentCache.locations=[{"path":"/mnt/a", "maxSize"\:"300g"}]` + "\n", `druid.segmentCache.locations=[{"path":"/mnt/a", "maxSize":130}]` + "\n", ""},
		{"locations that say the same", historical(`druid.segmentCache.locations=[{"path":"var/druid/segment-cache","maxSize":1073741824}]`), runtime,
			`druid.segmentCache.locations=[{"path":"/mnt/a", "maxSize"\:"1GiB"}]` + "\n", `druid.segmentCache.locations=[{"path":"/mnt/a", "maxSize"\:"1GiB"}]` + "\n", ""},
		{"another number of locations", historical(`druid.segmentCache.locations=[{"path":"/b","maxSize":130}]`), runtime,
			`druid.segmentCache.locations=[]` + "\n", `druid.segmentCache.locations=[{"path":"/b","maxSize":130}]` + "\n", ""},

		{"flags, one a line", historical("-Xms8g", "-Xmx8g", "-XX:MaxDirectMemorySize=4g"), jvm,
			"-server\n-Xms1g\n-Xmx8192m\n-Duser.timezone=UTC\n", "-server\n-Xms8g\n-Xmx8192m\n-XX:MaxDirectMemorySize=4g\n-Duser.timezone=UTC\n", ""},
		{"flags on one line", historical("-Xmx8g", "-XX:MaxDirectMemorySize=4g"), jvm,
			"-server -Xmx1g -Da=b\n", "-server -Xmx8g -XX:MaxDirectMemorySize=4g -Da=b\n", ""},
		{"a quoted flag", historical("-Xmx8g"), jvm, "-server\n\"-Xmx1g\"\n", "-server\n\"-Xmx8g\"\n", ""},
		{"flags in one pair of quotes", historical("-Xmx8g"), jvm, "'-Xms1g -Xmx1g'\n", "'-Xms1g -Xmx8g'\n", ""},
		{"a flag's other name", historical("-Xmx8g"), jvm, "-XX:MaxHeapSize=1g\n", "-XX:MaxHeapSize=8g\n", ""},
		{"a file with carriage returns", historical("-Xmx8g"), jvm, "-server\r\n-Xmx1g\r\n", "-server\r\n-Xmx8g\r\n", ""},
		{"another collector is a choice", historical("-XX:+UseG1GC="), jvm, "-XX:+UseZGC\n", "-XX:+UseZGC\n", ""},
		{"no collector", historical("-XX:+UseG1GC="), jvm, "-Xmx8g\n", "-Xmx8g\n-XX:+UseG1GC\n", ""},
		{"an open quote", historical("-Xmx8g"), jvm, "-Xmx1g \"x\n", "-Xmx1g \"x\n", "CONF/druid/historical/jvm.config: it cannot be read to its end, and is left as it is"},
		{"a property in jvm.config", historical("druid.processing.numThreads=7"), jvm, "-Ddruid.processing.numThreads=3 -Xmx1g\n", "-Ddruid.processing.numThreads=7 -Xmx1g\n", ""},
		{"an empty file", historical("-Xmx8g"), jvm, "", "-Xmx8g\n", ""},

		{"options of tasks", manager(array + `=["-Xms2g","-Xmx2g","-XX:MaxDirectMemorySize=1g"]`), "druid/middleManager/runtime.properties",
			options + "=-server -Xmx3g -Dx=y\n", options + "=-server -Xmx2g -Dx=y -Xms2g -XX:MaxDirectMemorySize=1g\n", ""},
		{"options of tasks that say the same", manager(array + `=["-server","-Xmx2g"]`), "druid/middleManager/runtime.properties",
			options + "=-Xmx2048m -Dx=y\n", options + "=-Xmx2048m -Dx=y\n", ""},
		{"options of tasks in a list", manager(array + `=["-Xms2g","-Xmx2g"]`), "druid/middleManager/runtime.properties",
			array + `=["-Xmx3g", "-Dx=y"]` + "\n", array + `=["-Xmx2g", "-Dx=y", "-Xms2g"]` + "\n", ""},
		{"options of tasks in both: the list wins", manager(options + `=-Xmx2g`), "druid/middleManager/runtime.properties",
			options + "=-Xmx5g\n" + array + `=["-Xmx3g"]` + "\n", options + "=-Xmx5g\n" + array + `=["-Xmx2g"]` + "\n", ""},
		{"a task's property, as the manager's own", manager("druid.indexer.fork.property.druid.processing.numThreads=2"), "druid/middleManager/runtime.properties",
			"druid.processing.numThreads=5\n", "druid.processing.numThreads=2\n", ""},
		{"a task's property that wins", manager("druid.processing.numThreads=2"), "druid/middleManager/runtime.properties",
			"druid.processing.numThreads=2\ndruid.indexer.fork.property.druid.processing.numThreads=5\n", "druid.processing.numThreads=2\ndruid.indexer.fork.property.druid.processing.numThreads=2\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, map[string]string{
				common: "druid.zk.service.host=zk\n", runtime: "", jvm: "", "druid/middleManager/runtime.properties": "", "druid/middleManager/jvm.config": "",
				c.file: c.text,
			})
			if c.file == jvm || c.plan.Servers[0].Processes[0].Service == "middleManager" {
				lay(t, dir, map[string]string{runtime: "x=1\n"})
			}
			notes := apply(t, dir, "druid-34", c.plan)
			got, err := os.ReadFile(filepath.Join(dir, c.file))
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
			require.Equal(t, c.note, strings.ReplaceAll(strings.Join(notes, "\n"), dir, "CONF"))
		})
	}
}

// A value in the shared file stays when others would get it too.
func TestSharedValue(t *testing.T) {
	const common, runtime = "druid/_common/common.runtime.properties", "druid/historical/runtime.properties"
	files := map[string]string{
		common: "druid.server.http.numThreads=40\n", runtime: "x=1\n", "druid/broker/runtime.properties": "", "druid/historical/jvm.config": "", "druid/broker/jvm.config": "",
	}
	for name, plan := range map[string]sizing.Plan{
		"one wants another value": planOf(process("historical", "druid.server.http.numThreads=60"), process("broker", "druid.server.http.numThreads=40")),
		"one is not planned":      planOf(process("historical", "druid.server.http.numThreads=60")),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, files)
			require.Empty(t, apply(t, dir, "druid-34", plan))
			tree := open(t, dir, "druid-34")
			require.Equal(t, "40", tree.Get("druid.server.http.numThreads").Text)
			require.Equal(t, "40", tree.Service("broker").Get("druid.server.http.numThreads").Text)
			require.Equal(t, "x=1\n"+comment+"druid.server.http.numThreads=60\n", string(tree.Service("historical").Runtime.Data))
		})
	}
}

func TestMissingServices(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]string{"druid/broker/jvm.config": "-Xmx1g\n", "zk/jvm.config": "-Xmx1g\n", "druid/coordinator/runtime.properties": "druid.coordinator.asOverlord.enabled=true\n", "druid/coordinator/jvm.config": "-Xmx1g\n"})
	notes := apply(t, dir, "druid-34", planOf(process("broker", "-Xmx2g", "druid.broker.http.numConnections=5"), process("router", "-Xmx1g"),
		process("zookeeper", "-Xmx3g"), process("pivot"), process("coordinator-overlord", "-Xmx4g")))
	require.Equal(t, []string{
		"the tree has no router: what the plan gives it is left out",
		"broker has no runtime.properties: druid.broker.http.numConnections=5 is left out",
	}, notes)
	for file, want := range map[string]string{"druid/broker/jvm.config": "-Xmx2g\n", "zk/jvm.config": "-Xmx3g\n", "druid/coordinator/jvm.config": "-Xmx4g\n"} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		require.Equal(t, want, string(got), file)
	}
}
