package retune_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/edit/retune"
)

func diff(t *testing.T, runtime string, lines ...string) (string, []string) {
	dir := t.TempDir()
	lay(t, dir, map[string]string{"druid/historical/runtime.properties": runtime, "druid/historical/jvm.config": ""})
	changes, notes := retune.Apply(open(t, dir, "druid-34"), planOf(process("historical", lines...)))
	require.Empty(t, notes)
	text, masked := retune.Diff(changes)
	for i := range masked {
		masked[i] = strings.TrimPrefix(masked[i], dir+"/")
	}
	return strings.ReplaceAll(text, strings.TrimPrefix(dir, "/")+"/", ""), masked
}

func TestDiff(t *testing.T) {
	text, masked := diff(t, "1=1\n2=2\n3=3\n4=4\ndruid.processing.numThreads=3\n6=6\n7=7\n8=8\n9=9\ndruid.cache.type=local\nend=1", "druid.processing.numThreads=7", "druid.cache.type=caffeine", "druid.server.http.numThreads=60")
	require.Empty(t, masked)
	require.Equal(t, `--- a/druid/historical/runtime.properties
+++ b/druid/historical/runtime.properties
@@ -2,10 +2,12 @@
 2=2
 3=3
 4=4
-druid.processing.numThreads=3
+druid.processing.numThreads=7
 6=6
 7=7
 8=8
 9=9
-druid.cache.type=local
-end=1
\ No newline at end of file
+druid.cache.type=caffeine
+end=1
+# 2 x 3 (the guide)
+druid.server.http.numThreads=60
`, text)
}

// The lines that a second hunk begins at count what the first one added.
func TestDiffOfTwoHunks(t *testing.T) {
	gap := strings.Repeat("x=1\n", 9)
	text, _ := diff(t, "druid.processing.numThreads=\\\n3\n"+gap+"druid.cache.type=local\n", "druid.processing.numThreads=7", "druid.cache.type=caffeine")
	require.Contains(t, text, "@@ -1,5 +1,5 @@")
	require.Contains(t, text, "@@ -9,4 +9,4 @@")
	text, _ = diff(t, "druid.segmentCache.locations=[\\\n]\n"+gap+"druid.cache.type=local\n", `druid.segmentCache.locations=[{"path":"a","maxSize":1}]`, "druid.cache.type=caffeine")
	require.Contains(t, text, "@@ -1,5 +1,4 @@")
	require.Contains(t, text, "@@ -9,4 +8,4 @@")
}

func TestDiffShowsNoSecrets(t *testing.T) {
	const secret = "druid.metadata.storage.connector.password=hunter2\n"
	text, masked := diff(t, secret+"a=1\nb=2\ndruid.processing.numThreads=3\nc=3\nd=4\n"+secret, "druid.processing.numThreads=7")
	require.Empty(t, masked)
	require.NotContains(t, text, "hunter2")
	require.Contains(t, text, " a=1\n b=2\n-druid.processing.numThreads=3\n")

	text, masked = diff(t, "druid.processing.numThreads=3\n"+secret, "druid.processing.numThreads=7")
	require.Equal(t, []string{"druid/historical/runtime.properties"}, masked)
	require.NotContains(t, text, "hunter2")
	require.Contains(t, text, " druid.metadata.storage.connector.password=****\n")

	text, masked = diff(t, "druid.processing.numThreads=3\ndruid.metadata.storage.connector.password=\\\n  hunter2\n", "druid.processing.numThreads=7")
	require.Len(t, masked, 1)
	require.NotContains(t, text, "hunter2")
}

// A patch has no secret and nothing in the place of one: what would need it is
// left out, and the rest is as in a diff.
func TestPatchLeavesSecretsOut(t *testing.T) {
	const before = "a=1\nb=2\nc=3\nd=4\ne=5\nf=6\ng=7\ndruid.auth.basic.password=hunter2\n"
	dir := t.TempDir()
	lay(t, dir, map[string]string{"druid/historical/runtime.properties": before, "druid/historical/jvm.config": ""})
	tree := open(t, dir, "druid-34")
	for _, f := range tree.Files {
		if f.Base() != "runtime.properties" {
			continue
		}
		change := retune.NewChange(tree.Masker(), f, []byte(strings.Replace(strings.Replace(before, "a=1", "a=one", 1), "g=7", "g=seven", 1)))
		change.Path = "runtime.properties"
		text, left := retune.Patch([]retune.Change{change})
		require.Equal(t, []string{"runtime.properties"}, left)
		require.Equal(t, "--- a/runtime.properties\n+++ b/runtime.properties\n@@ -1,2 +1,2 @@\n-a=1\n+a=one\n b=2\n", text)
		return
	}
	t.Fatal("no file")
}
