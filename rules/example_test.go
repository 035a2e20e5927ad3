package rules

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// TestExamples lints every example: each case gives exactly the findings it
// wants and no other, which for good and nearly every near-miss is none.
func TestExamples(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			e := r.Example()
			require.NotNil(t, e, "examples/%s.txtar is missing", r.ID)
			for _, c := range e.Cases {
				t.Run(c.Name, func(t *testing.T) {
					got := slices.DeleteFunc(lintCase(t, c), func(f string) bool {
						return r != secNoAuth && strings.HasSuffix(f, ": "+secNoAuth.ID) // the base tree has no authentication
					})
					require.Equal(t, strings.Join(c.Want, "\n"), strings.Join(got, "\n"))
				})
			}
		})
	}
}

// TestEveryRuleIsComplete keeps anybody from adding half a rule.
func TestEveryRuleIsComplete(t *testing.T) {
	for _, r := range All() {
		require.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)+$`, r.ID)
		for field, text := range map[string]string{
			"Title": r.Title, "Why": r.Why, "Effect": r.Effect, "Fix": r.Fix, "Source": r.Source, "Area": string(r.Area),
		} {
			require.NotEmpty(t, text, "%s of %s", field, r.ID)
		}
		require.True(t, (r.Check == nil) != (r.Claims == nil), r.ID)
		e := r.Example()
		require.NotNil(t, e, "examples/%s.txtar is missing", r.ID)
		names := make([]string, 0, len(e.Cases))
		for _, c := range e.Cases {
			names = append(names, c.Name)
		}
		require.Contains(t, names, "bad", r.ID)
		require.Contains(t, names, "good", r.ID)
		require.True(t, slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "near-miss") }), "%s has no near-miss", r.ID)
		for _, c := range e.Cases {
			own := slices.ContainsFunc(c.Want, func(want string) bool { return strings.HasSuffix(want, ": "+r.ID) })
			require.Equal(t, c.Name == "bad", own, "%s in %s", r.ID, c.Name)
			require.True(t, c.Name != "good" || c.Want == nil, "the good case of %s has findings", r.ID)
		}
		for _, id := range r.DefersTo {
			_, ok := Lookup(id)
			require.True(t, ok, "%s defers to %s, which is no rule", r.ID, id)
		}
	}
	ids := map[string]bool{}
	for _, r := range All() {
		require.False(t, ids[r.ID], "%s stands twice", r.ID)
		ids[r.ID] = true
	}
	files, err := filepath.Glob("examples/*.txtar")
	require.NoError(t, err)
	for _, f := range files {
		id := strings.TrimSuffix(filepath.Base(f), ".txtar")
		require.True(t, ids[id], "%s belongs to no rule", f)
	}
}

// lintCase lays the case over the base tree and lints it. The lines of a
// properties file are appended to the base file, whose own lines of the same
// keys go; line numbers count in the example's text.
func lintCase(t *testing.T, c *Case) []string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/base")))
	target := schema.DefaultTarget
	if c.Target != "" {
		var err error
		target, err = schema.ParseTarget(c.Target)
		require.NoError(t, err)
	}
	if target.Release < 13 {
		oldPackages(t, dir)
	}
	for _, key := range c.Remove {
		file, key, _ := strings.Cut(key, ": ")
		removeKey(t, filepath.Join(dir, file), key)
	}
	shift := map[string]int{}
	for _, f := range c.Files {
		if dc2 := filepath.Join(dir, "dc2"); strings.HasPrefix(f.Name, "dc2/") {
			if _, err := os.Stat(dc2); err != nil { // a second cluster
				require.NoError(t, os.CopyFS(dc2, os.DirFS("testdata/base")))
			}
		}
		shift[f.Name] = overlay(t, dir, f.Name, f.Data)
	}
	trees, err := conftree.Open(dir, conftree.Options{Target: &target})
	require.NoError(t, err)
	var got []string
	var groups [][]Result
	for _, tree := range trees {
		r := Lint(tree, Options{Deployment: c.Deployment, Topology: c.Topology})
		groups = append(groups, []Result{r})
		for _, f := range r.Findings {
			got = append(got, place(t, dir, f, shift))
		}
	}
	for _, f := range Between(groups) {
		got = append(got, place(t, dir, f, shift))
	}
	return got
}

func place(t *testing.T, dir string, f finding.Finding, shift map[string]int) string {
	rel, err := filepath.Rel(dir, f.File)
	require.NoError(t, err)
	rel = filepath.ToSlash(rel)
	line := f.Line
	if line > 0 {
		line -= shift[rel]
	}
	return fmt.Sprintf("%s:%d: %s", rel, line, f.Rule)
}

// overlay writes one file of a case and returns how many lines of the base
// stand before the example's first.
func overlay(t *testing.T, dir, name string, data []byte) int {
	full := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	base, err := os.ReadFile(full)
	merge := err == nil && path.Ext(name) == ".properties"
	if !merge {
		require.NoError(t, os.WriteFile(full, data, 0o644))
		return 0
	}
	set := conftree.ParseProperties(data).Map()
	var kept []string
	for line := range strings.Lines(string(base)) {
		key, _, _ := strings.Cut(line, "=")
		if _, again := set[key]; !again {
			kept = append(kept, line)
		}
	}
	require.NoError(t, os.WriteFile(full, append([]byte(strings.Join(kept, "")), data...), 0o644))
	return len(kept)
}

// removeKey drops the lines that start with key; without a key, the file.
func removeKey(t *testing.T, file, key string) {
	if key == "" {
		require.NoError(t, os.RemoveAll(file))
		return
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var kept []string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, key) {
			kept = append(kept, line)
		}
	}
	require.NotEqual(t, strings.Join(kept, ""), string(data), "nothing to remove in %s", file)
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(kept, "")), 0o644))
}

// oldPackages turns the base tree into one for releases before 0.13.
func oldPackages(t *testing.T, dir string) {
	require.NoError(t, filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), "org.apache.druid", "io.druid")
		text = strings.ReplaceAll(text, "runner.type=httpRemote", "runner.type=remote")
		text = strings.ReplaceAll(text, "druid.indexer.runner.endPort=8199\n", "") // came with 0.13
		return os.WriteFile(file, []byte(text), 0o644)
	}))
}
