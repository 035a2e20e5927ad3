package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/schema"
)

// example is one of docs/policies.md.
var example = regexp.MustCompile("(?s)### ([a-z-]+)\n.*?```cue\n(.*?)```")

// Every example of the page passes the clean tree, and finds in the bad one of
// its archive what the archive says.
func TestExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/policies.md")
	require.NoError(t, err)
	all := example.FindAllStringSubmatch(string(page), -1)
	require.Len(t, all, 11)
	for _, match := range all {
		t.Run(match[1], func(t *testing.T) {
			archive, err := txtar.ParseFile("testdata/" + match[1] + ".txtar")
			require.NoError(t, err)
			p := load(t, match[2])
			assert.Empty(t, p.Check(t.Context(), tree(t, archive, "good"), "cluster"), "good")
			var want string
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			assert.Equal(t, want, lines(t, p, tree(t, archive, "bad")))
		})
	}
}

// load compiles a policy from its text.
func load(t *testing.T, text string) *policy.Policy {
	t.Helper()
	name := filepath.Join(t.TempDir(), "policy.cue")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	p, err := runner(t).Load(t.Context(), disk.User(name))
	require.NoError(t, err)
	return p
}

// runner is a runner that ends with the test.
func runner(t testing.TB) *policy.Runner {
	r := &policy.Runner{}
	t.Cleanup(r.Close)
	return r
}

// tree is the clean tree of the rules' examples, with the lines of one case of
// an archive behind those of its files.
func tree(t *testing.T, archive *txtar.Archive, name string) *conf.Tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "conf")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../rules/testdata/base/conf")))
	for _, f := range archive.Files {
		if file, ok := strings.CutPrefix(f.Name, name+"/"); ok {
			old, _ := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), append(old, f.Data...), 0o600))
		}
		if file, line, _ := strings.Cut(strings.TrimSpace(string(f.Data)), ": "); f.Name == "remove" && name == "bad" {
			old, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(strings.Replace(string(old), line+"\n", "", 1)), 0o600))
		}
	}
	var o conf.Options
	for line := range strings.Lines(string(archive.Comment)) {
		target, ok := strings.CutPrefix(strings.TrimSpace(line), name+": target=")
		if !ok {
			continue
		}
		parsed, err := schema.ParseTarget(target)
		require.NoError(t, err)
		o.Target = &parsed
	}
	trees, err := conf.Open(t.Context(), dir, o)
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// lines writes findings one a line, and checks what all have in common.
func lines(t *testing.T, p *policy.Policy, tree *conf.Tree) string {
	t.Helper()
	var b strings.Builder
	for _, f := range p.Check(t.Context(), tree, "cluster") {
		assert.Equal(t, tree.Path, f.Tree)
		assert.True(t, len(f.Related) == 0 || filepath.Base(f.Related[0].File) == "policy.cue" && f.Related[0].Line > 0)
		b.WriteString(line(tree, f) + "\n")
	}
	return b.String()
}

func line(tree *conf.Tree, f finding.Finding) string {
	return fmt.Sprintf("%s:%d: %s: %s [%s]", strings.TrimPrefix(f.File, tree.Path+"/"), f.Line, f.Severity, f.Message, f.Rule)
}
