package sizing

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
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
		return Decimal(d.Space) + " of " + d.Kind
	}
	return fmt.Sprintf("%d x %s %s", d.Count, Decimal(d.Space/d.Count), d.Kind)
}

// Machine is the instance as hardware. Disks of which only the sum is known
// count as one.
func (i Instance) Machine() Machine {
	m := Machine{Name: i.Name, Cores: i.Cores, Memory: i.Memory}
	if i.Local.Space > 0 {
		n := max(1, i.Local.Count)
		for range n {
			m.Disks = append(m.Disks, Disk{Size: i.Local.Space / n, Kind: i.Local.Kind})
		}
	}
	return m
}

// Instances lists every kind that is known.
func Instances() []Instance {
	list := make([]Instance, 0, strings.Count(instances, "\n"))
	for fields := range instanceRows {
		list = append(list, newInstance(fields))
	}
	return list
}

// The columns of the table.
const (
	columnProvider = iota
	columnName
	columnCores
	columnMemory
	columnArch
	columnDisks
	columnKind
	columns
)

// instanceRows yields the rows of the table, split and not yet understood.
func instanceRows(yield func([]string) bool) {
	var fields [columns]string
	for line := range strings.Lines(instances) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		rest := strings.TrimSuffix(line, "\n")
		for i := range fields {
			fields[i], rest, _ = strings.Cut(rest, ",")
		}
		if !yield(fields[:]) {
			return
		}
	}
}

func newInstance(fields []string) Instance {
	cores, _ := strconv.ParseFloat(fields[columnCores], 64)
	mib, _ := strconv.ParseInt(fields[columnMemory], 10, 64)
	return Instance{
		Provider: fields[columnProvider], Name: fields[columnName], Cores: max(1, int64(cores)), Memory: mib << 20,
		Arch: fields[columnArch], Local: newLocalDisks(fields[columnDisks], fields[columnKind]),
	}
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
