package preflight_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// mountFUSE mounts an empty file system that the test serves itself, as one of a kind
// such as fuse.sshfs. One that hangs never answers, as a network that is gone; one that
// is dead has nobody to answer. It takes a namespace (inside).
func mountFUSE(t *testing.T, dir, kind string, serve func(*os.File)) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	fd, err := syscall.Open("/dev/fuse", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	require.NoError(t, err)
	device := os.NewFile(uintptr(fd), "/dev/fuse") // which blocks: the poller does not know it
	require.NoError(t, syscall.Mount("filer:/druid", dir, kind, 0, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)))
	t.Cleanup(func() {
		_ = syscall.Unmount(dir, syscall.MNT_FORCE|syscall.MNT_DETACH) // ends what hangs, and serve
		_ = syscall.Close(fd)
	})
	serve(device)
}

// hangs and dead are file systems without an answer.
func hangs(*os.File)        {}
func dead(device *os.File)  { _ = device.Close() }
func empty(device *os.File) { go serveFUSE(device) }

// serveFUSE answers as a folder without files on 64 of 128 GiB does: linux/fuse.h, 7.31.
func serveFUSE(device *os.File) {
	request := make([]byte, 1<<17)
	order := binary.NativeEndian
	for {
		n, err := device.Read(request)
		if err != nil || n < 40 {
			return
		}
		answer := make([]byte, 16, 128)
		switch order.Uint32(request[4:]) { // the opcode
		case 26: // INIT: the version, the sizes
			answer = order.AppendUint32(order.AppendUint32(answer, 7), 31)
			answer = append(answer, make([]byte, 56)...)
			order.PutUint32(answer[16+20:], 4096)
		case 3: // GETATTR, of the only inode
			attr := make([]byte, 104)
			order.PutUint64(attr[16:], 1)
			order.PutUint32(attr[16+60:], syscall.S_IFDIR|0o777)
			order.PutUint32(attr[16+64:], 2)
			answer = append(answer, attr...)
		case 17: // STATFS
			stat := make([]byte, 80)
			for i, blocks := range []uint64{1 << 25, 1 << 24, 1 << 24} {
				order.PutUint64(stat[8*i:], blocks)
			}
			order.PutUint32(stat[40:], 4096)
			order.PutUint32(stat[48:], 4096)
			answer = append(answer, stat...)
		case 27: // OPENDIR
			answer = append(answer, make([]byte, 16)...)
		case 28, 29: // READDIR, RELEASEDIR
		case 1: // LOOKUP
			order.PutUint32(answer[4:], uint32(0x100000000-uint64(syscall.ENOENT)))
		default:
			order.PutUint32(answer[4:], uint32(0x100000000-uint64(syscall.ENOSYS)))
		}
		order.PutUint32(answer, uint32(len(answer)))
		copy(answer[8:16], request[8:16])
		if _, err := device.Write(answer); err != nil {
			return
		}
	}
}
