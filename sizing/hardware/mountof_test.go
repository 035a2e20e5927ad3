package hardware

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMountOf(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "proc/self"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "proc/self/mountinfo"), []byte(
		"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"+
			"2 1 8:2 / /mnt rw,noexec - xfs /dev/sdb1 rw\n"+
			"3 1 0:9 / /mnt rw - tmpfs tmpfs rw,size=1024k\n"+
			"4 1 8:3 / /mnt/disk2 ro - ext4 /dev/sdc1 ro\n"), 0o644))
	for path, want := range map[string]string{"/": "8:1", "/var": "8:1", "/mnt": "0:9", "/mnt/x/y": "0:9", "/mnt/disk2/z": "8:3", "/mnt/disk22": "0:9"} {
		m, ok := MountOf(root, path)
		require.True(t, ok, path)
		require.Equal(t, want, m.Device, path)
	}
	m, _ := MountOf(root, "/mnt/disk2")
	require.Contains(t, m.Options, "ro")
	_, ok := MountOf(t.TempDir(), "/")
	require.False(t, ok)
}
