package schema

import (
	"slices"
	"strings"
)

// Extension is what can stand in druid.extensions.loadList.
type Extension struct {
	Name string
	Doc  string
	// Releases have it in their source.
	Releases Range
	// Contrib are the releases in which the Apache download lacks it.
	Contrib *Range
	// Vendor is "imply" for what only Imply ships.
	Vendor string
	// Never marks names that no release has.
	Never      bool
	ReplacedBy string
	Needs      *Need
}

// Need is another extension that must be loaded too, in some releases.
type Need struct {
	Extension string
	Releases  Range
}

// Extensions lists every extension, sorted by name.
func Extensions() []Extension { return extensions }

// LookupExtension finds an extension by its exact name; false if
// no release has had it.
func LookupExtension(name string) (*Extension, bool) {
	i, ok := slices.BinarySearchFunc(extensions, name, func(e Extension, n string) int { return strings.Compare(e.Name, n) })
	if !ok {
		return nil, false
	}
	return &extensions[i], true
}

// ExistsIn reports whether release r has the extension, bundled or not.
func (e *Extension) ExistsIn(r Release) bool { return !e.Never && e.Releases.Has(r) }
