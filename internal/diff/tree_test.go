package diff

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/rules"
)

// quiet leaves the findings out, which have tests of their own.
var quiet = Options{Lint: rules.Options{Rules: []*rules.Rule{}}}

// open reads the only tree of a folder, with some of its files changed.
func open(t require.TestingT, dir string, overlay map[string][]byte) *conf.Tree {
	trees, err := conf.Open(context.Background(), dir, conf.Options{Overlay: overlay})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// ours is how many trees we have ourselves.
const ours = 2

// folders are the trees that are tried: two of ours, and real ones where there are.
func folders(t *testing.T) []string {
	list := []string{"../../testdata/demo/conf", "../../rules/testdata/base/conf"}
	shared := os.Getenv("IMPLYCHECK_SHARED")
	if shared == "" {
		return list
	}
	for _, form := range []string{"imply-tree", "druid-tree", "flat-tree"} {
		found, err := filepath.Glob(filepath.Join(shared, "corpus", form, "*"))
		require.NoError(t, err)
		for _, dir := range found {
			if trees, err := conf.Open(context.Background(), dir, conf.Options{}); err == nil && len(trees) == 1 && len(trees[0].Services) > 0 {
				list = append(list, dir)
			}
		}
	}
	require.Greater(t, len(list), 20)
	return list
}

// eachFolder tries a property on every tree: often on ours, and on the many real
// ones a few times each.
func eachFolder(t *testing.T, property func(t *rapid.T, dir string)) {
	checks := flag.Lookup("rapid.checks")
	given := checks.Value.String()
	defer func() { require.NoError(t, checks.Value.Set(given)) }()
	for i, dir := range folders(t) {
		if i >= ours {
			require.NoError(t, checks.Value.Set("5"))
		}
		t.Run(dir, func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { property(t, dir) }) })
	}
}

// trees are those of a few files, given by their names, and where they lie.
func trees(t *testing.T, files map[string]string) (dir string, list []*conf.Tree) {
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	list, err := conf.Open(context.Background(), dir, conf.Options{})
	require.NoError(t, err)
	return dir, list
}

// tree is the lone one of a few files.
func tree(t *testing.T, files map[string]string) *conf.Tree {
	_, list := trees(t, files)
	require.Len(t, list, 1)
	return list[0]
}

// compared are two copies of a cluster, compared.
func compared(t require.TestingT, a, b *conf.Tree, o Options) Cluster {
	c, err := Trees(context.Background(), a, b, o)
	require.NoError(t, err)
	return c
}

// said writes the changes of a cluster down, one a line: processes, kind, key,
// and what becomes of it.
func said(c Cluster) []string {
	list := []string{}
	add := func(who string, changes []Change) {
		for _, c := range changes {
			line := who + ": " + string(c.Kind) + " " + c.Key
			for _, v := range []*Value{c.Before, c.After} {
				text := "-"
				if v != nil {
					text = v.Text
				}
				line += " " + text
			}
			if c.Unread {
				line += " (unread)"
			}
			list = append(list, line)
		}
	}
	for _, g := range c.Groups {
		who := strings.Join(g.Services, ",")
		if g.All {
			who = "all"
		}
		add(who, g.Changes)
	}
	for _, f := range c.Files {
		if f.Kind != Changed {
			list = append(list, f.File+": "+string(f.Kind))
		}
		add(f.File, f.Changes)
	}
	return list
}

// replaced is text with every old as new, of which there must be one.
func replaced(t require.TestingT, text, old, fresh string) string {
	require.Contains(t, text, old)
	return strings.ReplaceAll(text, old, fresh)
}
