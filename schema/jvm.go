package schema

import (
	"slices"
	"strings"
)

// JVMFlag is a flag of Java's that not every Java knows. Versions are majors,
// 0 where there is none.
type JVMFlag struct {
	// Name has no punctuation: UseG1GC, Xloggc, add-opens.
	Name string
	Doc  string
	// Since is the first Java that knows it; from Deprecated on Java warns, from
	// Ignored on it does nothing, from Removed on Java does not start.
	Since, Deprecated, Ignored, Removed int
	Successor                           string
	// Collector is set for flags that pick a garbage collector.
	Collector bool
}

type javaRange struct {
	releases Range
	versions []int
}

// JVMFlags lists the flags, sorted by name.
func JVMFlags() []JVMFlag { return flags }

// LookupFlag finds a flag by its name without punctuation.
func LookupFlag(name string) (*JVMFlag, bool) {
	i, ok := slices.BinarySearchFunc(flags, name, func(f JVMFlag, n string) int { return strings.Compare(f.Name, n) })
	if !ok {
		return nil, false
	}
	return &flags[i], true
}

// JavaVersions are the majors of Java that a release supports, oldest first.
func JavaVersions(r Release) []int {
	for _, s := range javaSupport {
		if s.releases.Has(r) {
			return s.versions
		}
	}
	return nil
}
