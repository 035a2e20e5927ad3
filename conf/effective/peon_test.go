package effective_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/sizing"
)

// middleManager sets things in every way there is. A task's command line has
// them in this order: javaOpts, javaOptsArray, the parent's own, fork properties.
const middleManager = `druid.indexer.runner.javaOpts=-server -Xmx1g -Xmx2g -Dhadoop.x=opts -Dother=opts -Ddruid.cache.type=opts
druid.indexer.runner.javaOptsArray=["-XX:MaxDirectMemorySize=1g","-Dother=array","-Djava.io.tmpdir=/mnt"]
druid.indexer.fork.property.druid.processing.numThreads=1
druid.processing.numThreads=2
druid.cache.type=caffeine
druid.port=8091
druid.worker.capacity=4
`

func TestPeon(t *testing.T) {
	tree := open(t, "druid-28", map[string]string{
		"_common/common.runtime.properties": "druid.indexer.runner.startPort=9000",
		"middleManager/runtime.properties":  middleManager,
		"middleManager/jvm.config":          "-Xmx64m -Dhadoop.x=own -Dunrelated=own",
		"historical/runtime.properties":     "druid.port=8083",
	})
	peons := effective.Peons(tree, effective.Options{})
	require.Len(t, peons, 1)
	p := peons[0]
	for key, want := range map[string]string{
		"druid.processing.numThreads": "1",        // the fork property
		"druid.cache.type":            "caffeine", // the parent's own comes after javaOpts
		"hadoop.x":                    "own",
		"other":                       "array",
		"druid.worker.capacity":       "4",
	} {
		assert.Equal(t, want, get(t, p, key).Text, key)
	}
	threads := get(t, p, "druid.processing.numThreads")
	assert.Equal(t, 3, threads.Origin.Line)
	require.Len(t, threads.Overridden, 1)
	assert.Equal(t, 4, threads.Overridden[0].Line)
	assert.Equal(t, "opts", get(t, p, "druid.cache.type").Overridden[0].Text)
	assert.True(t, get(t, p, "druid.indexer.runner.startPort").Unread, "handed on for nothing")

	assert.True(t, get(t, p, "druid.port").Unread, "the task has a port of its own")
	port := get(t, p, "druid.plaintextPort")
	assert.Equal(t, "a free port from 9000 on", port.Origin.Formula)
	tmp := get(t, p, "java.io.tmpdir")
	assert.Empty(t, tmp.Text, "java tells the parent its own, which is handed on")
	assert.Equal(t, "/mnt", tmp.Overridden[0].Text)

	for _, key := range []string{"unrelated", "druid.indexer.runner.javaOpts", "druid.indexer.fork.property.druid.processing.numThreads"} {
		_, ok := p.Get(key)
		assert.False(t, ok, key)
	}
	var flags []string
	for _, f := range p.Flags {
		flags = append(flags, f.Text)
	}
	assert.Equal(t, []string{"-server", "-Xmx1g", "-Xmx2g", "-XX:MaxDirectMemorySize=1g"}, flags)
}

func TestPeonCores(t *testing.T) {
	for target, threads := range map[string]string{"druid-0.23": "15", "druid-24": "5"} { // of 16 cores, and of a third of them, rounded up
		tree := open(t, target, map[string]string{"middleManager/runtime.properties": "druid.worker.capacity=3"})
		p := effective.Peons(tree, effective.Options{All: true, Machine: sizing.Machine{Cores: 16}})[0]
		assert.Equal(t, threads, get(t, p, "druid.processing.numThreads").Text, target)
	}
}

// TestAllowedPrefixes: what is not handed on, javaOpts may set over the files,
// which a task reads too.
func TestAllowedPrefixes(t *testing.T) {
	p := effective.Peons(open(t, "druid-28", map[string]string{"middleManager/runtime.properties": `druid.indexer.runner.allowedPrefixes=["druid.x"]
druid.indexer.runner.javaOpts=-Ddruid.x=opts -Ddruid.y=opts
druid.x=own
druid.y=own
`}), effective.Options{})[0]
	assert.Equal(t, "own", get(t, p, "druid.x").Text)
	assert.Equal(t, "opts", get(t, p, "druid.y").Text)
	assert.Equal(t, "own", get(t, p, "druid.y").Overridden[0].Text)
}

func TestWhoStartsTasks(t *testing.T) {
	for properties, want := range map[string]int{"druid.indexer.runner.type=local": 1, "druid.indexer.runner.type=remote": 0, "": 1} {
		tree := open(t, "druid-0.15", map[string]string{"overlord/runtime.properties": "druid.port=8090\n" + properties})
		assert.Len(t, effective.Peons(tree, effective.Options{}), want, properties)
	}
}
