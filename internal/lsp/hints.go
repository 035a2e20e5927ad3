package lsp

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// hints stand behind values: 536870912 is 512 MiB, and so many buffers are that
// much direct memory.
func (s *server) hints(p documentParams) any {
	list := []inlayHint{}
	a, ok := s.about(p)
	if !ok {
		return list
	}
	from, to := a.text.offset(p.Range.Start), a.text.offset(p.Range.End)
	add := func(offset int, label, tooltip string) {
		if label != "" && from <= offset && offset <= to {
			list = append(list, inlayHint{a.text.position(offset), label, tooltip, true})
		}
	}
	for _, one := range a.of(a.document.path).settings {
		label, tooltip := one.reading(), ""
		if one.Key == bufferSize {
			if need, ok := directOf(one); ok {
				label, tooltip = strings.TrimSpace(label+"; direct memory "+need.Formula+" = "+text.Size(need.Bytes)), "what the process checks for at start: -XX:MaxDirectMemorySize must be at least that"
				label = strings.TrimPrefix(label, "; ")
			}
		}
		add(one.text.End.Offset, label, tooltip)
	}
	for _, f := range a.of(a.document.path).flags {
		label, tooltip := "", ""
		if f.BytesOK && digits(f.Value) && f.Bytes >= 1024 {
			label = "= " + text.Size(f.Bytes)
		}
		if f.Name == "MaxDirectMemorySize" && f.service != nil {
			if need, ok := rules.DirectOf(f.service); ok {
				label, tooltip = strings.TrimPrefix(label+"; needs "+text.Size(need.Bytes), "; "), need.Formula
			}
		}
		add(f.at.End.Offset, label, tooltip)
	}
	return list
}

const bufferSize = "druid.processing.buffer.sizeBytes"

// reading is a plain number in people's units.
func (s setting) reading() string {
	p, known := schema.Lookup(s.Key)
	if !known || !s.Known() || s.Secret() || !digits(s.Text) && !strings.HasPrefix(s.Text, "P") {
		return ""
	}
	_, in, _ := strings.Cut(effective.Reading(p, s.Text, s.tree.Target.Release), " = ")
	if in == "" {
		return ""
	}
	return "= " + in
}

// directOf is the direct memory that a size of buffers means: of the only process
// that reads it there, or of several that need the same.
func directOf(one setting) (need sizing.Direct, ok bool) {
	for _, service := range readersOf(one) {
		v := service.Get(one.Key)
		if v.File != one.File || v.Span != one.Span {
			continue // another line counts there
		}
		of, known := rules.DirectOf(service)
		switch {
		case !known:
		case ok && of.Formula != need.Formula:
			return sizing.Direct{}, false
		default:
			need, ok = of, true
		}
	}
	return need, ok
}

func readersOf(one setting) []*conf.Service { return one.tree.Readers(one.File) }

func digits(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// symbols are the keys and flags of a document, in its order.
func (s *server) symbols(p documentParams) any {
	list := []documentSymbol{}
	a, ok := s.about(p)
	if !ok {
		return list
	}
	w, file := a.of(a.document.path), a.files[a.document.path]
	seen := map[string]bool{}
	add := func(name, detail string, kind int, from, to, keyTo int) {
		at := fmt.Sprint(name, " ", from)
		if name == "" || seen[at] || to < from {
			return
		}
		seen[at] = true
		list = append(list, documentSymbol{name, detail, kind, a.text.textRange(from, max(to, keyTo)), a.text.textRange(from, keyTo)})
	}
	for _, one := range w.settings {
		add(one.Key, one.File.Hide(one.Key, one.Text, one.ValueSpan), symbolProperty, one.key.Start.Offset, one.text.End.Offset, one.key.End.Offset)
	}
	for _, f := range w.flags {
		add(quoted(file.Masked(f.at.Start.Offset, f.at.End.Offset)), "", symbolConstant, f.at.Start.Offset, f.at.End.Offset, f.at.End.Offset)
	}
	return list
}
