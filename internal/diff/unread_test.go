package diff

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
)

// A file that cannot be read any more is a difference, even if what it said is
// the default; one that cannot be read on both sides for the same reason is none.
func TestUnread(t *testing.T) {
	lay := func(change func(dir string) error) *conf.Tree {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"conf/_common/common.runtime.properties": "druid.zk.service.host=a\n", "conf/broker/runtime.properties": "druid.service=druid/broker\n", "conf/router/runtime.properties": "druid.service=druid/router\n",
		} {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		require.NoError(t, change(filepath.Join(dir, "conf")))
		return open(t, filepath.Join(dir, "conf"), nil)
	}
	replace := func(name, target string) func(string) error {
		return func(dir string) error {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return err
			}
			return os.Symlink(target, filepath.Join(dir, name))
		}
	}
	plain := func(string) error { return nil }
	const file, leadsOut = "broker/runtime.properties", "is a link that leads out of the tree and was not followed"
	for name, c := range map[string]struct {
		before, after func(string) error
		want          []string
	}{
		"the same":           {plain, plain, nil},
		"a link out":         {plain, replace(file, "/etc/hostname"), []string{file, "readable", leadsOut}},
		"no link any more":   {replace(file, "/etc/hostname"), plain, []string{file, leadsOut, "readable"}},
		"a folder out":       {plain, replace("broker", "/etc"), []string{"broker", "readable", leadsOut}},
		"two links out":      {replace(file, "/etc/hostname"), replace(file, "/etc/hosts"), nil},
		"a new link out":     {plain, replace("overlord", "/etc"), []string{"overlord", "not there", leadsOut}},
		"a link to the same": {plain, replace(file, "../router/runtime.properties"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, files := c, []string(nil)
			cluster, err := Trees(t.Context(), lay(c.before), lay(c.after), quiet)
			require.NoError(t, err)
			for _, f := range cluster.Files {
				require.Equal(t, Changed, f.Kind)
				require.Len(t, f.Changes, 1)
				files = append(files, f.File, f.Changes[0].Before.Text, f.Changes[0].After.Text)
			}
			require.Equal(t, c.want, files)
			if c.want != nil {
				require.Equal(t, Changed, cluster.Kind)
				require.True(t, Summarize([]Cluster{cluster}).Differ)
			}
		})
	}
}
