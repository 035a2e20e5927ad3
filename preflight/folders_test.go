package preflight_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
)

// inside runs the test again in namespaces of its own, after a script that may
// mount and configure what it wants: all of that is gone with the process. It is
// true in there.
func inside(t *testing.T, script string) bool {
	t.Helper()
	return insideWith(t, "-rmn", script)
}

// insideWith makes the namespaces that flags of unshare name.
func insideWith(t *testing.T, flags, script string) bool {
	t.Helper()
	if os.Getenv("PREFLIGHT_INSIDE") == t.Name() {
		return true
	}
	unshare := program(t, "unshare")
	if out, err := exec.Command(unshare, "-rmn", "mount", "-t", "tmpfs", "none", "/mnt").CombinedOutput(); err != nil {
		t.Skipf("no namespaces here, not even for root: %s", out)
	}
	cmd := exec.Command(unshare, append(strings.Fields(flags), "bash", "-ec", script+"\nexec \"$0\" -test.run '^"+t.Name()+"$' -test.v -test.timeout 60m -test.parallel 8", os.Args[0])...)
	made := filepath.Join(t.TempDir(), "seen")
	cmd.Env = append(os.Environ(), "PREFLIGHT_INSIDE="+t.Name(), "PREFLIGHT_DIR="+t.TempDir(), "PREFLIGHT_SEEN="+made)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	takeOver(made)
	return false
}

// cache is a Historical with one location.
func cache(t *testing.T, path string, size int64) *setup {
	t.Helper()
	s := newSetup(t, "")
	s.o.Roles = []string{"historical"}
	s.files["conf/druid/historical/runtime.properties"] += fmt.Sprintf("druid.segmentCache.locations=[{\"path\":%q,\"maxSize\":%d}]\n", path, size)
	return s
}

func TestMounts(t *testing.T) {
	if !inside(t, `mkdir $PREFLIGHT_DIR/small $PREFLIGHT_DIR/ro $PREFLIGHT_DIR/few
mount -t tmpfs -o size=4m,noexec none $PREFLIGHT_DIR/small
mount -t tmpfs -o size=64m,nr_inodes=300 none $PREFLIGHT_DIR/few
mount -t tmpfs -o size=64m none $PREFLIGHT_DIR/ro; mkdir $PREFLIGHT_DIR/ro/cache; mount -o remount,ro $PREFLIGHT_DIR/ro`) {
		return
	}
	dir := os.Getenv("PREFLIGHT_DIR")
	small, readOnly := dir+"/small", dir+"/ro/cache"

	r := cache(t, small+"/cache", 100<<20).run(t, "live-disk", "live-mount", "live-folders")
	requireOne(t, r, "live-disk", finding.Fail, "4 MiB")
	requireOne(t, r, "live-mount", finding.Warn, "tmpfs")
	requireOne(t, r, "live-folders", finding.Pass, "does not exist")

	require.NoError(t, os.WriteFile(small+"/filler", make([]byte, 3<<20), 0o644))
	r = cache(t, small+"/cache", 2<<20).run(t, "live-disk")
	requireOne(t, r, "live-disk", finding.Warn, "free")
	require.NoError(t, os.Mkdir(small+"/full", 0o755))
	require.NoError(t, os.Rename(small+"/filler", small+"/full/filler"))
	r = cache(t, small+"/full", 4<<20).run(t, "live-disk")
	requireOne(t, r, "live-disk", finding.Pass, "free") // what is there counts

	r = cache(t, readOnly, 1<<20).run(t, "live-mount", "live-folders")
	requireOne(t, r, "live-mount", finding.Fail, "read-only")
	requireOne(t, r, "live-folders", finding.Fail, "read-only")

	r = cache(t, dir+"/few", 1<<20).run(t, "live-inodes")
	requireOne(t, r, "live-inodes", finding.Warn, "of 300")

	// Two locations on one file system share it.
	s := cache(t, small+"/a", 3<<20)
	s.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.segmentCache.locations=[{\"path\":%q,\"maxSize\":%d},{\"path\":%q,\"maxSize\":%d}]\n", small+"/a", 3<<20, small+"/b", 3<<20)
	r = s.run(t, "live-disk")
	require.Len(t, r.Findings, 2)
	require.Equal(t, 2, r.Summary.Errors)

	tmp := func(path, extensions string) *setup {
		s := newSetup(t, "")
		s.o.Roles = []string{"historical"}
		s.files["conf/druid/_common/common.runtime.properties"] = "druid.extensions.loadList=[" + extensions + "]\n"
		s.files["conf/druid/historical/jvm.config"] += "-Djava.io.tmpdir=" + path + "\n"
		return s
	}
	requireOne(t, tmp(small, `"druid-kafka-indexing-service"`).run(t, "live-tmp"), "live-tmp", finding.Warn, "noexec")
	requireOne(t, tmp(small, "").run(t, "live-tmp"), "live-tmp", finding.Warn, "noexec")
	requireOne(t, tmp(dir+"/few", "").run(t, "live-tmp"), "live-tmp", finding.Warn, "MiB free")
	requireOne(t, tmp(dir+"/none", "").run(t, "live-tmp"), "live-tmp", finding.Warn, "does not exist")
	require.NoError(t, os.WriteFile(dir+"/file", nil, 0o644))
	requireOne(t, tmp(dir+"/file", "").run(t, "live-tmp"), "live-tmp", finding.Warn, "not a folder")
	requireOne(t, tmp("var/tmp", "").run(t, "live-tmp"), "live-tmp", finding.Pass, "bin/supervise creates it")

	// What is written is named, and gone; a full disk takes nothing.
	s = cache(t, dir+"/few", 1<<20)
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-folders"), "live-folders", finding.Pass, "wrote "+dir+"/few/.implycheck-")
	left, err := os.ReadDir(dir + "/few")
	require.NoError(t, err)
	require.Empty(t, left)
	_ = os.WriteFile(small+"/more", make([]byte, 4<<20), 0o644)
	s = cache(t, small+"/full", 1<<20)
	s.o.ProbeWrites = true
	requireOne(t, s.run(t, "live-folders"), "live-folders", finding.Fail, "no space left")
}

func TestFolderRights(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string, mode os.FileMode) string {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(full, 0o755))
		require.NoError(t, os.Chmod(full, mode))
		return full
	}
	openAbove(dir)
	as := func(user, path string) *setup {
		s := cache(t, path, 1<<20)
		s.o.User = user
		return s
	}
	requireOne(t, as("nobody", path("open", 0o777)).run(t, "live-folders"), "live-folders", finding.Pass, "drwxrwxrwx")
	requireOne(t, as("nobody", path("closed", 0o755)).run(t, "live-folders"), "live-folders", finding.Fail, "drwxr-xr-x")
	inner := path("locked/inner", 0o777)
	require.NoError(t, os.Chmod(filepath.Dir(inner), 0o700))
	r := as("nobody", inner).run(t, "live-folders")
	requireOne(t, r, "live-folders", finding.Fail, "")
	require.True(t, hasFinding(r, "cannot enter "+filepath.Dir(inner)))
	requireOne(t, as("nobody", path("shut", 0o755)+"/new/cache").run(t, "live-folders"), "live-folders", finding.Fail, "does not exist")
	requireOne(t, as("no-such-user", dir).run(t, "live-folders"), "live-folders", finding.CannotSay, "no user no-such-user")
	// A link to a disk that is not mounted: mkdir makes nothing of it, not even for root.
	require.NoError(t, os.Symlink(dir+"/none", dir+"/link"))
	for _, path := range []string{"/link", "/link/cache"} {
		requireOne(t, as("root", dir+path).run(t, "live-folders"), "live-folders", finding.Fail, dir+"/link is a link to "+dir+"/none")
	}
	require.NoError(t, os.Symlink(path("real", 0o777), dir+"/whole"))
	requireOne(t, as("nobody", dir+"/whole").run(t, "live-folders"), "live-folders", finding.Pass, "drwxrwxrwx")
	require.NoError(t, os.WriteFile(dir+"/file", nil, 0o644))
	requireOne(t, as("root", dir+"/file").run(t, "live-folders"), "live-folders", finding.Fail, "")
}

// File systems that are not here.
func TestFolderAnswers(t *testing.T) {
	t.Parallel()
	answer := func(name string, p facts.Place) map[string]facts.Answer {
		return map[string]facts.Answer{name: {Folder: &p}}
	}
	nfs := facts.Place{Path: "/data/cache", Exists: true, IsDir: true, Writable: true, Size: 1 << 40, Free: 1 << 39, Mount: facts.Mount{Device: "0:50", Point: "/data", Kind: "nfs4", Source: "filer:/druid"}}
	s := cache(t, "/data/cache", 1<<30)
	s.answers = answer("folder /data/cache", nfs)
	requireOne(t, s.run(t, "live-mount"), "live-mount", finding.Warn, "nfs4")
	requireOne(t, s.run(t, "live-inodes"), "live-inodes", finding.Pass, "nfs4")
	disk := nfs
	disk.Mount = facts.Mount{Device: "8:1", Point: "/data", Kind: "xfs", Source: "/dev/sdb1"}
	s.answers = answer("folder /data/cache", disk)
	requireOne(t, s.run(t, "live-mount"), "live-mount", finding.Pass, "xfs")
	unseen := disk
	unseen.Used = -1
	s.answers = answer("size of /data/cache", unseen)
	requireOne(t, s.run(t, "live-disk"), "live-disk", finding.CannotSay, "512 GiB free")
	unseen.Mount = facts.Mount{}
	s.answers = answer("folder /data/cache", unseen)
	requireOne(t, s.run(t, "live-mount"), "live-mount", finding.CannotSay, "mountinfo")
	// One file system at two places is one; and what the locations may hold together is more
	// than a number can.
	for size, free := range map[int64]int64{600 << 30: 1 << 40, 1<<63 - 1: 1 << 62} {
		two := cache(t, "/data/cache", size)
		two.files["conf/druid/historical/runtime.properties"] = fmt.Sprintf("druid.segmentCache.locations=[{\"path\":\"/data/cache\",\"maxSize\":%d},{\"path\":\"/more/cache\",\"maxSize\":%[1]d}]\n", size)
		first, second := disk, disk
		first.Size, second.Size, second.Path, second.Mount.Point = free, free, "/more/cache", "/more"
		two.answers = map[string]facts.Answer{"size of /data/cache": {Folder: &first}, "size of /more/cache": {Folder: &second}}
		require.Equal(t, 2, two.run(t, "live-disk").Summary.Errors, "%d", size)
	}
	hangs := facts.Answer{Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer in time"}}
	s.answers = map[string]facts.Answer{"folder /data/cache": hangs, "size of /data/cache": hangs}
	for _, check := range []string{"live-mount", "live-disk", "live-inodes", "live-folders"} {
		requireOne(t, s.run(t, check), check, finding.CannotSay, "in time")
	}

	deep := newSetup(t, "druid.storage.type=local\ndruid.storage.storageDirectory=/data/cache\n")
	deep.answers = answer("folder /data/cache", nfs)
	requireOne(t, deep.run(t, "live-shared-storage"), "live-shared-storage", finding.Pass, "filer:/druid")
	deep.answers = answer("folder /data/cache", disk)
	requireOne(t, deep.run(t, "live-shared-storage"), "live-shared-storage", finding.Fail, "xfs")
	for _, kind := range []string{"gpfs", "beegfs", "ocfs2", ""} { // several machines mount these
		other := disk
		other.Mount.Kind = kind
		deep.answers = answer("folder /data/cache", other)
		requireOne(t, deep.run(t, "live-shared-storage"), "live-shared-storage", finding.CannotSay, "not known")
	}
	deep.deployment = "single"
	require.Empty(t, rows(deep.run(t, "live-shared-storage"), "live-shared-storage"))
}

// openAbove opens a folder of a test, and those above it that the test has made: they are
// closed to others.
func openAbove(dir string) {
	for d := dir; d != filepath.Clean(os.TempDir()) && d != "/"; d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o755)
	}
}
