package report

import (
	"fmt"
	"io"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/sizing"
)

func InstancesTable(w io.Writer, format string, list []sizing.Instance) error {
	rows := make([][]string, len(list))
	for i, in := range list {
		rows[i] = []string{in.Provider, in.Name, fmt.Sprint(in.Cores), text.About(in.Memory), in.Arch, in.Local.String()}
	}
	if err := WriteTable(w, format, []string{"cloud", "instance", "cores", "memory", "processors", "local disks"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d of %d instance types, as of: %s.\n", len(list), len(sizing.Instances()), sizing.InstancesAsOf())
	return err
}

// instanceDoc is the JSON shape of an instance. A disk count is absent where only
// the sum is published, and disks are null where nobody says whether there are
// any.
type instanceDoc struct {
	Provider string         `json:"provider"`
	Name     string         `json:"name"`
	Cores    int64          `json:"cores"`
	Memory   int64          `json:"memory"`
	Arch     string         `json:"arch"`
	Disks    *localDisksDoc `json:"disks"`
}

type localDisksDoc struct {
	Count int64  `json:"count,omitempty"`
	Space int64  `json:"space"`
	Kind  string `json:"kind,omitempty"`
}

func InstancesDoc(list []sizing.Instance) map[string]any {
	docs := make([]instanceDoc, len(list))
	for i, in := range list {
		docs[i] = instanceDoc{Provider: in.Provider, Name: in.Name, Cores: in.Cores, Memory: in.Memory, Arch: in.Arch}
		if !in.Local.Unknown {
			docs[i].Disks = &localDisksDoc{in.Local.Count, in.Local.Space, in.Local.Kind}
		}
	}
	return map[string]any{"version": 1, "asOf": sizing.InstancesAsOf(), "instances": docs}
}
