package main

import (
	"bytes"
	"fmt"
	"strings"

	"cuelang.org/go/cue"
)

// table is one member of the CUE package that becomes a Go constant or a sorted
// slice.
type table struct {
	path  string
	write func(b *bytes.Buffer, v cue.Value) error
}

var tables = []table{
	{"#periodPattern", constant("periodPattern")},
	{"extension", extensions},
	{"process", processes},
	{"listener", listeners},
	{"peonPorts", peonPorts},
}

// constant writes a string.
func constant(name string) func(*bytes.Buffer, cue.Value) error {
	return func(b *bytes.Buffer, v cue.Value) error {
		text, err := v.String()
		fmt.Fprintf(b, "const %s = %q\n\n", name, text)
		return err
	}
}

// rows writes a slice with one element a member, sorted by name.
func rows[T any](b *bytes.Buffer, v cue.Value, variable, kind string, write func(name string, row T) string) error {
	names, values, err := fields(v)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "var %s = []%s{\n", variable, kind)
	for _, name := range names {
		var row T
		if err := values[name].Decode(&row); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(b, "{Name: %q%s},\n", name, write(name, row))
	}
	b.WriteString("}\n\n")
	return nil
}

type extensionJSON struct {
	Doc, Since, Until, Vendor, ReplacedBy string
	Never                                 bool
	Contrib                               *rangeJSON
	Needs                                 *struct{ Extension, From, Until string }
}

func extensions(b *bytes.Buffer, v cue.Value) error {
	return rows(b, v, "extensions", "Extension", func(_ string, e extensionJSON) string {
		text := fmt.Sprintf(", Doc: %q", e.Doc) + releases(e.Since, e.Until) + optional("Vendor", e.Vendor) +
			optional("Never", e.Never) + optional("ReplacedBy", e.ReplacedBy)
		if c := e.Contrib; c != nil {
			text += fmt.Sprintf(", Contrib: &Range{%s}", rangeText(c.From, c.Until))
		}
		if n := e.Needs; n != nil {
			text += fmt.Sprintf(", Needs: &Need{%q, Range{%s}}", n.Extension, rangeText(n.From, n.Until))
		}
		return text
	})
}

func processes(b *bytes.Buffer, v cue.Value) error {
	return rows(b, v, "processes", "Process", func(_ string, p struct {
		Service, Since, Until string
		Plain, TLS            int
	}) string {
		return fmt.Sprintf(", Service: %q, Plain: %d, TLS: %d%s", p.Service, p.Plain, p.TLS, releases(p.Since, p.Until))
	})
}

func listeners(b *bytes.Buffer, v cue.Value) error {
	return rows(b, v, "listeners", "Listener", func(_ string, l struct {
		Port          int
		Doc, Property string
	}) string {
		return fmt.Sprintf(", Port: %d, Doc: %q%s", l.Port, l.Doc, optional("Property", l.Property))
	})
}

func peonPorts(b *bytes.Buffer, v cue.Value) error {
	var p struct{ Start, End int }
	err := v.Decode(&p)
	fmt.Fprintf(b, "// Tasks listen on the first free ports of this range.\nconst (\nPeonPortStart = %d\nPeonPortEnd = %d\n)\n\n", p.Start, p.End)
	return err
}

func rangeText(from, until string) string {
	return strings.TrimPrefix(optional("From", release(from))+optional("Until", release(until)), ", ")
}
