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
	{"flag", flags},
	{"javaSupport", javaSupport},
	{"key", keys},
	{"olderProperty", older("olderProperties")},
	{"olderExtension", older("olderExtensions")},
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

func flags(b *bytes.Buffer, v cue.Value) error {
	return rows(b, v, "flags", "JVMFlag", func(_ string, f struct {
		Doc, Successor                      string
		Since, Deprecated, Ignored, Removed int
		Collector                           bool
	}) string {
		return fmt.Sprintf(", Doc: %q", f.Doc) + optional("Since", f.Since) + optional("Deprecated", f.Deprecated) +
			optional("Ignored", f.Ignored) + optional("Removed", f.Removed) + optional("Successor", f.Successor) + optional("Collector", f.Collector)
	})
}

func javaSupport(b *bytes.Buffer, v cue.Value) error {
	var list []struct {
		From, Until string
		Versions    []int
	}
	err := v.Decode(&list)
	b.WriteString("var javaSupport = []javaRange{\n")
	for _, s := range list {
		fmt.Fprintf(b, "{Range{%s}, %#v},\n", rangeText(s.From, s.Until), s.Versions)
	}
	b.WriteString("}\n\n")
	return err
}

// keys writes one table a kind of file, and the map of them as a switch, which
// costs nothing at start.
func keys(b *bytes.Buffer, v cue.Value) error {
	names, values, err := fields(v)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := rows(b, values[name], name+"Keys", "Key", func(_ string, k struct {
			Doc, Default string
			Choices      []string
			Secret       bool
		}) string {
			text := fmt.Sprintf(", Doc: %q", k.Doc) + optional("Default", k.Default) + optional("Secret", k.Secret)
			if len(k.Choices) > 0 {
				text += fmt.Sprintf(", Choices: %#v", k.Choices)
			}
			return text
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func older(variable string) func(*bytes.Buffer, cue.Value) error {
	return func(b *bytes.Buffer, v cue.Value) error {
		return rows(b, v, variable, "Older", func(_ string, o struct{ Until, ReplacedBy string }) string {
			return fmt.Sprintf(", Until: %d", release(o.Until)) + optional("ReplacedBy", o.ReplacedBy)
		})
	}
}
