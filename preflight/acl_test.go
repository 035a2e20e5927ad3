package preflight_test

import (
	"encoding/binary"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// An access control list counts, and not the mode, whose bits of the group are its mask.
func TestAccessControlList(t *testing.T) {
	t.Parallel()
	nobody, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, _ := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, _ := strconv.ParseUint(nobody.Gid, 10, 32)
	dir := t.TempDir()
	openAbove(dir)
	const owner, users, group, groups, mask, other = 1, 2, 4, 8, 16, 32
	for name, c := range map[string]struct {
		list []uint32 // tag, rights and number of each entry
		want finding.Verdict
	}{
		"user":            {[]uint32{owner, 7, 0, users, 7, uint32(uid), group, 5, 0, mask, 7, 0, other, 0, 0}, finding.Pass},
		"user-masked":     {[]uint32{owner, 7, 0, users, 7, uint32(uid), group, 5, 0, mask, 5, 0, other, 7, 0}, finding.Fail},
		"user-and-not":    {[]uint32{owner, 7, 0, users, 0, uint32(uid), group, 7, 0, mask, 7, 0, other, 7, 0}, finding.Fail},
		"group":           {[]uint32{owner, 7, 0, group, 5, 0, groups, 7, uint32(gid), mask, 7, 0, other, 5, 0}, finding.Pass},
		"group-and-other": {[]uint32{owner, 7, 0, group, 5, 0, groups, 5, uint32(gid), mask, 7, 0, other, 7, 0}, finding.Fail},
		"others":          {[]uint32{owner, 7, 0, users, 7, 4711, group, 5, 0, mask, 7, 0, other, 7, 0}, finding.Pass},
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.Mkdir(path, 0o700))
		raw := []byte{2, 0, 0, 0}
		for i := 0; i < len(c.list); i += 3 {
			id := c.list[i+2]
			if tag := c.list[i]; tag != users && tag != groups {
				id = 1<<32 - 1
			}
			raw = binary.LittleEndian.AppendUint16(raw, uint16(c.list[i]))
			raw = binary.LittleEndian.AppendUint16(raw, uint16(c.list[i+1]))
			raw = binary.LittleEndian.AppendUint32(raw, id)
		}
		if err := syscall.Setxattr(path, "system.posix_acl_access", raw, 0); err == syscall.ENOTSUP {
			t.Skip("no access control lists on the file system of ", dir)
		} else {
			require.NoError(t, err, name)
		}
		s := cache(t, path, 1<<20)
		s.o.User = "nobody"
		requireOne(t, s.run(t, "live-folders"), "live-folders", c.want, "")
	}
}
