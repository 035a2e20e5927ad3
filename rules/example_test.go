package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/rules/internal/exampletree"
)

// TestExamples lints every example: each case gives exactly the findings it
// wants and no other, which for good and nearly every near-miss is none.
func TestExamples(t *testing.T) {
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			e := r.Example()
			require.NotNil(t, e, "examples/%s.txtar is missing", r.ID)
			for _, c := range e.Cases {
				t.Run(c.Name, func(t *testing.T) {
					got := slices.DeleteFunc(lintCase(t, c), func(f string) bool {
						return r.ID != "sec-no-auth" && strings.HasSuffix(f, ": sec-no-auth") // the base tree has no authentication
					})
					if flag.Lookup("update").Value.String() == "true" {
						rewrite(t, r.ID, c.Name, got)
						return
					}
					require.Equal(t, strings.Join(c.Want, "\n"), strings.Join(got, "\n"))
				})
			}
		})
	}
}

var updating sync.Mutex

// rewrite puts what a case gives into its archive.
func rewrite(t *testing.T, id, name string, got []string) {
	updating.Lock()
	defer updating.Unlock()
	file := filepath.Join("examples", id+".txtar")
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	want := name + "/want"
	if name == "bad" {
		want = "want"
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == want })
	switch text := []byte(strings.Join(got, "\n") + "\n"); {
	case i >= 0 && len(got) == 0:
		archive.Files = slices.Delete(archive.Files, i, i+1)
	case i >= 0:
		archive.Files[i].Data = text
	case len(got) > 0:
		archive.Files = append(archive.Files, txtar.File{Name: want, Data: text})
	}
	require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
}

// TestEveryRuleIsComplete keeps anybody from adding half a rule.
func TestEveryRuleIsComplete(t *testing.T) {
	for _, r := range rules.All() {
		require.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)+$`, r.ID)
		for field, text := range map[string]string{
			"Title": r.Title, "Why": r.Why, "Effect": r.Effect, "Fix": r.Fix, "Source": r.Source, "Area": string(r.Area),
		} {
			require.NotEmpty(t, text, "%s of %s", field, r.ID)
		}
		require.Equal(t, r.Area != rules.Suppressions, (r.Check == nil) != (r.Claims == nil), r.ID)
		e := r.Example()
		require.NotRegexp(t, `(?m)^[a-z-]+=\S+$`, e.Note, "a directive of %s is for no case: write it as in bad: target=druid-33", r.ID)
		require.NotNil(t, e, "examples/%s.txtar is missing", r.ID)
		names := make([]string, 0, len(e.Cases))
		for _, c := range e.Cases {
			names = append(names, c.Name)
		}
		require.Contains(t, names, "bad", r.ID)
		require.Contains(t, names, "good", r.ID)
		require.True(t, slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "near-miss") }), "%s has no near-miss", r.ID)
		for _, c := range e.Cases {
			bad := c.Name == "bad" || strings.HasPrefix(c.Name, "bad-")
			own := slices.ContainsFunc(c.Want, func(want string) bool {
				hint := !bad && strings.HasSuffix(want, ": info: "+r.ID) // what is right may be worth a word
				return strings.HasSuffix(want, ": "+r.ID) && !hint
			})
			require.Equal(t, bad, own, "%s in %s", r.ID, c.Name)
			require.True(t, c.Name != "good" || !slices.ContainsFunc(c.Want, func(want string) bool { return !strings.Contains(want, ": info: ") }), "the good case of %s has findings", r.ID)
		}
		for _, id := range r.DefersTo {
			_, ok := rules.Lookup(id)
			require.True(t, ok, "%s defers to %s, which is no rule", r.ID, id)
		}
	}
	ids := map[string]bool{}
	for _, r := range rules.All() {
		require.False(t, ids[r.ID], "%s is listed twice", r.ID)
		ids[r.ID] = true
	}
	files, err := filepath.Glob("examples/*.txtar")
	require.NoError(t, err)
	for _, f := range files {
		id := strings.TrimSuffix(filepath.Base(f), ".txtar")
		require.True(t, ids[id], "%s belongs to no rule", f)
	}
}

// lintCase lints a case; each finding is "file:line:column: severity: rule".
func lintCase(t *testing.T, c *rules.Case) []string {
	t.Helper()
	found, err := exampletree.Lint(t.Context(), "testdata/base", c)
	require.NoError(t, err)
	var got []string
	for _, f := range found {
		for _, r := range f.Related {
			require.NotEqual(t, f.Location, r.Location, "%s: %q points at the finding's own place", f.Rule, r.Message)
		}
		got = append(got, fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Severity, f.Rule))
	}
	return got
}
