package sizing

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// Machine is the hardware of a server. Zero means that it is not known.
type Machine struct {
	// Name is what people call it: an instance type, or empty.
	Name  string
	Cores int64
	// Memory is the RAM in bytes.
	Memory int64
	// Limited tells the limits of one container from a whole server: no kernel and no
	// other program lives on what it leaves.
	Limited bool
	// Disks are those that may hold segments; none where that is not known.
	Disks []Disk
}

// Disk is one disk, or what the kernel shows as one.
type Disk struct {
	// Size is in bytes.
	Size int64
	// Kind is nvme-ssd, ssd, hdd or empty where that is not known.
	Kind string
	// Mount is where its file system hangs; empty where that is not known.
	Mount string
}

// DiskSpace is the size of all disks together.
func (m Machine) DiskSpace() int64 {
	var sum int64
	for _, d := range m.Disks {
		sum += d.Size
	}
	return sum
}

// String says what the machine has, for people.
func (m Machine) String() string {
	parts := []string{fmt.Sprintf("%d cores", m.Cores), text.About(m.Memory)}
	for i := 0; i < len(m.Disks); {
		n := 1
		for i+n < len(m.Disks) && m.Disks[i+n].Size == m.Disks[i].Size && m.Disks[i+n].Kind == m.Disks[i].Kind {
			n++
		}
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d x %s %s", n, text.Decimal(m.Disks[i].Size), m.Disks[i].Kind)))
		i += n
	}
	return strings.Join(parts, ", ")
}
