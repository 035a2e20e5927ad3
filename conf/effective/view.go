package effective

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
)

// view is what a process sees: a service, or a task that it starts.
type view struct {
	service *conf.Service
	process string // as schema calls it
	written written
	reads   func(*schema.Property) bool
	cores   int64 // 0 where that is not known
}

func (v view) release() schema.Release { return v.service.Tree().Target.Release }

// get is what the process sees for a key.
func (v view) get(key string) conf.Value {
	if places := v.written[key]; len(places) > 0 {
		return places[0]
	}
	return v.service.Get(key)
}

// looksAt reports whether the process reads a key, with all else as it is.
func (v view) looksAt(p *schema.Property, key string) bool {
	if key == "druid.port" && v.hasPlainPort() {
		return false
	}
	return p.Releases.Has(v.release()) && v.reads(p) && p.Applies(key, func(key string) (string, bool) {
		value := v.get(key)
		return value.Text, value.Known()
	})
}

// hasPlainPort reports whether DruidNode is given druid.plaintextPort, beside which
// druid.port counts for nothing. Tasks are given it from 0.13 on.
func (v view) hasPlainPort() bool {
	return v.get("druid.plaintextPort").Set || v.process == "peon" && v.release() >= 13
}

func (v view) values(all bool) []Value {
	list := make([]Value, 0, len(v.written))
	for key, places := range v.written {
		list = append(list, v.set(key, places))
	}
	if all {
		list = append(list, v.defaults()...)
	}
	slices.SortFunc(list, func(a, b Value) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// set is a value that is written, in all its places.
func (v view) set(key string, places []conf.Value) Value {
	p, known := schema.Lookup(key)
	value := Value{Key: key, Text: places[0].Text, Set: true, Origin: origin(places[0]), Known: known, Secret: schema.IsSecret(key)}
	value.Reading, value.Normal = Reading(p, value.Text, v.release()), Normal(key, value.Text, v.release())
	value.Unread = known && !v.looksAt(p, key)
	for _, place := range places[1:] {
		value.Overridden = append(value.Overridden, origin(place))
	}
	return value
}
