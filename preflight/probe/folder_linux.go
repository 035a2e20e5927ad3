package probe

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/sizing/hardware"
)

// folder finds out what a folder is on, and what a user may do with it. What that
// user may is computed from the modes: no root is needed to ask for another.
func folder(ctx context.Context, q facts.Folder) (*facts.Place, error) {
	path, err := filepath.Abs(q.Path)
	if err != nil {
		return nil, err
	}
	who, err := lookup(q.User)
	if err != nil {
		return nil, err
	}
	p := &facts.Place{Path: path, User: who.name, Used: -1}
	info, err := nearest(p, path)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(p.Nearest)
	if err != nil {
		return nil, err
	}
	stat := info.Sys().(*syscall.Stat_t)
	p.IsDir, p.Mode, p.UID, p.GID = info.IsDir(), info.Mode().String(), int(stat.Uid), int(stat.Gid)
	p.Blocked = who.blocked(real)
	p.Writable = p.Blocked == "" && who.may(real, info, 2) && (!info.IsDir() || who.may(real, info, 1))
	p.Readable = p.Blocked == "" && who.may(real, info, 4)
	space(p, real)
	if q.Measure && p.Exists {
		p.Used = used(ctx, real)
	}
	if q.Probe && p.Exists && p.IsDir {
		write(p)
	}
	return p, nil
}

// nearest finds the folder, or the one above in which it would be made.
func nearest(p *facts.Place, path string) (fs.FileInfo, error) {
	for p.Nearest = path; ; p.Nearest = filepath.Dir(p.Nearest) {
		info, err := os.Stat(p.Nearest)
		if err == nil {
			p.Exists = p.Nearest == path
			return info, nil
		}
		if target, is := os.Readlink(p.Nearest); is == nil {
			p.Dangling = p.Nearest + " is a link to " + target
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) || p.Nearest == "/" {
			return nil, err
		}
	}
}

// space asks the file system.
func space(p *facts.Place, real string) {
	var s syscall.Statfs_t
	if syscall.Statfs(real, &s) == nil {
		block := int64(s.Bsize)
		p.Size, p.Free, p.Inodes, p.InodesFree = int64(s.Blocks)*block, int64(s.Bavail)*block, int64(s.Files), int64(s.Ffree)
	}
	if m, ok := hardware.MountOf("/", real); ok {
		p.Mount = facts.Mount{Device: m.Device, Point: m.Point, Kind: m.Kind, Source: m.Source, Options: m.Options}
	}
}

// used adds up what is in a folder, each file once; -1 if that takes too long or
// something of it may not be seen.
func used(ctx context.Context, dir string) int64 {
	sum := int64(0)
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if info, err := e.Info(); err == nil && !e.IsDir() {
			if s, ok := info.Sys().(*syscall.Stat_t); ok {
				sum += s.Blocks * 512
			}
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return sum
}

// write makes a file, and takes it away again.
func write(p *facts.Place) {
	f, err := os.CreateTemp(p.Path, ".implycheck-*")
	if err != nil {
		p.WriteError = err.Error()
		return
	}
	defer func() { _ = os.Remove(f.Name()) }()
	p.Wrote = f.Name()
	_, err = f.Write(make([]byte, 4096))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		p.WriteError = err.Error()
	}
}

// person is a user and what groups he is in.
type person struct {
	name   string
	uid    int
	groups []int
}

// lookup finds a user by name or number; whoever asks, without one.
func lookup(name string) (person, error) {
	if name == "" {
		groups, _ := os.Getgroups()
		p := person{name: strconv.Itoa(os.Geteuid()), uid: os.Geteuid(), groups: append(groups, os.Getegid())}
		if u, err := user.LookupId(p.name); err == nil {
			p.name = u.Username
		}
		return p, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.LookupId(name); err != nil {
			return person{}, rejected{"there is no user " + name + " here"}
		}
	}
	p := person{name: u.Username}
	p.uid, _ = strconv.Atoi(u.Uid)
	ids, _ := u.GroupIds()
	for _, id := range append(ids, u.Gid) {
		gid, _ := strconv.Atoi(id)
		p.groups = append(p.groups, gid)
	}
	return p, nil
}

// may says whether the person may read (4), write (2) or enter (1): by the mode, and where
// there is an access control list by that. Root may everything.
func (p person) may(path string, info fs.FileInfo, bit fs.FileMode) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if p.uid == 0 || !ok {
		return true
	}
	if list := accessList(path); len(list) > 0 {
		return p.listed(list, stat, bit)
	}
	switch {
	case int(stat.Uid) == p.uid:
		bit <<= 6
	case slices.Contains(p.groups, int(stat.Gid)):
		bit <<= 3
	}
	return info.Mode()&bit != 0
}

// blocked is the first folder above a path that the person may not enter.
func (p person) blocked(path string) string {
	var above []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		above = append(above, dir)
		if dir == "/" || dir == "." {
			break
		}
	}
	for _, dir := range slices.Backward(above) {
		if info, err := os.Stat(dir); err == nil && !p.may(dir, info, 1) {
			return dir
		}
	}
	return ""
}
