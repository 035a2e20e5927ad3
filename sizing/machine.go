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
	// CPU is what such a container may use, in thousandths of a core; all Cores if 0.
	CPU int64
	// Disks are those that may hold segments; none where that is not known.
	Disks []Disk
}

// Described is the hardware that somebody names: an instance type, and what is said
// of a server, which counts for more. Its error begins with the part that is wrong.
func Described(instance string, cores int64, memory, disk string) (m Machine, err error) {
	if instance != "" {
		i, err := LookupInstance(instance)
		if err != nil {
			return m, fmt.Errorf("instance: %w", err)
		}
		m = i.Machine()
	}
	if memory != "" {
		if m.Memory, _, err = text.ParseMemory(memory); err != nil {
			return m, fmt.Errorf("memory: %w", err)
		}
	}
	if disk != "" {
		if m.Disks, err = ParseDisks(disk); err != nil {
			return m, fmt.Errorf("disk: %w", err)
		}
	}
	if cores > 0 {
		m.Cores = cores
	}
	return m, nil
}

// Disk is one disk, or what the kernel shows as one.
type Disk struct {
	// Size is in bytes, and Used what something else has of it; 0 where that is not
	// known.
	Size, Used int64
	// Kind is nvme-ssd, ssd, hdd or empty where that is not known.
	Kind string
	// Mount is where its file system hangs; empty where it has none yet, or nobody
	// knows.
	Mount string
	// Device is how the kernel or the cloud calls it; empty where nobody knows.
	Device string
}

// Free is the part of a disk that nothing else has.
func (d Disk) Free() int64 { return max(0, d.Size-d.Used) }

// DiskSpace is the size of all disks together.
func (m Machine) DiskSpace() int64 {
	var sum int64
	for _, d := range m.Disks {
		sum += d.Size
	}
	return sum
}

// FreeSpace is what is free on all disks together.
func (m Machine) FreeSpace() int64 {
	var sum int64
	for _, d := range m.Disks {
		sum += d.Free()
	}
	return sum
}

// String says what the machine has, for people.
func (m Machine) String() string {
	cores := fmt.Sprintf("%d %s", m.Cores, plural(m.Cores, "core"))
	if m.CPU > 0 && m.CPU < m.Cores*1000 {
		cores = CPUs(m.CPU) + " of CPU, " + cores + " for Java"
	}
	parts := []string{cores, text.About(m.Memory)}
	for i := 0; i < len(m.Disks); {
		n := 1
		same := func(d Disk) bool {
			return d.Size == m.Disks[i].Size && d.Kind == m.Disks[i].Kind && d.Used == m.Disks[i].Used
		}
		for i+n < len(m.Disks) && same(m.Disks[i+n]) {
			n++
		}
		disk := strings.TrimSpace(fmt.Sprintf("%d x %s %s", n, text.Decimal(m.Disks[i].Size), m.Disks[i].Kind))
		if d := m.Disks[i]; d.Used > 0 {
			disk += fmt.Sprintf(" (%s free)", text.Decimal(d.Free()))
		}
		parts = append(parts, disk)
		i += n
	}
	return strings.Join(parts, ", ")
}

// Pod is a machine that is the limits of one container: cpu in thousandths of a
// core, of which Java counts a part of one as a whole.
func Pod(memory, cpu int64, disks []Disk) Machine {
	return Machine{Cores: max(1, (cpu+999)/1000), Memory: memory, Limited: true, CPU: cpu, Disks: disks}
}

// cpu is what the processes may use, in thousandths of a core.
func (m Machine) cpu() int64 {
	if m.CPU > 0 {
		return m.CPU
	}
	return m.Cores * 1000
}
