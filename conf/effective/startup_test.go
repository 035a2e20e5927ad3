package effective_test

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// What a real Imply 2.7.8 logged when it started: a property, an object with its
// fields, and the implementation of an interface, a line each.
var (
	loggedProperty  = regexp.MustCompile(`(?m) \* (\S+): (.*)$`)
	loggedClass     = regexp.MustCompile(`(?m)Loaded class\[class (?:\S+)\] from props\[(\S+)\.\] as \[\w+\{(.*)\}\]$`)
	loggedField     = regexp.MustCompile(`(\w+)=(?:'([^']*)'|(\[[^\]]*\])|([^,]*))(?:, |$)`)
	loggedInterface = regexp.MustCompile(`(?m)Loaded class\[interface \S+\] from props\[\S+\] as \[(?:\w+\.)+(\w+)@\w+\]$`)
)

// notOurs are properties that the machine and Imply's launcher give java, and no
// file does.
var notOurs = []string{
	"file.separator", "jdk.debug", "line.separator", "native.encoding", "oracle.dm", "path.separator",
	"log4j.shutdownCallbackRegistry", "log4j.shutdownHookEnabled",
}

// implementations are the values that choose what was logged of an interface.
var implementations = map[string][2]string{
	"NoopEscalator":                       {"druid.escalator.type", "noop"},
	"CaffeineCacheProvider":               {"druid.cache.type", "caffeine"},
	"BatchServerInventoryViewProvider":    {"druid.announcer.type", "batch"},
	"BatchDataSegmentAnnouncerProvider":   {"druid.announcer.type", "batch"},
	"CostBalancerStrategyFactory":         {"druid.coordinator.balancer.strategy", "cost"},
	"NoopRequestLoggerProvider":           {"druid.request.logging.type", ""}, // it has no name before 0.16
	"TmpFileSegmentWriteOutMediumFactory": {"druid.peon.defaultSegmentWriteOutMediumFactory.type", "tmpFile"},
}

// fieldNames are the fields whose key ends otherwise.
var fieldNames = map[string]string{
	"druid.serviceName": "druid.service",
	"druid.metadata.storage.connector.passwordProvider":   "druid.metadata.storage.connector.password",
	"druid.server.http.unannouncePropogationDelay":        "druid.server.http.unannouncePropagationDelay",
	"druid.indexer.runner.taskBlackListBackoffTimeMillis": "druid.indexer.runner.workerBlackListBackoffTime",
	"druid.indexer.runner.taskBlackListCleanupPeriod":     "druid.indexer.runner.workerBlackListCleanupPeriod",
}

// differences are what is logged of a key and what we say in place of it.
var differences = map[string]struct{ logged, ours, because string }{
	"druid.port":                           {"-1", "", "the field is never filled: druid.port becomes plaintextPort; the property is compared in the list"},
	"druid.tlsPort":                        {"-1", "", "-1 stands for none, for TLS is off"},
	"druid.auth.authorizers":               {"null", "", "AuthorizerMapperModule allows everything for null"},
	"druid.auth.authenticatorChain":        {"null", `["allowAll"]`, "AuthenticatorMapperModule takes allowAll for null"},
	"druid.lookup.listenersPath":           {"/druid/listeners", "listeners below druid.zk.paths.base", "computed from another property"},
	"druid.indexer.logs.kill.initialDelay": {"245136", "random value less than 300000 (5 mins)", "another number at each start"},
	"druid.lookup.numLookupLoadingThreads": {"1", "max(1, cores / 2)", "of two cores; a formula that we only show"},
	"druid.segmentCache.locations": {
		"[StorageLocationConfig{path=var/druid/segment-cache, maxSize=130000000000}]",
		`[{"path":"var/druid/segment-cache","maxSize":130000000000}]`, "an object, printed",
	},
}

// backported are of Druid 0.13, and Imply had them in its 0.12.3-iap7. We go by
// Druid's release, so that 0.13 is what to compare with.
var backported = []string{
	"druid.auth.unsecuredPaths", "druid.extensions.useExtensionClassloaderFirst",
	"druid.server.http.compressionLevel", "druid.server.http.gracefulShutdownTimeout", "druid.server.http.inflateBufferSize",
	"druid.server.http.unannouncePropagationDelay", "druid.server.https.requireClientCertificate", "druid.server.https.validateHostnames",
}

// loadedOnly are fields of RemoteTaskRunnerConfig, which a MiddleManager loads for
// the sake of another of its fields, maxZnodeBytes.
var loadedOnly = regexp.MustCompile(`^druid\.indexer\.runner\.`)

func TestRealStartup(t *testing.T) {
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		t.Skip("IMPLYCHECK_SHARED is not set")
	}
	target, err := schema.ParseTarget("imply-2.7.8")
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), filepath.Join(shared, "oracle", "base", "conf"), conf.Options{Target: &target})
	require.NoError(t, err)
	compared := map[string]int{}
	for _, p := range effective.Of(trees[0], effective.Options{All: true, Machine: sizing.Machine{Cores: 2}}) {
		log, err := os.ReadFile(filepath.Join(shared, "oracle", "startup-"+p.Service+".txt"))
		if os.IsNotExist(err) {
			continue // none of the broker
		}
		require.NoError(t, err)
		t.Run(p.Service, func(t *testing.T) { compared[p.Service] = compareStartup(t, p, string(log)) })
	}
	t.Log("values compared:", compared)
	assert.Len(t, compared, 4)
}

// compareStartup counts the values that it compared.
func compareStartup(t *testing.T, p effective.Process, log string) (n int) {
	listed := map[string]bool{}
	for _, m := range loggedProperty.FindAllStringSubmatch(log, -1) {
		v, _ := p.Get(m[1])
		listed[m[1]] = true
		if !slices.Contains(notOurs, m[1]) {
			assert.True(t, v.Set, m[1])
			assert.Equal(t, m[2], v.Text, m[1])
			n++
		}
	}
	for _, v := range p.Values {
		if v.Set && strings.HasPrefix(v.Key, "druid.") && v.Key != "druid.indexer.runner.javaOpts" { // not in the record
			assert.True(t, listed[v.Key], "%s was not logged", v.Key)
		}
	}
	for _, m := range loggedInterface.FindAllStringSubmatch(log, -1) {
		want := implementations[m[1]]
		v, _ := p.Get(want[0])
		assert.Equal(t, want[1], v.Text, m[1])
		n++
	}
	for _, m := range loggedClass.FindAllStringSubmatch(log, -1) {
		for _, f := range loggedField.FindAllStringSubmatch(m[2], -1) {
			key := m[1] + "." + f[1]
			if other, ok := fieldNames[key]; ok {
				key = other
			}
			compareField(t, p, key, f[2]+f[3]+strings.TrimSpace(f[4]))
			n++
		}
	}
	return n
}

func compareField(t *testing.T, p effective.Process, key, logged string) {
	v, ok := p.Get(key)
	ours := cmp.Or(v.Text, v.Origin.Formula)
	if d, ok := differences[key]; ok {
		if key == "druid.port" {
			ours = ""
		}
		assert.Equal(t, d.logged, logged, "%s: %s", key, d.because)
		assert.Equal(t, d.ours, ours, "%s: %s", key, d.because)
		return
	}
	release := schema.Release(12)
	switch {
	case slices.Contains(backported, key):
		release, ours = 13, defaultIn(key, 13)
	case !ok && p.Service == "middleManager" && loadedOnly.MatchString(key):
		ours = defaultIn(key, release)
	case logged == "null" || logged == "":
		assert.Empty(t, v.Text, "%s is %s in the log", key, logged) // a formula says what null becomes
		return
	}
	assert.Equal(t, effective.Normal(key, logged, release), effective.Normal(key, ours, release), key)
}

func defaultIn(key string, r schema.Release) string {
	if p, ok := schema.Lookup(key); ok {
		d, _ := p.DefaultIn(r)
		return d.Value
	}
	return "unknown key"
}
