package lint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
}

func plain(string) (Settings, error) { return Settings{}, nil }

// Two files of one tree are one tree, not two clusters that share everything.
func TestFilesOfOneTree(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk1,zk2\n",
		"conf/druid/broker/runtime.properties":         "druid.prot=8082\n",
		"conf/druid/historical/runtime.properties":     "druid.prot=8083\n",
	})
	t.Chdir(dir)
	r, err := Run(context.Background(), Options{Settings: plain, Paths: []string{
		"conf/druid/broker/runtime.properties", "conf/druid/historical/runtime.properties",
	}})
	require.NoError(t, err)
	require.Len(t, r.Trees, 1)
	require.Equal(t, 2, r.Trees[0].Files)
	var files []string
	for _, f := range r.Findings {
		if f.Property == "druid.prot" {
			files = append(files, f.File)
		}
		require.NotEqual(t, "zk-even-or-two-nodes", f.Rule, "the common file was not asked for")
	}
	require.Equal(t, []string{"conf/druid/broker/runtime.properties", "conf/druid/historical/runtime.properties"}, files)
}

// A finding elsewhere stays when it points to the file, and names it as the user.
func TestOnly(t *testing.T) {
	p := &place{files: map[string]string{"../druid/a": "./a"}}
	at := func(file string) finding.Location { return finding.Location{File: file, Line: 1} }
	r := &Result{}
	edits := []finding.Edit{{Location: at("../druid/a"), Text: "x"}}
	r.Findings = []finding.Finding{
		{Rule: "here", Location: at("../druid/a"), Fix: &finding.Fix{Edits: edits}},
		{Rule: "elsewhere", Location: at("../druid/b")},
		{Rule: "because", Location: at("../druid/b"), Related: []finding.Related{{Location: at("../druid/a")}}},
	}
	r.Suppressed = []finding.Suppressed{{Finding: r.Findings[0]}, {Finding: r.Findings[1]}}
	p.only(r)
	require.Len(t, r.Findings, 2)
	require.Equal(t, "here a a", fmt.Sprint(r.Findings[0].Rule, " ", r.Findings[0].File, " ", r.Findings[0].Fix.Edits[0].File))
	require.Equal(t, "because ../druid/b a", fmt.Sprint(r.Findings[1].Rule, " ", r.Findings[1].File, " ", r.Findings[1].Related[0].File))
	require.Len(t, r.Suppressed, 1)
	require.Equal(t, "../druid/a", edits[0].File, "what is shared is not changed")
}

// A run that is cancelled reports nothing, and names what it left out.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 20 {
		tree := fmt.Sprintf("c%02d", i)
		write(t, dir, map[string]string{tree + "/broker/runtime.properties": "druid.port=1\n"})
		paths = append(paths, tree)
	}
	t.Chdir(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := Run(ctx, Options{Settings: plain, Paths: paths, Jobs: 1, Progress: func(done, _ int) {
		if done == 10 {
			cancel()
		}
	}})
	require.Nil(t, r)
	require.EqualError(t, err, "interrupted, and nothing is reported; not checked: c10, c11, c12, c13, c14 and 5 more")
}

// Trees below one path count as trees.
func TestProgressCountsTrees(t *testing.T) {
	dir := t.TempDir()
	for i := range 6 {
		write(t, dir, map[string]string{fmt.Sprintf("many/c%d/broker/runtime.properties", i): "druid.port=1\n"})
	}
	write(t, dir, map[string]string{"one/broker/runtime.properties": "druid.port=1\n"})
	t.Chdir(dir)
	var calls []string
	_, err := Run(context.Background(), Options{
		Paths: []string{"many", "one"}, Jobs: 1, Settings: plain,
		Progress: func(done, all int) { calls = append(calls, fmt.Sprintf("%d/%d", done, all)) },
	})
	require.NoError(t, err)
	require.Equal(t, []string{"1/7", "2/7", "3/7", "4/7", "5/7", "6/7", "7/7"}, calls)
}
