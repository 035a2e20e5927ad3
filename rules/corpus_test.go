package rules

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

var update = flag.Bool("update", false, "rewrite golden files and what the examples want; read what changed")

// lintTree lints a tree of the corpus; findings have paths relative to it.
func lintTree(t *testing.T, dir, target string) []finding.Finding {
	var o conf.Options
	if target != "" {
		parsed, err := schema.ParseTarget(target)
		require.NoError(t, err)
		o.Target = &parsed
	}
	trees, err := conf.Open(t.Context(), dir, o)
	require.NoError(t, err)
	var found []finding.Finding
	for _, tree := range trees {
		result, err := Lint(t.Context(), tree, Options{})
		require.NoError(t, err)
		found = append(found, result.Findings...)
	}
	for i := range found {
		found[i].File = strings.TrimPrefix(found[i].File, filepath.ToSlash(dir)+"/")
		for j := range found[i].Related {
			found[i].Related[j].File = strings.TrimPrefix(found[i].Related[j].File, filepath.ToSlash(dir)+"/")
		}
	}
	return found
}

// corpusTrees are the trees that are trees, and not charts or images.
func corpusTrees(t *testing.T) []string {
	var trees []string
	for _, form := range []string{"imply-tree", "druid-tree", "flat-tree"} {
		found, err := filepath.Glob(filepath.Join(sharedDir(t), "corpus", form, "*"))
		require.NoError(t, err)
		trees = append(trees, found...)
	}
	require.Greater(t, len(trees), 40)
	return trees
}

// TestCorpusHolds lints every tree: it neither fails nor reports outside of a
// file, and its places exist.
func TestCorpusHolds(t *testing.T) {
	count := map[string]int{}
	for _, tree := range corpusTrees(t) {
		for _, f := range lintTree(t, tree, "") {
			count[f.Severity.String()]++
			require.NotEmpty(t, f.File, "%s in %s", f.Rule, tree)
			if f.Line > 0 {
				require.LessOrEqual(t, [2]int{f.Line, f.Column}[0], f.EndLine, f.Rule)
				require.Positive(t, f.Column, f.Rule)
			}
		}
	}
	t.Log(count)
}

// TestOfficialTrees compares what is said of Druid's and Imply's own trees with
// a list that was judged line by line: no error but those that are proved.
func TestOfficialTrees(t *testing.T) {
	release := regexp.MustCompile(`__(?:imply-)?(\d[\d.]*)`)
	var got []string
	for _, dir := range corpusTrees(t) {
		name := filepath.Base(dir)
		if !strings.HasPrefix(name, "apache__druid__") && !strings.HasPrefix(name, "doctording__") {
			continue
		}
		target := "druid-" + release.FindStringSubmatch(name)[1]
		if strings.HasPrefix(name, "doctording__") {
			target = "imply-2.7.8"
		}
		for _, f := range lintTree(t, dir, target) {
			if f.Severity > finding.Info {
				got = append(got, fmt.Sprintf("%s %s:%d: %s: %s", name, f.File, f.Line, f.Severity, f.Rule))
			}
		}
	}
	golden := "testdata/official.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(want)), strings.Join(got, "\n"))
}

// expectation is what a careful engineer found at a place, or found to be right
// there.
type expectation struct {
	File         *string
	Lines        []int
	Rules        []string
	What         string
	Severity     string
	Alternatives []expectation
}

// TestFindings compares with what a careful engineer found in the trees.
func TestFindings(t *testing.T) {
	root := filepath.Join(sharedDir(t), "corpus")
	data, err := os.ReadFile(filepath.Join(root, "findings.json"))
	require.NoError(t, err)
	var trees []struct {
		Tree, Target string
		MustFind     []expectation `json:"must_find"`
		MustNotFlag  []expectation `json:"must_not_flag"`
	}
	require.NoError(t, json.Unmarshal(data, &trees))
	found, missed, wrong := map[string]int{}, map[string]int{}, 0
	for _, tree := range trees {
		if !inScope(tree.Tree, tree.Target) {
			continue
		}
		findings := lintTree(t, filepath.Join(root, tree.Tree), tree.Target)
		for _, want := range tree.MustFind {
			if slices.ContainsFunc(findings, func(f finding.Finding) bool { return want.meets(f) }) {
				found[want.Severity]++
				continue
			}
			missed[want.Severity]++
			t.Logf("missed %s %s %s %v: %s", want.Severity, tree.Tree, *want.File, want.Lines, want.What)
		}
		for _, right := range tree.MustNotFlag {
			if i := slices.IndexFunc(findings, func(f finding.Finding) bool { return len(right.Rules) > 0 && right.flaggedBy(f) }); i >= 0 {
				wrong++
				t.Logf("wrong %s: %s: %s", tree.Tree, findings[i].Rule, right.What)
			}
		}
	}
	for _, severity := range slices.Sorted(maps.Keys(found)) {
		t.Logf("%-8s found %3d, missed %3d", severity, found[severity], missed[severity])
	}
	require.Zero(t, wrong, "what is right must not be flagged")
	require.Zero(t, missed["critical"], "critical mistakes must be found")
}

// inScope leaves out charts, images and releases before 0.12.
func inScope(tree, target string) bool {
	form, _, _ := strings.Cut(tree, "/")
	if !slices.Contains([]string{"imply-tree", "druid-tree", "flat-tree"}, form) {
		return false
	}
	_, err := schema.ParseTarget(target)
	return target == "" || err == nil
}

func (e expectation) meets(f finding.Finding) bool {
	places := []finding.Location{f.Location}
	for _, r := range f.Related {
		places = append(places, r.Location)
	}
	for _, anchor := range append([]expectation{e}, e.Alternatives...) {
		for _, p := range places {
			if anchor.File != nil && p.File == *anchor.File && near(anchor.Lines, p) &&
				(len(anchor.Lines) > 0 || len(e.Rules) == 0 || slices.Contains(e.Rules, f.Rule)) {
				return true
			}
		}
	}
	return false
}

func near(lines []int, p finding.Location) bool {
	end := max(p.Line, p.EndLine)
	return len(lines) == 0 || slices.ContainsFunc(lines, func(n int) bool { return p.Line-1 <= n && n <= end+1 })
}

func (e expectation) flaggedBy(f finding.Finding) bool {
	return f.Severity > finding.Info && slices.Contains(e.Rules, f.Rule) &&
		(e.File == nil || f.File == *e.File && (len(e.Lines) == 0 || slices.Contains(e.Lines, f.Line)))
}
