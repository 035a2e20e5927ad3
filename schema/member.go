package schema

import (
	"sort"
	"strings"
)

// Holder finds the property that a key is a member of. From 0.11 on Druid makes
// one object of dotted keys: password.type and password.variable together are the
// provider that the password takes. Only what may be an object has members; where
// the schema lists them, a key that it does not list is none.
func Holder(key string) (*Property, bool) {
	for {
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return nil, false
		}
		key = key[:i]
		if p, ok := Lookup(key); ok {
			open := p.Type == Object || p.Type == Any
			return p, open && !strings.HasSuffix(p.Name, "<any>") && !p.listsMembers()
		}
	}
}

// listsMembers reports whether the schema has properties below this one.
func (p *Property) listsMembers() bool {
	prefix := p.Name + "."
	i := sort.Search(len(properties), func(i int) bool { return properties[i].Name >= prefix })
	return i < len(properties) && strings.HasPrefix(properties[i].Name, prefix)
}
