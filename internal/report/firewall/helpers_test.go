package firewall

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
)

// mapOf is the map of the cluster in ports/testdata.
func mapOf(t *testing.T) ports.Map {
	archive, err := txtar.ParseFile("../../../ports/testdata/cluster.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	trees, err := conf.Open(t.Context(), dir, conf.Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	m := ports.Of(trees[0], false)
	m.Tree = "conf"
	return m
}

func prefixes(t *testing.T, texts ...string) []netip.Prefix {
	list, err := ParsePrefixes(texts)
	require.NoError(t, err)
	return list
}

func sample(t *testing.T) Sources {
	return Sources{
		ports.Master: prefixes(t, "10.77.0.1", "fd77::1"), ports.Query: prefixes(t, "10.77.0.2/32", "fd77::2"),
		ports.Data: prefixes(t, "10.77.0.3", "10.77.0.6", "fd77::3", "fd77::6"), ports.Clients: prefixes(t, "10.77.0.4", "fd77::4"),
	}
}
