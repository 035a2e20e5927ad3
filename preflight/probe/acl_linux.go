package probe

import (
	"encoding/binary"
	"io/fs"
	"slices"
	"syscall"
)

// entry is one of an access control list of POSIX.
type entry struct {
	tag, perm uint16
	id        uint32
}

// The tags of entries (linux/posix_acl.h).
const (
	aclOwner, aclUser, aclGroupObj, aclGroup, aclMask, aclOther = 1, 2, 4, 8, 16, 32
)

// accessList is the list of a file, or none. The kernel gives it as a version, which is 2,
// and eight bytes an entry (linux/posix_acl_xattr.h).
func accessList(path string) []entry {
	const head, size = 4, 8
	raw := make([]byte, 1<<16)
	n, err := syscall.Getxattr(path, "system.posix_acl_access", raw)
	if err != nil || n < head || binary.LittleEndian.Uint32(raw) != 2 {
		return nil
	}
	var list []entry
	for e := raw[head:n]; len(e) >= size; e = e[size:] {
		list = append(list, entry{binary.LittleEndian.Uint16(e), binary.LittleEndian.Uint16(e[2:]), binary.LittleEndian.Uint32(e[4:])})
	}
	return list
}

// listed says whether a list lets the person read, write or enter: the order is that of
// acl(5).
func (p person) listed(list []entry, stat *syscall.Stat_t, bit fs.FileMode) bool {
	of := func(which func(e entry) bool) (perms uint16, any bool) {
		for _, e := range list {
			if which(e) {
				perms, any = perms|e.perm, true
			}
		}
		return perms, any
	}
	tagged := func(tag uint16) func(entry) bool { return func(e entry) bool { return e.tag == tag } }
	mask, masked := of(tagged(aclMask))
	if !masked {
		mask = 7
	}
	perms, ok := of(tagged(aclOwner))
	if int(stat.Uid) != p.uid {
		perms, ok = of(func(e entry) bool { return e.tag == aclUser && int(e.id) == p.uid })
		perms &= mask
	}
	if !ok {
		perms, ok = of(func(e entry) bool {
			return e.tag == aclGroupObj && slices.Contains(p.groups, int(stat.Gid)) || e.tag == aclGroup && slices.Contains(p.groups, int(e.id))
		})
		perms &= mask
	}
	if !ok {
		perms, _ = of(tagged(aclOther))
	}
	return perms&uint16(bit) != 0
}
