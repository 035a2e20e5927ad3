package upgrade

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// testing.T and rapid.T.
type tester interface {
	require.TestingT
	Helper()
}

// compare upgrades the files of a folder.
func compare(t tester, dir, from, to string) Report {
	t.Helper()
	open := func(name string) *conf.Tree {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		trees, err := conf.Open(context.Background(), dir, conf.Options{Target: &target})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		return trees[0]
	}
	r, err := Compare(context.Background(), open(from), open(to))
	require.NoError(t, err)
	return r
}

// write makes a tree in a folder, from names below druid/ and texts.
func write(t tester, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, "conf", "druid", name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

const (
	common = "_common/common.runtime.properties"
	broker = "broker/runtime.properties"
	router = "router/runtime.properties"
)

// find is the only item of a kind with a key.
func find(t *testing.T, r Report, kind Kind, key string) Item {
	t.Helper()
	var found []Item
	for _, i := range r.Items {
		if i.Kind == kind && i.Property == key {
			found = append(found, i)
		}
	}
	require.Len(t, found, 1, "%s of %q", kind, key)
	return found[0]
}

func none(t *testing.T, r Report, key string) {
	t.Helper()
	require.False(t, slices.ContainsFunc(r.Items, func(i Item) bool { return i.Property == key }), key)
}

func TestRefusedRename(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{broker: "druid.plaintextPort=8082\ndruid.processing.merge.pool.parallelism=4\n"})
	i := find(t, compare(t, dir, "druid-27", "druid-38"), Refused, "druid.processing.merge.pool.parallelism")
	require.Equal(t, finding.Error, i.Severity)
	require.Equal(t, "33", i.Since)
	require.Equal(t, []string{"broker"}, i.Services)
	require.Equal(t, 2, i.Line)
	require.Equal(t, "druid.processing.merge.parallelism", i.Suggestion)
	require.Equal(t, "druid.processing.merge.parallelism", i.Fix.Edits[0].Text)
	require.Contains(t, i.Evidence, "StartupInjectorBuilder")

	write(t, dir, map[string]string{common: "druid.processing.merge.parallelism=8\n"})
	i = find(t, compare(t, dir, "druid-27", "druid-38"), Refused, "druid.processing.merge.pool.parallelism")
	require.Nil(t, i.Fix, "the new key is set elsewhere")
}

// TestExactRenames: only a key with the same type and default is renamed.
func TestExactRenames(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		router:                             "druid.router.coordinatorServiceName=druid/coord\n",
		"middleManager/runtime.properties": "druid.indexer.runner.tlsStartPort=8300\n",
	})
	r := compare(t, dir, "druid-0.12.3", "druid-0.15.1")
	i := find(t, r, Renamed, "druid.router.coordinatorServiceName")
	require.Equal(t, finding.Warning, i.Severity)
	require.Equal(t, "druid.selectors.coordinator.serviceName", i.Fix.Edits[0].Text)
	i = find(t, r, Renamed, "druid.indexer.runner.tlsStartPort")
	require.Equal(t, "druid.indexer.runner.startPort", i.Suggestion)
	require.Nil(t, i.Fix, "the new key begins elsewhere, 8100")

	i = find(t, compare(t, dir, "druid-0.12.3", "druid-38"), Renamed, "druid.router.coordinatorServiceName")
	require.Nil(t, i.Fix, "38 does not read the new name either")
}

func TestClasses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"broker/main.config": "io.druid.cli.Main server broker\n",
		broker:               "druid.monitoring.monitors=[\"io.druid.client.cache.CacheMonitor\"]\n",
		"_common/log4j2.xml": "<Configuration><Loggers><Logger name=\"io.druid.server\" level=\"warn\"/><Root level=\"info\"/></Loggers></Configuration>\n",
	})
	var texts []string
	for _, i := range compare(t, dir, "druid-0.12.3", "druid-25").Items {
		if i.Kind == ClassRenamed {
			require.Equal(t, "0.13", i.Since)
			require.NotNil(t, i.Fix, i.Message)
			texts = append(texts, i.Fix.Edits[0].Text)
		}
	}
	slices.Sort(texts)
	require.Equal(t, []string{
		`"org.apache.druid.client.cache.CacheMonitor"`, `<Logger name="org.apache.druid.server" level="warn"/>`, "org.apache.druid.cli.Main",
	}, texts)
}

// TestDefaultsThatReach: a default counts where a process of the tree reads it,
// nobody sets it, and its conditions hold.
func TestDefaultsThatReach(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{router: "druid.service=druid/router\n"})
	r := compare(t, dir, "druid-0.15.1", "druid-38")
	i := find(t, r, DefaultChanged, "druid.generic.useDefaultValueForNull")
	require.Equal(t, []string{"true", "false", "28"}, []string{i.Was, i.Becomes, i.Since})
	none(t, r, "druid.broker.cache.unCacheable")                                             // no Broker
	none(t, r, "druid.cache.skipTlsHostnameVerification")                                    // no memcached
	none(t, r, "druid.coordinator.period")                                                   // PT60S is PT1M
	none(t, r, "druid.metadata.storage.tables.taskLock")                                     // only the reference changed
	none(t, compare(t, dir, "druid-28", "druid-38"), "druid.generic.useDefaultValueForNull") // before

	write(t, dir, map[string]string{
		common: "druid.generic.useDefaultValueForNull=true\ndruid.cache.type=memcached\n",
		broker: "druid.service=druid/broker\n",
	})
	r = compare(t, dir, "druid-0.15.1", "druid-38")
	find(t, r, Refused, "druid.generic.useDefaultValueForNull")
	require.Equal(t, []string{"broker"}, find(t, r, DefaultChanged, "druid.broker.cache.unCacheable").Services)
	find(t, compare(t, dir, "druid-37", "druid-38"), DefaultChanged, "druid.cache.skipTlsHostnameVerification")
}

func TestExtensions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{common: `druid.extensions.loadList=["druid-kafka-eight", "druid-orc-extensions", "druid-datasketches"]` + "\n", broker: "a=b\n"})
	r := compare(t, dir, "druid-0.12.3", "druid-38")
	var said []string
	for _, i := range r.Items {
		if i.Kind == ExtensionRemoved || i.Kind == ExtensionMoved {
			said = append(said, string(i.Kind)+" "+i.Since+" "+i.Message)
		}
	}
	require.Equal(t, []string{
		"extension-removed 0.16 Druid 38 has no extension druid-kafka-eight: the last release with it is 0.15",
		"extension-moved 0.15 druid-orc-extensions is in Druid's download now, and need not be fetched any more",
	}, said)

	write(t, dir, map[string]string{common: `druid.extensions.loadList=["druid-parser-route"]` + "\n"})
	i := find(t, compare(t, dir, "imply-3.0.19", "druid-34"), ExtensionRemoved, "druid.extensions.loadList")
	require.Contains(t, i.Message, "only Imply's distributions do")
}

func TestJava(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{broker: "a=b\n"})
	i := find(t, compare(t, dir, "druid-0.15.1", "druid-38"), Java, "")
	require.Equal(t, []string{"8", "17 or 21", "32"}, []string{i.Was, i.Becomes, i.Since})
	require.Equal(t, finding.Error, i.Severity)
	i = find(t, compare(t, dir, "druid-25", "druid-34"), Java, "")
	require.Equal(t, finding.Info, i.Severity, "Java 11 runs both")
}

// TestSecretsStayHidden: neither messages nor edits show one.
func TestSecretsStayHidden(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{common: "druid.metadata.postgres.sslPassword=geheim\ndruid.metadata.storage.connector.password=io.druid.geheim\n", broker: "a=b\n"})
	for _, i := range compare(t, dir, "druid-0.12.3", "druid-38").Items {
		require.NotContains(t, i.Message+i.Help, "geheim")
		if i.Fix != nil {
			require.NotContains(t, i.Fix.Edits[0].Text, "geheim")
		}
	}
}

// TestTheSchemaDecides sets any keys and goes any way, up or down: a key is said
// to be lost if and only if a version on the way reads it and the last does not.
func TestTheSchemaDecides(t *testing.T) {
	var exact []*schema.Property
	all := schema.Properties()
	for i := range all {
		if !all[i].IsPattern() && all[i].Refused == nil {
			exact = append(exact, &all[i])
		}
	}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		from := schema.Release(rapid.IntRange(int(schema.Oldest), int(schema.Newest)).Draw(t, "from"))
		to := schema.Release(rapid.IntRange(int(schema.Oldest), int(schema.Newest)).Draw(t, "to"))
		set := rapid.SliceOfNDistinct(rapid.SampledFrom(exact), 1, 30, func(p *schema.Property) string { return p.Name }).Draw(t, "keys")
		var text strings.Builder
		var want []string
		for _, p := range set {
			text.WriteString(p.Name + "=1\n")
			if readBetween(p, from, to) && !p.Releases.Has(to) {
				want = append(want, p.Name)
			}
		}
		write(t, dir, map[string]string{common: text.String(), broker: "druid.service=b\n"})
		r := compare(t, dir, "druid-"+from.String(), "druid-"+to.String())
		var lost []string
		for _, i := range r.Items {
			if i.Kind == Removed || i.Kind == Renamed {
				lost = append(lost, i.Property)
			}
		}
		slices.Sort(want)
		slices.Sort(lost)
		require.Equal(t, want, slices.Compact(lost))
		if from == to {
			require.Empty(t, r.Items)
		}
	})
}

// readBetween reports whether some release from one to the other reads it.
func readBetween(p *schema.Property, from, to schema.Release) bool {
	for r := min(from, to); r <= max(from, to); r++ {
		if p.Releases.Has(r) {
			return true
		}
	}
	return false
}

// A panic in a rule is an error of the comparison, in whichever version it is: a
// tree without files is none that Open makes.
func TestPanic(t *testing.T) {
	_, err := Compare(t.Context(), &conf.Tree{Path: "conf"}, &conf.Tree{Path: "conf"})
	var bug *rules.Bug
	require.ErrorAs(t, err, &bug)
	require.Equal(t, "conf", bug.Tree)
	require.NotEmpty(t, bug.Stack)
}
