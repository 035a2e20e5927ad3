// Package effective says what each process of a tree really gets: every value
// with its place, what it overrules, how it reads in people's units, and whether
// the process looks at it at all.
//
// It judges nothing, prints nothing and reads no file. conf has the order in
// which the files overrule each other, schema what there is by default, and
// sizing the few defaults that the hardware decides. Of is what the files give
// the processes, Peon what a MiddleManager makes of that for a task. normal.go
// is what makes two values the same: 512MiB and 536870912, true and True, JSON
// however it is laid out.
package effective

import (
	"cmp"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/sizing"
)

// Options say what to look at.
type Options struct {
	// All adds the defaults of every property that the process reads.
	All bool
	// Machine evaluates the defaults that the hardware decides, as far as it is
	// known.
	Machine sizing.Machine
}

// Process is what one process gets.
type Process struct {
	Service string
	// Dir is the service's folder; empty in flat layouts.
	Dir string
	// Values are sorted by key.
	Values []Value
	// Flags are the arguments of java in order, but -D, which are values.
	Flags []Flag
}

// Get finds the value of a key.
func (p *Process) Get(key string) (Value, bool) {
	i, ok := slices.BinarySearchFunc(p.Values, key, func(v Value, key string) int { return cmp.Compare(v.Key, key) })
	if !ok {
		return Value{}, false
	}
	return p.Values[i], true
}

// Value is what a process gets for a key.
type Value struct {
	Key string
	// Text is as the process gets it, secrets too: see Hide.
	Text string
	// Reading has it in people's units, 536870912 = 512 MiB; empty if that says
	// no more than the text.
	Reading string
	// Normal is the same for all texts that mean the same. It is a formula where
	// the value is not known.
	Normal string
	// Set tells a written value from a default.
	Set    bool
	Origin Origin
	// Overridden are the places that count no more, the last one to lose first.
	Overridden []Origin
	// Unread is set for what is written and known, and which no process of this
	// kind reads in this release, or not with the other values as they are.
	Unread bool
	// Known is set for a key that some release has.
	Known  bool
	Secret bool
	// Hidden is set by Hide where Text is not what the process gets.
	Hidden bool
}

// Kind says where a value comes from.
type Kind string

// The kinds of origins.
const (
	Property Kind = "property" // a line of a properties file
	JVM      Kind = "jvm"      // -D in jvm.config
	Image    Kind = "image"    // a value that the image of a container brings
	Default  Kind = "default"
	Formula  Kind = "formula" // a default that is computed
)

// Origin is the place a value comes from.
type Origin struct {
	Kind Kind
	// File, Line and Column, both from 1, are where it is written.
	File         string `mask:"-"`
	Line, Column int
	// Formula computes a default. A value whose formula could not be evaluated
	// has an empty text.
	Formula string
	// Text is what stands there.
	Text string
}

// Flag is an argument of java.
type Flag struct {
	// Text is as java gets it, secrets too: see Hide.
	Text string
	// Name has no punctuation: Xmx.
	Name         string
	Reading      string
	File         string `mask:"-"`
	Line, Column int
}

// Of says what each process of the tree gets.
func Of(t *conf.Tree, o Options) []Process {
	processes := make([]Process, len(t.Services))
	for i, s := range t.Services {
		v := view{service: s, process: s.Process(), written: newWritten(s), cores: o.Machine.Cores, reads: s.Reads}
		processes[i] = Process{Service: s.Name, Dir: s.Dir, Values: v.values(o.All), Flags: flags(s.JVM)}
	}
	return processes
}

func origin(v conf.Value) Origin {
	file, at, stock := v.File.At(v.Span)
	o := Origin{Kind: Property, File: file.Path, Line: at.Start.Line, Column: at.Start.Column, Text: v.Text}
	switch {
	case stock:
		o.Kind = Image
	case v.JVM:
		o.Kind = JVM
	}
	return o
}

func flags(f *conf.File) []Flag {
	if f == nil {
		return nil
	}
	var list []Flag
	for _, flag := range f.Flags {
		if flag.Kind == syntax.SystemProperty {
			continue
		}
		list = append(list, newFlag(f, flag))
	}
	return list
}

func newFlag(f *conf.File, flag syntax.Flag) Flag {
	file, at, _ := f.At(flag.Span)
	entry := Flag{Text: flag.Text, Name: flag.Name, File: file.Path, Line: at.Start.Line, Column: at.Start.Column}
	if flag.Kind == syntax.Size && flag.BytesOK {
		entry.Reading = bytesReading(flag.Bytes)
	}
	return entry
}
