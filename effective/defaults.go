package effective

import (
	"strconv"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// perProcess are the keys whose default differs from process to process, and
// which have none in the schema.
var perProcess = []string{"druid.plaintextPort", "druid.service", "druid.tlsPort"}

// defaults are those of every property that the process reads and that is not
// written.
func defaults(s *conftree.Service, w written, m sizing.Machine) []Value {
	var list []Value
	add := func(key string) {
		if _, ok := w[key]; ok {
			return
		}
		if v := s.Get(key); v.Known() || v.Formula != "" {
			list = append(list, defaulted(s, v, m))
		}
	}
	r := s.Tree().Target.Release
	for i := range schema.Properties() {
		p := &schema.Properties()[i]
		if len(p.Default) > 0 && !p.IsPattern() && p.Releases.Has(r) && s.Reads(p) && s.Applies(p, p.Name) {
			add(p.Name)
		}
	}
	for _, key := range perProcess {
		add(key)
	}
	return list
}

func defaulted(s *conftree.Service, v conftree.Value, m sizing.Machine) Value {
	r := s.Tree().Target.Release
	p, known := schema.Lookup(v.Key)
	d := Value{Key: v.Key, Text: v.Text, Known: known, Secret: v.Secret(), Origin: Origin{Kind: Default, Text: v.Text}}
	if v.Formula != "" {
		d.Text = ""
		if n, ok := evaluate(s, v.Formula, m); ok {
			d.Text = strconv.FormatInt(n, 10)
		}
		d.Origin = Origin{Kind: Formula, Formula: v.Formula, Text: d.Text}
	}
	if d.Text == "" && v.Formula != "" {
		d.Normal = v.Formula
		return d
	}
	d.Reading, d.Normal = reading(p, d.Text, r), Normal(v.Key, d.Text, r)
	return d
}

// evaluate computes the formulas of the schema that sizing has as functions.
func evaluate(s *conftree.Service, formula string, m sizing.Machine) (int64, bool) {
	switch compute, ok := byCores[formula]; {
	case ok && m.Cores > 0:
		return compute(m.Cores), true
	case formula == "max(2, druid.processing.numThreads / 4)":
		threads, ok := number(s, "druid.processing.numThreads", m)
		return sizing.MergeBuffers(threads), ok
	}
	return 0, false
}

var byCores = map[string]func(cores int64) int64{
	"max(1, cores - 1)":                 sizing.ProcessingThreads,
	"max(10, cores * 17 / 16 + 2) + 30": sizing.DefaultHTTPThreads,
}

// number is a value that a formula needs, which may have a formula itself.
func number(s *conftree.Service, key string, m sizing.Machine) (int64, bool) {
	v := s.Get(key)
	if v.Formula != "" {
		return evaluate(s, v.Formula, m)
	}
	return v.Int64()
}
