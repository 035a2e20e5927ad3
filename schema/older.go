package schema

import (
	"slices"
	"strings"
)

// Older is a property, or an extension, that only releases before Oldest have.
type Older struct {
	Name  string
	Until Release
	// ReplacedBy is its successor, if it has one.
	ReplacedBy string
}

// LookupOlder finds the property that a key named before Oldest.
func LookupOlder(key string) (*Older, bool) {
	for i := range olderProperties {
		o := &olderProperties[i]
		if prefix, family := strings.CutSuffix(o.Name, "<any>"); o.Name == key || family && len(key) > len(prefix) && strings.HasPrefix(key, prefix) {
			return o, true
		}
	}
	return nil, false
}

// LookupOlderExtension finds an extension that was gone by Oldest.
func LookupOlderExtension(name string) (*Older, bool) {
	i := slices.IndexFunc(olderExtensions, func(o Older) bool { return o.Name == name })
	if i < 0 {
		return nil, false
	}
	return &olderExtensions[i], true
}

// Successor is what took the place of a key of this name.
func (o *Older) Successor(key string) string {
	prefix, _ := strings.CutSuffix(o.Name, "<any>")
	return strings.Replace(o.ReplacedBy, "<any>", strings.TrimPrefix(key, prefix), 1)
}
