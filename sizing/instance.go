package sizing

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// instances is a table of what the clouds rent out, in the order of their own
// lists. It is plain text: a look-up reads through it in less time than it would
// take to unpack, and a change of it can be reviewed.
//
//go:embed instances.csv
var instances string

// InstancesAsOf says of what dates the table is.
func InstancesAsOf() string {
	first, _, _ := strings.Cut(instances, "\n")
	return strings.TrimPrefix(first, "# ")
}

// Instance is a kind of server that a cloud rents out.
type Instance struct {
	Provider string // aws, azure or gcp
	Name     string // as the cloud spells it
	Cores    int64  // virtual ones; a share of one counts as one
	Memory   int64  // bytes
	Arch     string // amd64 or arm64
	Local    LocalDisks
}

// LocalDisks are the disks inside an instance. All others come over the network
// and are rented apart.
type LocalDisks struct {
	// Count is 0 where there are none, or where only their sum is published.
	Count int64
	// Space is that of all together, in bytes.
	Space int64
	Kind  string // nvme-ssd, ssd or hdd
	// Unknown is set where nobody says whether there are any.
	Unknown bool
}

// String describes the disks for people; it is empty when there are none.
func (d LocalDisks) String() string {
	switch {
	case d.Unknown:
		return "not known"
	case d.Space == 0:
		return ""
	case d.Count == 0:
		return text.Decimal(d.Space) + " of " + d.Kind
	}
	return fmt.Sprintf("%d x %s %s", d.Count, text.Decimal(d.Space/d.Count), d.Kind)
}

// Machine is the instance as hardware. Disks of which only the sum is known
// count as one.
func (i Instance) Machine() Machine {
	m := Machine{Name: i.Name, Cores: i.Cores, Memory: i.Memory}
	if i.Local.Space > 0 {
		n := max(1, i.Local.Count)
		for at := range n {
			m.Disks = append(m.Disks, Disk{Size: i.Local.Space / n, Kind: i.Local.Kind, Device: i.device(at)})
		}
	}
	return m
}

// device is how a shell finds a local disk, by the names that udev gives; empty
// where the cloud has none that can be relied on.
func (i Instance) device(at int64) string {
	switch {
	case i.Local.Kind != "nvme-ssd":
	case i.Provider == "aws":
		return fmt.Sprintf("$(ls /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*-ns-1 | sed -n %dp)", at+1)
	case i.Provider == "gcp":
		return fmt.Sprintf("/dev/disk/by-id/google-local-nvme-ssd-%d", at)
	}
	return ""
}

// Instances lists every kind that is known.
func Instances() []Instance {
	list := make([]Instance, 0, strings.Count(instances, "\n"))
	for _, row := range instanceRows {
		list = append(list, newInstance(row))
	}
	return list
}

// instanceRows yields the names and rows of the table. A row is understood only
// when it is the one that was looked for.
func instanceRows(yield func(name, row string) bool) {
	for line := range strings.Lines(instances) {
		_, rest, _ := strings.Cut(line, ",")
		name, _, _ := strings.Cut(rest, ",")
		if line[0] != '#' && !yield(name, strings.TrimSuffix(line, "\n")) {
			return
		}
	}
}

// newInstance reads a row: provider, name, cores, MiB, architecture, disks, kind.
func newInstance(row string) Instance {
	f := strings.Split(row, ",")
	cores, _ := strconv.ParseFloat(f[2], 64)
	mib, _ := strconv.ParseInt(f[3], 10, 64)
	return Instance{Provider: f[0], Name: f[1], Cores: max(1, int64(cores)), Memory: mib << 20, Arch: f[4], Local: newLocalDisks(f[5], f[6])}
}

// newLocalDisks reads 2x1900 and ?x3800, in GB, and a ? alone.
func newLocalDisks(text, kind string) LocalDisks {
	if text == "?" {
		return LocalDisks{Unknown: true}
	}
	count, size, _ := strings.Cut(text, "x")
	n, _ := strconv.ParseInt(count, 10, 64)
	gb, _ := strconv.ParseFloat(size, 64)
	each := int64(gb * 1e9)
	return LocalDisks{Count: n, Space: each * max(1, n), Kind: kind}
}
