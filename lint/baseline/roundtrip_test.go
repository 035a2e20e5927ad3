package baseline_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/baseline"
)

func lintAll(t require.TestingT, paths ...string) *finding.Report {
	r, err := lint.Run(context.Background(), lint.Options{
		Paths: paths, Facts: map[string]string{"deployment": "cluster"}, NoConfig: true,
	})
	require.NoError(t, err)
	return r
}

// realTrees are the demo, and the corpus where there is one.
func realTrees(t *testing.T) []string {
	list := []string{"../../testdata/demo"}
	if shared := os.Getenv("IMPLYCHECK_SHARED"); shared != "" {
		found, err := filepath.Glob(filepath.Join(shared, "corpus", "*-tree", "*"))
		require.NoError(t, err)
		require.Greater(t, len(found), 40)
		list = append(list, found...)
	}
	for i := range list {
		abs, err := filepath.Abs(list[i])
		require.NoError(t, err)
		list[i] = abs
	}
	return list
}

func write(t require.TestingT, r *finding.Report, file string, paths ...string) {
	b, err := baseline.New(disk.User(file))
	require.NoError(t, err)
	b.Update(r.Findings, paths)
	require.NoError(t, b.Write())
}

func apply(t require.TestingT, r *finding.Report, file string, paths ...string) (left []finding.Finding, suppressed []finding.Suppressed) {
	b, err := baseline.Load(disk.User(file))
	require.NoError(t, err)
	left, suppressed, stale := b.Apply(r.Findings, r.Trees, paths)
	require.Empty(t, stale)
	return left, suppressed
}

// TestRoundTrip: a baseline of all findings hides all of them, none is stale,
// and no other finding, also between clusters.
func TestRoundTrip(t *testing.T) {
	list := realTrees(t)
	if len(list) == 1 {
		list = append(list, list[0])
	}
	file := filepath.Join(t.TempDir(), "b.jsonl")
	r := lintAll(t, list...)
	all := len(r.Findings)
	require.Greater(t, all, 20)
	require.True(t, hasRule(r.Findings, "dc-"), "there is something between clusters")
	write(t, r, file, list...)
	left, suppressed := apply(t, r, file, list...)
	require.Empty(t, left)
	require.Len(t, suppressed, all)
}

func hasRule(findings []finding.Finding, prefix string) bool {
	for _, f := range findings {
		if strings.HasPrefix(f.Rule, prefix) {
			return true
		}
	}
	return false
}

// TestMovedLines: lines of a properties file move and one new mistake is made;
// it is the only finding, and nothing is stale.
func TestMovedLines(t *testing.T) {
	const mistake = "druid.nobody.knows.this.key"
	list := slices.DeleteFunc(realTrees(t), func(tree string) bool { return len(propertiesFiles(t, tree)) == 0 })
	copies := map[string]string{}
	rapid.Check(t, func(rt *rapid.T) {
		source := rapid.SampledFrom(list).Draw(rt, "tree")
		dir, known := copies[source]
		if !known {
			dir = t.TempDir()
			copies[source] = dir
		}
		tree, file := filepath.Join(dir, "tree"), filepath.Join(dir, "b.jsonl")
		if !known {
			require.NoError(rt, os.CopyFS(tree, os.DirFS(source)))
			write(rt, lintAll(rt, tree), file, tree)
		}
		changed := rapid.SampledFrom(propertiesFiles(t, tree)).Draw(rt, "file")
		old, err := os.ReadFile(changed)
		require.NoError(rt, err)
		defer os.WriteFile(changed, old, 0o644)
		text := moved(rt, string(old)) + "\n\n" + mistake + "=1\n"
		require.NoError(rt, os.WriteFile(changed, []byte(text), 0o644))
		found, _ := apply(rt, lintAll(rt, tree), file, tree)
		require.Len(rt, found, 1)
		require.Equal(rt, mistake, found[0].Property)
	})
}

func propertiesFiles(t *testing.T, tree string) []string {
	var files []string
	require.NoError(t, filepath.WalkDir(tree, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, "runtime.properties") {
			files = append(files, path)
		}
		return err
	}))
	return files
}

// moved adds lines that mean nothing before lines that begin an entry.
func moved(t *rapid.T, text string) string {
	var b strings.Builder
	goesOn := false
	for line := range strings.SplitAfterSeq(text, "\n") {
		if !goesOn {
			b.WriteString(strings.Repeat("\n", rapid.IntRange(0, 2).Draw(t, "lines")))
		}
		goesOn = strings.HasSuffix(strings.TrimRight(line, "\r\n"), `\`)
		b.WriteString(line)
	}
	return b.String()
}
