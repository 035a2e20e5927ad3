package main

import (
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/sizing"
)

// addTopologyFlags adds the facts about a cluster that its files do not tell;
// see flagFacts.
func addTopologyFlags(f *pflag.FlagSet) {
	f.Int64("masters", 0, "how many Master servers there are")
	f.Int64("query-servers", 0, "how many Query servers there are")
	f.Int64("data-servers", 0, "how many Data servers there are")
	f.Int64("brokers", 0, "how many Brokers there are")
	f.Int("java", 0, "major version of Java on the servers: 8, 11, 17, 21")
	f.String("instance", "", "instance type of the servers: r4.2xlarge, or master=m5.xlarge,query=m5.2xlarge,data=i3.2xlarge")
	f.String("cores", "", "cores of the servers: 16, or data=16,query=8")
	f.String("memory", "", "memory of the servers: 64GiB, or data=64GiB")
	f.String("disk", "", "disk space for segments: 2TB, or data=2TB")
}

func setInstance(m *sizing.Machine, name string) error {
	i, err := sizing.LookupInstance(name)
	if err == nil {
		*m = i.Machine()
	}
	return err
}
