package effective_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// open writes a tree and reads it for a release.
func open(t *testing.T, target string, files map[string]string) *conf.Tree {
	dir := filepath.Join(t.TempDir(), "conf", "druid")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(files[name]), 0o600))
	}
	release, err := schema.ParseTarget(target)
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &release})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// get is a value that must be there.
func get(t *testing.T, p effective.Process, key string) effective.Value {
	v, ok := p.Get(key)
	require.True(t, ok, key)
	return v
}

func line(o effective.Origin) string { return filepath.Base(o.File) + ":" + string(rune('0'+o.Line)) }

func TestFlagsOverOwnOverShared(t *testing.T) {
	p := effective.Of(open(t, "druid-28", map[string]string{
		"_common/common.runtime.properties": "druid.server.http.numThreads=1\ndruid.zk.service.host=a",
		"historical/runtime.properties":     "druid.server.http.numThreads=2\ndruid.server.http.numThreads=3\ndruid.indexer.queue.maxSize=5\ndruid.nonsense=1",
		"historical/jvm.config":             "-Xmx1g\n-Ddruid.server.http.numThreads=4",
	}), effective.Options{})[0]
	v := get(t, p, "druid.server.http.numThreads")
	assert.Equal(t, "4", v.Text)
	assert.Equal(t, effective.JVM, v.Origin.Kind)
	assert.Equal(t, "jvm.config:2", line(v.Origin))
	var texts, places []string
	for _, o := range v.Overridden {
		texts, places = append(texts, o.Text), append(places, line(o))
	}
	assert.Equal(t, []string{"3", "2", "1"}, texts)
	assert.Equal(t, []string{"runtime.properties:2", "runtime.properties:1", "common.runtime.properties:1"}, places)

	assert.False(t, v.Unread)
	assert.True(t, get(t, p, "druid.indexer.queue.maxSize").Unread, "only Overlords have a queue")
	nonsense := get(t, p, "druid.nonsense")
	assert.False(t, nonsense.Known)
	assert.False(t, nonsense.Unread, "nobody knows who reads it")

	require.Len(t, p.Flags, 1)
	assert.Equal(t, "1073741824 = 1 GiB", p.Flags[0].Reading)
}

func TestUnreadByCondition(t *testing.T) {
	for kind, unread := range map[string]bool{"caffeine": false, "memcached": true, "${CACHE}": false} {
		p := effective.Of(open(t, "druid-28", map[string]string{
			"historical/runtime.properties": "druid.cache.type=" + kind + "\ndruid.cache.sizeInBytes=5",
		}), effective.Options{})[0]
		assert.Equal(t, unread, get(t, p, "druid.cache.sizeInBytes").Unread, kind)
	}
}

func TestPortBesidePlaintextPort(t *testing.T) {
	for properties, unread := range map[string]bool{"druid.port=1": false, "druid.port=1\ndruid.plaintextPort=2": true} {
		p := effective.Of(open(t, "druid-28", map[string]string{"historical/runtime.properties": properties}), effective.Options{})[0]
		assert.Equal(t, unread, get(t, p, "druid.port").Unread, properties)
	}
}

func TestDefaults(t *testing.T) {
	tree := open(t, "druid-28", map[string]string{"historical/runtime.properties": "druid.port=9999"})
	p := effective.Of(tree, effective.Options{All: true, Machine: sizing.Machine{Cores: 16}})[0]
	for key, want := range map[string]string{
		"druid.processing.numThreads":      "15", // cores - 1
		"druid.processing.numMergeBuffers": "3",  // a quarter of those
		"druid.server.http.numThreads":     "49", // 16 * 17 / 16 + 2 + 30
		"druid.server.http.maxIdleTime":    "PT5M",
		"druid.plaintextPort":              "9999", // DruidNode takes druid.port
		"druid.service":                    "druid/historical",
	} {
		v := get(t, p, key)
		assert.Equal(t, want, v.Text, key)
		assert.False(t, v.Set, key)
	}
	_, ok := p.Get("druid.tlsPort")
	assert.False(t, ok, "TLS is off")

	unknown := get(t, effective.Of(tree, effective.Options{All: true})[0], "druid.processing.numThreads")
	assert.Empty(t, unknown.Text)
	assert.Equal(t, "max(1, cores - 1)", unknown.Origin.Formula)
	assert.Equal(t, unknown.Origin.Formula, unknown.Normal)
}

func TestReadings(t *testing.T) {
	p := effective.Of(open(t, "druid-28", map[string]string{"historical/runtime.properties": `
druid.processing.buffer.sizeBytes=512MiB
druid.server.maxSize=130000000000
druid.server.http.maxIdleTime=PT5M
druid.segmentCache.dropSegmentDelayMillis=90000
druid.server.http.maxScatterGatherBytes=9223372036854775807
druid.server.http.numThreads=40
druid.metadata.storage.connector.password=512MiB
`}), effective.Options{})[0]
	for key, want := range map[string]string{
		"druid.processing.buffer.sizeBytes":         "536870912 = 512 MiB",
		"druid.server.maxSize":                      "130000000000 = about 121 GiB",
		"druid.server.http.maxIdleTime":             "PT5M = 5 minutes",
		"druid.segmentCache.dropSegmentDelayMillis": "90000 ms = 1 minute 30 seconds",
		"druid.server.http.maxScatterGatherBytes":   "9223372036854775807 = no limit",
		"druid.server.http.numThreads":              "",
		"druid.metadata.storage.connector.password": "",
	} {
		assert.Equal(t, want, get(t, p, key).Reading, key)
	}
}

func TestNothingShownIsSecret(t *testing.T) {
	tree := open(t, "druid-28", map[string]string{
		"_common/common.runtime.properties": "druid.metadata.storage.connector.password=geheim",
		"historical/runtime.properties":     "druid.metadata.storage.connector.password=geheimer\ndruid.some.json={\"password\":\"geheim\"}",
		"historical/jvm.config":             "-Djavax.net.ssl.keyStorePassword=geheim -javaagent:x.jar=password=geheim",
	})
	processes := effective.Of(tree, effective.Options{})
	assert.NotContains(t, fmt.Sprint(effective.Hide(tree, processes)), "geheim")
	assert.Equal(t, "geheimer", get(t, processes[0], "druid.metadata.storage.connector.password").Text, "the real one stays")
}

// TestNormalIsNormal: what is normal already stays, whatever the key.
func TestNormalIsNormal(t *testing.T) {
	keys := schema.Properties()
	texts := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[ +-]?[0-9]{1,20}(\.[0-9]{1,3})?([kKmMgG]([iI][bB]?)?)? ?`),
		rapid.StringMatching(`[pP](-?[0-9]{1,6}[YMWDymwd]){0,2}([tT](-?[0-9]{1,5}[HMhm])?([0-9]{1,9}(\.[0-9]{0,4})?[Ss])?)?`),
		rapid.StringMatching(`[\[{]("[ab]"[:,] ?){0,3}(1e2|"b"|null|\{"x":[01], "a":\[\]\})[\]}] ?x?`),
		rapid.SampledFrom([]string{"", "true", "True", "FALSE", " true", "debug", "Infinity", "NaN", "-0", "1e400"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		key := keys[rapid.IntRange(0, len(keys)-1).Draw(t, "key")].Name
		r := schema.Release(rapid.IntRange(int(schema.Oldest), int(schema.Newest)).Draw(t, "release"))
		normal := effective.Normal(key, texts.Draw(t, "text"), r)
		assert.Equal(t, normal, effective.Normal(key, normal, r), key)
	})
}
