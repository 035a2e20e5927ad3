package effective

import (
	"github.com/implycheck/implycheck/schema"
)

// assigned are what a task is told at the very end of its command line, and what
// java has already told the parent.
func (f *fork) assigned(v view) []Value {
	plain := "druid.plaintextPort"
	if v.release() < 13 {
		plain = "druid.port"
	}
	var list []Value
	if v.get("druid.enableTlsPort").Is("true") {
		list = append(list, v.assign("druid.tlsPort", f.ports(v, "druid.indexer.runner.tlsStartPort")))
	}
	if !v.get("druid.enablePlaintextPort").Is("false") {
		list = append(list, v.assign(plain, f.ports(v, "druid.indexer.runner.startPort")))
	}
	for _, key := range []string{"file.encoding", "java.io.tmpdir"} {
		if _, own := f.own[key]; !own && len(v.written[key]) > 0 && f.allowed(key) {
			list = append(list, v.assign(key, "what the parent's java has for it"))
		}
	}
	return list
}

// assign is a value that no file tells, over all places that would.
func (v view) assign(key, formula string) Value {
	value := Value{Key: key, Normal: formula, Known: true, Secret: schema.IsSecret(key), Origin: Origin{Kind: Formula, Formula: formula}}
	for _, place := range v.written[key] {
		value.Overridden = append(value.Overridden, origin(place))
	}
	return value
}

// ports says where a task's ports come from. Only 0.12 counts those of TLS from a
// start of their own.
func (f *fork) ports(v view, start string) string {
	if list := v.service.Get("druid.indexer.runner.ports"); list.Set && list.Text != "[]" {
		return "a free port of " + list.Text
	}
	if v.release() >= 13 {
		start = "druid.indexer.runner.startPort"
	}
	return "a free port from " + v.service.Get(start).Text + " on"
}
