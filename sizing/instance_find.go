package sizing

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// LookupInstance finds an instance by its name, in any case. Its error names those that
// are spelt alike.
func LookupInstance(name string) (Instance, error) {
	for known, row := range instanceRows {
		if strings.EqualFold(known, name) {
			return newInstance(row), nil
		}
	}
	return Instance{}, fmt.Errorf("unknown instance type %q%s", name, likeInstance(name))
}

// likeInstance suggests names for one that is unknown: the nearest, or else the
// first that contain it.
func likeInstance(name string) string {
	var names, containing []string
	for known := range instanceRows {
		names = append(names, known)
		if name != "" && len(containing) < 3 && strings.Contains(strings.ToLower(known), strings.ToLower(name)) {
			containing = append(containing, known)
		}
	}
	if len(containing) == 0 {
		if near, ok := text.Nearest(name, names); ok {
			containing = []string{near}
		}
	}
	if len(containing) == 0 {
		return ""
	}
	return ": did you mean " + strings.Join(containing, " or ") + "?"
}

// InstanceFilter says which instances somebody looks for. A field at its zero
// value does not matter.
type InstanceFilter struct {
	// Pattern is a part of the name, or, with * and ? in it, all of it; in any
	// case.
	Pattern  string
	Provider string
	Arch     string
	// NVMe is for those with local NVMe disks.
	NVMe                 bool
	MinCores             int64
	MinMemory, MaxMemory int64
}

// FindInstances lists what a filter lets through. Its error says that nothing is
// left, or why the pattern is none.
func FindInstances(f InstanceFilter) ([]Instance, error) {
	pattern := strings.ToLower(f.Pattern)
	if !strings.ContainsAny(pattern, "*?") {
		pattern = "*" + pattern + "*"
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("%q is not a pattern: write a name or a part of it, or * and ? for what does not matter", f.Pattern)
	}
	var list []Instance
	named := false
	for name, row := range instanceRows {
		if ok, _ := path.Match(pattern, strings.ToLower(name)); !ok {
			continue
		}
		named = true
		if i := newInstance(row); f.lets(i) {
			list = append(list, i)
		}
	}
	switch {
	case !named:
		return nil, fmt.Errorf("no instance type is like %q%s", f.Pattern, likeInstance(f.Pattern))
	case len(list) == 0:
		return nil, errors.New("no instance type has all that: ask for less")
	}
	return list, nil
}

// lets reports whether an instance has what the filter asks for, its name aside.
func (f InstanceFilter) lets(i Instance) bool {
	return (f.Provider == "" || i.Provider == f.Provider) &&
		(f.Arch == "" || i.Arch == f.Arch) &&
		(!f.NVMe || i.Local.Kind == "nvme-ssd") &&
		i.Cores >= f.MinCores && i.Memory >= f.MinMemory &&
		(f.MaxMemory == 0 || i.Memory <= f.MaxMemory)
}
