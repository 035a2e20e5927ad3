package text

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A shell reads the words back as they were.
func TestShell(t *testing.T) {
	for _, words := range [][]string{{"a", "/b/c.d"}, {"a b", "it's", ""}, {"$x", "`y`", `\`, "*", "a\nb"}} {
		out, err := exec.Command("sh", "-c", `printf '%s\0' `+Shell(words...)).Output()
		require.NoError(t, err)
		require.Equal(t, words, strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"))
	}
	require.Equal(t, "plain /mnt/disk1 a:b", Shell("plain", "/mnt/disk1", "a:b"))
}
