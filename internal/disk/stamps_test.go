package disk

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func anything(string, bool) bool { return true }

// A link that the user names is looked behind, and seen to lead elsewhere.
func TestStampsBehindALink(t *testing.T) {
	t.Chdir(lay(t, "v1/broker/a", "v2/broker/a"))
	link(t, "v1", "current")
	names := func() (map[string]Stamp, []string) {
		stamps, all := Stamps([]string{"current"}, 10, anything)
		require.True(t, all)
		return stamps, slices.Sorted(maps.Keys(stamps))
	}
	one, list := names()
	require.Equal(t, []string{"current", filepath.FromSlash("current/broker/a")}, list)
	require.NoError(t, os.WriteFile("v1/broker/a", []byte("longer than it was"), 0o644))
	two, _ := names()
	require.NotEqual(t, one, two)
	require.NoError(t, os.Remove("current"))
	link(t, "v2", "current")
	three, list := names()
	require.Len(t, list, 2)
	require.NotEqual(t, one["current"], three["current"])
	require.NoError(t, os.RemoveAll("v2"))
	_, list = names()
	require.Equal(t, []string{"current"}, list)
}

// What lies in two paths counts once, whatever the paths look like.
func TestStampsAreBounded(t *testing.T) {
	t.Chdir(lay(t, "a/b/x", "a/c/y"))
	stamps, all := Stamps([]string{".", "./a", "a/b"}, 6, anything)
	require.True(t, all)
	require.Len(t, stamps, 2)
	_, all = Stamps([]string{"."}, 5, anything)
	require.False(t, all)
	stamps, all = Stamps([]string{"none"}, 5, anything)
	require.True(t, all)
	require.Empty(t, stamps)
	stamps, _ = Stamps([]string{"."}, 10, func(path string, _ bool) bool { return !strings.HasSuffix(path, "c") })
	require.Len(t, stamps, 1)
}
