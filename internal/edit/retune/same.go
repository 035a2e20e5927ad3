package retune

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// same reports whether a value means what a plan wants.
func same(v conf.Value, want string) bool {
	wanted := v
	wanted.Text, wanted.Set, wanted.Entry = want, true, nil
	v.Set = true
	if v.Text == want {
		return true
	}
	key := strings.TrimPrefix(v.Key, conf.ForkPrefix)
	v.Key, wanted.Key = key, key
	if p, known := schema.Lookup(key); known && p.Type == schema.Bool {
		return strings.EqualFold(strings.TrimSpace(v.Text), want)
	}
	if a, ok := v.Int64(); ok {
		b, ok := wanted.Int64()
		return ok && a == b
	}
	if a, ok := v.Duration(); ok {
		b, ok := wanted.Duration()
		return ok && a == b
	}
	a, b := v.JSON(), wanted.JSON()
	return a != nil && b != nil && sameNode(a, b)
}

// sameNode compares JSON; the order of an object's members does not count.
func sameNode(a, b *syntax.Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Members) != len(b.Members) {
		return false
	}
	for _, m := range a.Members {
		if other, ok := b.Get(m.Key); !ok || !sameNode(m.Value, other) {
			return false
		}
	}
	return slices.EqualFunc(a.Items, b.Items, sameNode)
}

// nodeBytes reads a size in JSON: a number, or text with a unit.
func nodeBytes(n *syntax.Node) (int64, bool) {
	if size, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return size, true
	}
	return schema.ParseBytes(n.Text)
}

// reads reports whether a service reads a key; an unknown one all may read.
func reads(s *conf.Service, key string) bool {
	p, known := schema.Lookup(key)
	return !known || s.Reads(p)
}
