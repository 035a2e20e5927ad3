package conf

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// TestClues has one thing at a time that tells the release of a tree: which ones are
// possible, and why. The releases are those of Druid's release notes, of its folder
// examples/conf, and of the classes that read the value.
func TestClues(t *testing.T) {
	properties := func(text string) map[string]string { return map[string]string{brokerFile: text + "\n"} }
	tasks := func(text string) map[string]string {
		return map[string]string{"conf/druid/middleManager/runtime.properties": text + "\n"}
	}
	flags := func(text string) map[string]string { return map[string]string{brokerFile: "", brokerJVM: text + "\n"} }
	folder := func(name string) map[string]string {
		return map[string]string{"conf/druid/" + name + "/runtime.properties": ""}
	}
	segments := func(size string) map[string]string {
		return map[string]string{"conf/druid/historical/runtime.properties": `druid.segmentCache.locations=[{"path":"x","maxSize":` + size + "}]\n"}
	}
	for name, c := range map[string]struct {
		files       map[string]string
		from, until schema.Release // 0 where nothing tells
		why         string
	}{
		"nothing": {properties("druid.plaintextPort=8082"), 0, 0, "nothing in the tree tells the release"},
		// 0.13 moved io.druid to org.apache.druid; 0.12 had brought the monitors of com.metamx into io.druid.java.util.
		"a new class":         {properties("druid.x=org.apache.druid.X"), 13, 38, "org.apache.druid classes came with 0.13 (runtime.properties:1)"},
		"a new main class":    {map[string]string{"conf/druid/broker/main.config": "org.apache.druid.cli.Main server broker\n"}, 13, 38, "(main.config:1)"},
		"a monitor of 0.12":   {properties("druid.x=io.druid.java.util.metrics.JvmMonitor"), 0, 0, "monitors in io.druid.java.util are of 0.12"}, // later releases take them too
		"a monitor before":    {properties("druid.x=com.metamx.metrics.JvmMonitor"), 6, 12, "com.metamx classes are of releases before 0.12"},
		"an old class":        {properties("druid.x=io.druid.client.X"), 12, 12, "the last release with io.druid.client.X is 0.12"},
		"a package of others": {properties("druid.x=io.druid.something.X"), 0, 0, "nothing"},
		"a package's name":    {properties("druid.x=io.druid.client"), 0, 0, "nothing"},
		"the second is one":   {properties("druid.x=io.druid.my.X,io.druid.query.Y"), 12, 12, "io.druid.query.Y"},
		"a list of prefixes":  {properties("druid.javascript.allowedPrefixes=[\"org.apache.druid\"]"), 0, 0, "nothing"},
		// ForkingTaskRunnerConfig.java: quotes were stripped up to 0.8.
		"quoted options":   {tasks(`druid.indexer.runner.javaOpts="-Xmx1g -server"`), 6, 8, "older than 0.12.3"},
		"unquoted options": {tasks(`druid.indexer.runner.javaOpts=-Xmx1g -server`), 0, 0, "nothing"},
		// HumanReadableBytes.java came with 0.20.
		"a size with a unit":   {properties("druid.processing.buffer.sizeBytes=512MiB"), 20, 38, "sizes such as 512MiB came with 0.20"},
		"a size without":       {properties("druid.processing.buffer.sizeBytes=536870912"), 0, 0, "nothing"},
		"one handed to tasks":  {tasks("druid.indexer.fork.property.druid.processing.buffer.sizeBytes=100MiB"), 20, 38, "sizes such as 100MiB came with 0.20"},
		"a location's":         {segments(`"300g"`), 20, 38, `sizes such as "300g" came with 0.20`},
		"a location's, quoted": {segments(`"300"`), 0, 0, "nothing"},
		"a location's number":  {segments(`300`), 0, 0, "nothing"},
		// Names of extensions with their release, up to 0.8.
		"coordinates": {map[string]string{commonFile: "druid.extensions.coordinates=[\"io.druid.extensions:druid-s3-extensions:0.6.172\"]\n", brokerFile: ""}, 6, 6, "druid-s3-extensions:0.6.172"},
		// 0.21 brought discovery by Kubernetes; 0.16 has no Kafka 0.8.
		"a new extension":            {map[string]string{commonFile: "druid.extensions.loadList=[\"druid-kubernetes-extensions\"]\n", brokerFile: ""}, 21, 38, "the extension druid-kubernetes-extensions came with 0.21"},
		"one of Imply's before":      {map[string]string{commonFile: "druid.extensions.loadList=[\"druid-kubernetes-extensions\"]\n", brokerFile: "", "conf/pivot/config.yaml": "port: 9095\n"}, 0, 0, "nothing"},
		"an old extension":           {map[string]string{commonFile: "druid.extensions.loadList=[\"druid-kafka-eight\"]\n", brokerFile: ""}, 12, 15, "the last release with druid-kafka-eight is 0.15"},
		"a property":                 {properties("druid.broker.http.maxQueuedBytes=1"), 13, 38, "druid.broker.http.maxQueuedBytes came with 0.13"},
		"a joined Coordinator":       {folder("coordinator-overlord"), 15, 38, "the service coordinator-overlord came with 0.15"},
		"an Indexer":                 {folder("indexer"), 16, 38, "the service indexer came with 0.16"},
		"a Realtime":                 {folder("realtime"), 12, 15, "the last release with the service realtime is 0.15"},
		"druid/auto":                 {folder("auto/broker"), 25, 38, "the folder druid/auto came with 25"},
		"druid/single-server":        {folder("single-server/small/broker"), 15, 38, "the folder druid/single-server came with 0.15"},
		"nano-quickstart":            {folder("single-server/nano-quickstart/broker"), 17, 38, "the folder nano-quickstart came with 0.17"},
		"a cluster":                  {map[string]string{"conf/druid/cluster/_common/common.runtime.properties": "", "conf/druid/cluster/query/broker/runtime.properties": ""}, 15, 38, "the folder druid/cluster came with 0.15"},
		"-XX:+UseG1GC, of all Javas": {flags("-XX:+UseG1GC"), 0, 0, "nothing"},
		// JEP 363 removed CMS in Java 14, JEP 261 brought --add-opens in 9. Druid runs on 8 and 11 up to 34, and on 11 from 0.17.
		"a flag of Java 13":          {flags("-XX:+UseConcMarkSweepGC"), 12, 34, "-XX:+UseConcMarkSweepGC is of an older Java than later releases run on (jvm.config:1)"},
		"a flag of Java 9":           {flags("--add-opens=java.base/java.lang=ALL-UNNAMED"), 17, 38, "is of a newer Java than earlier releases run on (jvm.config:1)"},
		"both":                       {flags("-XX:+UseConcMarkSweepGC\n--add-opens=java.base/java.lang=ALL-UNNAMED"), 17, 34, "-XX:+UseConcMarkSweepGC is of an older Java than later releases run on (jvm.config:1)"},
		"both, in another order":     {flags("--add-opens=java.base/java.lang=ALL-UNNAMED\n-XX:+UseConcMarkSweepGC"), 17, 34, "-XX:+UseConcMarkSweepGC is of an older Java than later releases run on (jvm.config:2)"},
		"the newest decides":         {flags("-XX:+UseZGC\n--add-opens=java.base/java.lang=ALL-UNNAMED"), 17, 38, "-XX:+UseZGC is of a newer Java"},
		"one line is left over":      {properties("druid.broker.http.maxQueuedBytes=1\ndruid.x=com.metamx.metrics.JvmMonitor"), 13, 38, "maxQueuedBytes"},
		"a release and the next one": {properties("druid.processing.buffer.sizeBytes=512MiB\ndruid.x=org.apache.druid.X"), 20, 38, "sizes such as 512MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			trees, err := Open(t.Context(), write(t, c.files), Options{})
			require.NoError(t, err)
			require.Len(t, trees, 1)
			got := trees[0]
			require.Equal(t, fmt.Sprint(c.from, "-", c.until), fmt.Sprint(got.Possible.From, "-", got.Possible.Until), got.TargetReason)
			require.Equal(t, c.from > 0, got.Told)
			require.Contains(t, got.TargetReason, c.why)
			require.Equal(t, c.from > 0 && c.from < schema.Oldest, got.Older())
		})
	}
}

// TestReleaseSets counts the releases of sets one by one.
func TestReleaseSets(t *testing.T) {
	for from := schema.First; from <= schema.Newest; from++ {
		for until := schema.First; until <= schema.Newest; until++ {
			s := set(from, until)
			for r := schema.First; r <= schema.Newest; r++ {
				require.Equal(t, from <= r && r <= until, s.has(r))
			}
			if from <= until {
				require.Equal(t, [2]schema.Release{from, until}, [2]schema.Release{s.first(), s.last()})
			}
		}
		require.Equal(t, allReleases, before(from)|set(from, from)|after(from))
		require.Zero(t, before(from)&after(from))
	}
	require.Equal(t, allReleases, knownReleases|olderReleases)
	require.Zero(t, knownReleases&olderReleases)
	require.True(t, knownReleases.has(schema.Oldest) && !knownReleases.has(schema.Oldest-1))
}

// The nearest names of a release count, whether folders above or beside.
func TestSteps(t *testing.T) {
	for _, c := range []struct {
		from, to string
		up, down int
	}{
		{"a/b", "a/b", 0, 0}, {"a/b", "a", 1, 0}, {"a", "a/b/c", 0, 2}, {"a/b", "a/c", 1, 1}, {"", "a", 0, 1}, {"a", "..", 2, 0}, {".", "../..", 2, 0}, {"a", "../b", 2, 1},
	} {
		up, down := steps(c.from, c.to)
		require.Equal(t, [2]int{c.up, c.down}, [2]int{up, down}, c)
	}
}

// TestLeftOvers: lines outlive upgrades, so that one that no later release reads proves
// nothing, and two that agree do.
func TestLeftOvers(t *testing.T) {
	// docs/release-info/upgrade-notes.md: 28 removed v1 of groupBy, and what bounded it.
	one := openGuessed(t, "druid.query.groupBy.maxResults=1\n")
	require.False(t, one.Told, one.TargetReason)
	two := openGuessed(t, "druid.query.groupBy.maxResults=1\ndruid.query.groupBy.maxIntermediateRows=1\n")
	require.Equal(t, schema.Release(27), two.Possible.Until, two.TargetReason)
	require.Contains(t, two.TargetReason, "is 27")
}

func openGuessed(t *testing.T, text string) *Tree {
	trees, err := Open(t.Context(), write(t, map[string]string{brokerFile: text}), Options{})
	require.NoError(t, err)
	return trees[0]
}
