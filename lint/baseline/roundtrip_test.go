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
	"github.com/implycheck/implycheck/rules"
)

func lintAll(t require.TestingT, paths ...string) *finding.Report {
	r, err := lint.Run(context.Background(), lint.Options{Paths: paths, Settings: func(string) (lint.Settings, error) {
		return lint.Settings{Rules: rules.Options{Deployment: "cluster"}}, nil
	}})
	require.NoError(t, err)
	return r
}

// trees are the demo, and the corpus where there is one.
func trees(t *testing.T) []string {
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

func apply(t require.TestingT, r *finding.Report, file string, paths ...string) *finding.Report {
	b, err := baseline.Load(disk.User(file))
	require.NoError(t, err)
	b.Apply(r, paths)
	return r
}

// TestRoundTrip: a baseline of all findings hides all of them, none is stale,
// and no other finding, also between clusters.
func TestRoundTrip(t *testing.T) {
	list := trees(t)
	if len(list) == 1 {
		list = append(list, list[0])
	}
	file := filepath.Join(t.TempDir(), "b.jsonl")
	r := lintAll(t, list...)
	all := len(r.Findings)
	require.Greater(t, all, 20)
	require.True(t, hasRule(r.Findings, "dc-"), "there is something between clusters")
	write(t, r, file, list...)
	r = apply(t, r, file, list...)
	require.Empty(t, r.Findings)
	require.Len(t, r.Suppressed, all)
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
	list := slices.DeleteFunc(trees(t), func(tree string) bool { return len(propertiesFiles(t, tree)) == 0 })
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
		found := apply(rt, lintAll(rt, tree), file, tree).Findings
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
