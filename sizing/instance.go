package sizing

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

//go:embed instances.csv
var instances string

// Instance is a kind of server that a cloud rents out.
type Instance struct {
	Provider string // aws, azure or gcp
	Name     string // as the cloud spells it
	Cores    int64  // virtual ones; a share of one counts as one
	Memory   int64  // bytes
	Arch     string // amd64 or arm64
	// Disks are how many local disks there are, of DiskSize bytes each; none
	// where all disks come over the network. Where only the sum is published,
	// it counts as one disk.
	Disks    int64
	DiskSize int64
	DiskKind string // nvme-ssd, ssd or hdd
}

// Machine is the instance as hardware.
func (i Instance) Machine() Machine {
	m := Machine{Name: i.Name, Cores: i.Cores, Memory: i.Memory}
	for range i.Disks {
		m.Disks = append(m.Disks, Disk{Size: i.DiskSize, Kind: i.DiskKind})
	}
	return m
}

// Instances lists every kind that is known, by cloud and name.
func Instances() []Instance {
	var list []Instance
	for line := range strings.Lines(instances) {
		if i, ok := parseInstance(strings.TrimSuffix(line, "\n")); ok {
			list = append(list, i)
		}
	}
	return list
}

func parseInstance(line string) (Instance, bool) {
	fields := strings.Split(line, ",")
	if strings.HasPrefix(line, "#") || len(fields) != 7 {
		return Instance{}, false
	}
	cores, _ := strconv.ParseFloat(fields[2], 64)
	memory, _ := strconv.ParseInt(fields[3], 10, 64)
	i := Instance{
		Provider: fields[0], Name: fields[1], Cores: max(1, int64(cores)), Memory: memory << 20, Arch: fields[4], DiskKind: fields[6],
	}
	if count, size, ok := strings.Cut(fields[5], "x"); ok {
		i.Disks, _ = strconv.ParseInt(strings.Replace(count, "?", "1", 1), 10, 64)
		gb, _ := strconv.ParseFloat(size, 64)
		i.DiskSize = int64(gb * 1e9)
	}
	return i, true
}

// LookupInstance finds an instance by its name, in any case.
func LookupInstance(name string) (Instance, error) {
	list := Instances()
	names := make([]string, 0, len(list))
	for _, i := range list {
		if strings.EqualFold(i.Name, name) {
			return i, nil
		}
		names = append(names, i.Name)
	}
	if near, ok := schema.Nearest(name, names); ok {
		return Instance{}, fmt.Errorf("unknown instance type %q: did you mean %s?", name, near)
	}
	return Instance{}, fmt.Errorf("unknown instance type %q", name)
}
