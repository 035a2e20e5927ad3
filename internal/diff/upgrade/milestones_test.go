package upgrade

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// says reports whether a report has an item of a kind whose message has a text.
func says(r Report, kind Kind, text string) bool {
	return slices.ContainsFunc(r.Items, func(i Item) bool { return i.Kind == kind && strings.Contains(i.Message, text) })
}

// hadoopTree is one that every milestone concerns.
func hadoopTree(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		common:                             "druid.zk.service.host=zk1\nhadoop.io.sort.mb=1\n",
		broker:                             "druid.service=druid/broker\n",
		"coordinator/runtime.properties":   "druid.service=druid/coordinator\n",
		"overlord/runtime.properties":      "druid.service=druid/overlord\n",
		"middleManager/runtime.properties": "druid.service=druid/middleManager\n",
		"historical/runtime.properties":    "druid.service=druid/historical\n",
	})
	return dir
}

// TestMilestones: each is said by the upgrade that passes its release, and by no
// other; where it needs a release to begin with, on both sides of that.
func TestMilestones(t *testing.T) {
	dir := hadoopTree(t)
	at := func(r schema.Release) string { return "druid-" + r.String() }
	for _, m := range milestones() {
		from := m.release - 1
		if m.below > 0 {
			from = m.below - 1
			require.False(t, says(compare(t, dir, at(m.below), at(m.release)), m.kind, m.message), "%s from %s", m.message, m.below)
		}
		require.True(t, says(compare(t, dir, at(from), at(m.release)), m.kind, m.message), "%s from %s", m.message, from)
		require.False(t, says(compare(t, dir, at(from), at(m.release-1)), m.kind, m.message), "%s to %s", m.message, m.release-1)
		if m.release < 38 {
			require.False(t, says(compare(t, dir, at(m.release), at(m.release+1)), m.kind, m.message), "%s from %s", m.message, m.release)
		}
		require.NotEmpty(t, m.source)
	}
}

// TestWithoutHadoop: what nobody has set up is not lost, and without ZooKeeper none
// is upgraded.
func TestWithoutHadoop(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{common: "druid.zk.service.enabled=false\n", broker: "druid.service=druid/broker\n"})
	r := compare(t, dir, "druid-0.21", "druid-37")
	require.False(t, says(r, Runtime, "Hadoop"))
	require.False(t, says(r, Step, "ZooKeeper"))
}

// TestMetadata: whoever keeps Druid from altering its tables has to do it, or some of
// the processes do not start.
func TestMetadata(t *testing.T) {
	dir := hadoopTree(t)
	table := func(r Report) Item {
		i := slices.IndexFunc(r.Items, func(i Item) bool {
			return i.Kind == Metadata && strings.Contains(i.Message, "used_status_last_updated")
		})
		require.GreaterOrEqual(t, i, 0)
		return r.Items[i]
	}
	i := table(compare(t, dir, "druid-27", "druid-28"))
	require.Equal(t, finding.Info, i.Severity)
	require.Equal(t, "info", i.Consequence)
	require.Equal(t, []string{"coordinator", "overlord"}, i.Services)
	write(t, dir, map[string]string{common: "druid.zk.service.host=zk1\n" + createTablesKey + "=false\n"})
	i = table(compare(t, dir, "druid-27", "druid-28"))
	require.Equal(t, finding.Error, i.Severity)
	require.Equal(t, "stops", i.Consequence)
	require.Contains(t, i.Message, createTablesKey+" is false: Druid does not do it")
}

// steps are the releases of a way, "" for what goes for all.
func steps(r Report) (all []string) {
	for _, i := range r.Items {
		if i.Kind == Step {
			all = append(all, i.Since)
		}
	}
	return all
}

// TestWay: a stop is where both Javas run, the steps are in the order in which they
// are taken, and the order of the processes comes last.
func TestWay(t *testing.T) {
	dir := hadoopTree(t)
	require.Equal(t, []string{"0.22", "28", "31", "37", ""}, steps(compare(t, dir, "druid-0.12.3", "druid-38")))
	require.Equal(t, []string{""}, steps(compare(t, dir, "druid-28", "druid-38")))
	require.Empty(t, steps(compare(t, dir, "druid-38", "druid-38")))
	require.Empty(t, steps(compare(t, dir, "druid-38", "druid-28")))
}

// TestJavaStops: no stop where one Java runs both, and else the last release that the
// old Java runs.
func TestJavaStops(t *testing.T) {
	dir := hadoopTree(t)
	for from := schema.Release(12); from < 38; from++ {
		r := compare(t, dir, "druid-"+from.String(), "druid-38")
		stop := says(r, Step, "Java can be changed there by itself")
		require.Equal(t, !shareJava(from, 38), stop, from)
		for _, i := range r.Items {
			if i.Kind == Step && strings.Contains(i.Message, "Java can be changed") {
				require.True(t, shareJava(from, i.release()) && shareJava(i.release(), 38), "%s by %s", from, i.Since)
				require.False(t, shareJava(from, i.release()+1), "%s by %s is not the last", from, i.Since)
			}
		}
	}
}

// TestPivot: what Imply alone has is lost on the way to Druid, and only then.
func TestPivot(t *testing.T) {
	dir := hadoopTree(t)
	file := filepath.Join(dir, "conf", "pivot", "config.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte("port: 9095\n"), 0o644))
	i := find(t, compare(t, dir, "imply-3.0.19", "druid-34"), Product, "")
	require.Equal(t, "lost", i.Consequence)
	require.True(t, strings.HasSuffix(i.File, "conf/pivot/config.yaml"), i.File)
	require.False(t, says(compare(t, dir, "imply-2.7.8", "imply-3.0.19"), Product, ""))
	require.False(t, says(compare(t, dir, "druid-0.15.1", "druid-34"), Product, ""))
}

// TestConsequences: the chapters are in the order of what follows, and every item is
// in one.
func TestConsequences(t *testing.T) {
	r := compare(t, hadoopTree(t), "druid-0.12.3", "druid-38")
	last, n := 0, 0
	for _, i := range r.Items {
		at := slices.IndexFunc(Chapters(), func(c Chapter) bool { return c.Name == i.Consequence })
		require.GreaterOrEqual(t, at, last, i.Message)
		last = at
	}
	for _, c := range Chapters() {
		n += len(c.Of(r.Items))
	}
	require.Equal(t, len(r.Items), n)
	require.Equal(t, "results", find(t, r, DefaultChanged, "druid.sql.enable").Consequence)
	require.Equal(t, "default", find(t, r, DefaultChanged, "druid.processing.fifo").Consequence)
}

// TestSilentAreKnown: a misspelt name would silence a consequence.
func TestSilentAreKnown(t *testing.T) {
	for _, name := range silent() {
		p, ok := schema.Lookup(name)
		require.True(t, ok, name)
		first, _ := p.DefaultIn(max(p.Releases.From, 12))
		changes := false
		for r := max(p.Releases.From, 12); r <= 38; r++ {
			d, known := p.DefaultIn(r)
			changes = changes || known && written(d) != written(first)
		}
		require.True(t, changes, "%s: its default never changes", name)
	}
}

// TestMetadataInit: Druid has had no tool metadata-update in any release; the one that
// it has alters tables and does not make all of them.
func TestMetadataInit(t *testing.T) {
	dir := hadoopTree(t)
	write(t, dir, map[string]string{common: "druid.zk.service.host=zk1\n" + createTablesKey + "=false\n"})
	helps := map[string]string{}
	for _, i := range compare(t, dir, "druid-0.23", "druid-38").Items {
		if i.Kind == Metadata {
			helps[i.Since] = i.Help
		}
	}
	all := metadataInit + " It does not make the table indexingStates: write its statement after the upgrade notes of 37."
	require.Equal(t, map[string]string{"24": metadataInit, "28": metadataInit, "30": metadataInit, "31": metadataInit, "37": all}, helps)
	for _, i := range compare(t, hadoopTree(t), "druid-0.23", "druid-38").Items {
		if i.Kind == Metadata {
			require.Contains(t, i.Help, "Nothing, if the database user")
		}
	}
}

// TestHadoopIsAllowed: who has allowed it, or goes where there is none, is not told to.
func TestHadoopIsAllowed(t *testing.T) {
	const text = "run Hadoop tasks only where"
	dir := hadoopTree(t)
	require.True(t, says(compare(t, dir, "druid-33", "druid-36"), Runtime, text))
	require.False(t, says(compare(t, dir, "druid-33", "druid-37"), Runtime, text))
	write(t, dir, map[string]string{common: "hadoop.io.sort.mb=1\n" + allowHadoopKey + "=true\n"})
	require.False(t, says(compare(t, dir, "druid-33", "druid-36"), Runtime, text))
}
