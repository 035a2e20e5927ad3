package effective

import (
	"strconv"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// defaults are those of every property that the process reads and that is not
// written.
func (v view) defaults() []Value {
	var list []Value
	add := func(value conf.Value) {
		if _, ok := v.written[value.Key]; !ok {
			list = append(list, v.defaulted(value))
		}
	}
	for i := range schema.Properties() {
		p := &schema.Properties()[i]
		_, ok := p.DefaultIn(v.release())
		if ok && !p.IsPattern() && v.looksAt(p, p.Name) {
			add(v.service.Get(p.Name))
		}
	}
	for _, value := range v.node() {
		add(value)
	}
	return list
}

// node is what a process announces itself with, which differs from process to
// process and has no default in the schema. DruidNode takes druid.port for a
// plain port that is not given, and knows no TLS port while TLS is off.
func (v view) node() []conf.Value {
	keys := []string{"druid.service"}
	if !v.get("druid.enablePlaintextPort").Is("false") {
		keys = append(keys, "druid.plaintextPort")
	}
	if v.get("druid.enableTlsPort").Is("true") {
		keys = append(keys, "druid.tlsPort")
	}
	var values []conf.Value
	for _, key := range keys {
		value := conf.Value{Key: key}
		if key == "druid.plaintextPort" && v.get("druid.port").Set {
			value.Formula = "druid.port"
		} else {
			value.Text, _ = schema.DefaultPort(key, v.process, v.release())
		}
		values = append(values, value)
	}
	return values
}

func (v view) defaulted(value conf.Value) Value {
	p, known := schema.Lookup(value.Key)
	d := Value{Key: value.Key, Text: value.Text, Known: known, Secret: value.Secret(), Origin: Origin{Kind: Default, Text: value.Text}}
	if value.Formula != "" {
		d.Text = v.evaluate(value.Formula)
		d.Origin = Origin{Kind: Formula, Formula: value.Formula, Text: d.Text}
		if d.Text == "" {
			d.Normal = value.Formula
			return d
		}
	}
	d.Reading, d.Normal = Reading(p, d.Text, v.release()), Normal(value.Key, d.Text, v.release())
	return d
}

// evaluate computes the formulas of the schema that sizing has as functions, and
// those that are another key; it is empty for all else.
func (v view) evaluate(formula string) string {
	compute, ok := byCores.Get()[formula]
	switch {
	case ok && v.cores > 0:
		return strconv.FormatInt(compute(v.cores), 10)
	case formula == "max(2, druid.processing.numThreads / 4)":
		if threads, err := strconv.ParseInt(v.text("druid.processing.numThreads"), 10, 32); err == nil {
			return strconv.FormatInt(sizing.MergeBuffers(threads), 10)
		}
	case formula == "druid.port":
		return v.text(formula)
	}
	return ""
}

var byCores = lazy.Value[map[string]func(cores int64) int64]{New: func() map[string]func(cores int64) int64 {
	return map[string]func(cores int64) int64{
		"max(1, cores - 1)":                 sizing.ProcessingThreads,
		"max(10, cores * 17 / 16 + 2) + 30": sizing.DefaultHTTPThreads,
	}
}}

// text is a value that a formula needs, and which may have a formula itself.
func (v view) text(key string) string {
	value := v.get(key)
	if value.Formula != "" {
		return v.evaluate(value.Formula)
	}
	return value.Text
}
