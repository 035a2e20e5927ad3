package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/sizing"
)

// topologyFlags are facts about a cluster that its files do not tell.
type topologyFlags struct {
	masters, queryServers, dataServers, brokers int64
	java                                        int
	instance, cores, memory, disk               string
}

func (t *topologyFlags) add(f *pflag.FlagSet) {
	f.Int64Var(&t.masters, "masters", 0, "how many Master servers there are")
	f.Int64Var(&t.queryServers, "query-servers", 0, "how many Query servers there are")
	f.Int64Var(&t.dataServers, "data-servers", 0, "how many Data servers there are")
	f.Int64Var(&t.brokers, "brokers", 0, "how many Brokers there are")
	f.IntVar(&t.java, "java", 0, "major version of Java on the servers: 8, 11, 17, 21")
	f.StringVar(&t.instance, "instance", "", "instance type of the servers: r4.2xlarge, or master=m5.xlarge,query=m5.2xlarge,data=i3.2xlarge")
	f.StringVar(&t.cores, "cores", "", "cores of the servers: 16, or data=16,query=8")
	f.StringVar(&t.memory, "memory", "", "memory of the servers: 64GiB, or data=64GiB")
	f.StringVar(&t.disk, "disk", "", "disk space for segments: 2TB, or data=2TB")
}

// roles are the servers that a flag may name.
var roles = []string{"master", "query", "data"}

// topology reads the flags; an instance first, so that cores, memory and disk
// can correct it.
func (t *topologyFlags) topology() (rules.Topology, error) {
	top := rules.Topology{
		Masters: t.masters, QueryServers: t.queryServers, DataServers: t.dataServers, Brokers: t.brokers, Java: t.java,
		Machines: map[string]sizing.Machine{},
	}
	for name, n := range map[string]int64{"masters": t.masters, "query-servers": t.queryServers, "data-servers": t.dataServers, "brokers": t.brokers, "java": int64(t.java)} {
		if n < 0 {
			return top, fmt.Errorf("--%s: %d is no number of anything", name, n)
		}
	}
	for _, fact := range []struct {
		flag, text string
		set        func(m *sizing.Machine, value string) error
	}{
		{"instance", t.instance, setInstance}, {"cores", t.cores, setCores},
		{"memory", t.memory, func(m *sizing.Machine, v string) (err error) { m.Memory, err = sizing.ParseSize(v); return err }},
		{"disk", t.disk, func(m *sizing.Machine, v string) (err error) { m.Disks, err = sizing.ParseDisks(v); return err }},
	} {
		if fact.text == "" {
			continue
		}
		if err := eachRole(fact.text, func(role, value string) error {
			m := top.Machines[role]
			err := fact.set(&m, value)
			top.Machines[role] = m
			return err
		}); err != nil {
			return top, fmt.Errorf("--%s: %w", fact.flag, err)
		}
	}
	return top, nil
}

// eachRole splits "16" or "data=16,query=8"; a value without a role is for all
// servers.
func eachRole(text string, set func(role, value string) error) error {
	for part := range strings.SplitSeq(text, ",") {
		role, value, named := strings.Cut(part, "=")
		if !named {
			role, value = "", part
		} else if !slices.Contains(roles, role) {
			return fmt.Errorf("unknown server %q: write one of %s", role, strings.Join(roles, ", "))
		}
		if err := set(role, strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

func setInstance(m *sizing.Machine, name string) error {
	i, err := sizing.LookupInstance(name)
	if err == nil {
		*m = i.Machine()
	}
	return err
}

func setCores(m *sizing.Machine, text string) (err error) {
	m.Cores, err = strconv.ParseInt(text, 10, 32)
	if err != nil || m.Cores < 1 {
		return fmt.Errorf("%q is no number of cores", text)
	}
	return nil
}
