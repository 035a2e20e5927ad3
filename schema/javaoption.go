package schema

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed javaoptions.txt
var javaOptions string

// javaTables are the versions of Java whose options javaoptions.txt lists, in the
// order of its bits.
var javaTables = []int{8, 11, 17, 21, 25}

// JavaOption is an -XX option of Java's.
type JavaOption struct {
	Name string
	// Switch is set for those with + or -, Value for those with =. Of these, Whole and
	// Real take numbers alone.
	Switch, Value, Whole, Real bool
	versions                   uint64
}

// LookupJavaOption finds an -XX option by its name, in any Java from 8 to 25.
func LookupJavaOption(name string) (JavaOption, bool) {
	// The table is sorted, and read where it stands: few trees have many options.
	from, until := 0, len(javaOptions)
	for from < until {
		start := from + strings.LastIndexByte(javaOptions[from:(from+until)/2], '\n') + 1
		line, _, _ := strings.Cut(javaOptions[start:], "\n")
		found, facts, _ := strings.Cut(line, " ")
		switch {
		case found == name:
			digits := strings.TrimRight(facts, "tvnr")
			kind := facts[len(digits):]
			versions, err := strconv.ParseUint(digits, 16, 8)
			return JavaOption{name, kind == "t", kind != "" && kind != "t", kind == "n", kind == "r", versions}, err == nil
		case found < name:
			from = start + len(line) + 1
		default:
			until = start
		}
	}
	return JavaOption{}, false
}

// JavaOptionNames are the names of all -XX options.
func JavaOptionNames() []string {
	var names []string
	for line := range strings.Lines(javaOptions) {
		if name, _, ok := strings.Cut(line, " "); ok && name != "#" {
			names = append(names, name)
		}
	}
	return names
}

// RefusedBy reports whether a version of Java does not start with the option: it,
// or the listed versions on both sides of it, do not know it.
func (o JavaOption) RefusedBy(version int) bool {
	below, above := 0, len(javaTables)-1
	for i, v := range javaTables {
		if v <= version {
			below = i
		}
	}
	for i := len(javaTables) - 1; i >= 0 && javaTables[i] >= version; i-- {
		above = i
	}
	return o.versions&(1<<below) == 0 && o.versions&(1<<above) == 0
}
