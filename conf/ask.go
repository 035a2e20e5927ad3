package conf

import (
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Readable are the tree's files of some kinds that could be read.
func (t *Tree) Readable(kinds ...Kind) []*File {
	var list []*File
	for _, f := range t.Files {
		if f.Problem == "" && slices.Contains(kinds, f.Kind) {
			list = append(list, f)
		}
	}
	return list
}

// Shared is a setting of the whole cluster: the common file's, or that of the
// first process of some roles that sets it; of all without one.
func (t *Tree) Shared(key string, roles ...string) Value {
	v := t.Get(key)
	if v.Set {
		return v
	}
	there := false
	for _, s := range t.Services {
		if len(roles) > 0 && !slices.ContainsFunc(roles, s.Plays) {
			continue
		}
		there = true
		own := s.Get(key)
		if own.Set {
			return own
		}
		v.open = v.open || own.open
	}
	// What a process elsewhere has for it is not known.
	v.known = v.known && !v.open && (there || len(roles) == 0)
	return v
}

// Place is where something stands in a tree.
type Place struct {
	File     *File
	Span     syntax.Span
	Property string
	Service  string
}

// Where is the place of a value that may not be written at all: its text or
// else its key; else the service's own file, else the shared one.
func (t *Tree) Where(s *Service, v Value) Place {
	place := Place{Property: v.Key}
	if s != nil {
		place.Service = s.Name
	}
	switch {
	case v.Set:
		place.File, place.Span = v.File, v.ValueSpan
		if v.ValueSpan.Start == v.ValueSpan.End {
			place.Span = v.Span
		}
	case s != nil && s.Runtime != nil:
		place.File = s.Runtime
	case t.Common != nil:
		place.File = t.Common
	case s != nil && s.JVM != nil:
		place.File = s.JVM
	default:
		place.File = t.Files[0]
	}
	return place
}
