package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
)

// finding says what a breach is, where the value is written, and beside it where
// the policy says otherwise.
func (e *evaluator) finding(t *conf.Tree, v *View, b breach) finding.Finding {
	r, wants := plain, "the policy refuses it: "+b.reason
	f := finding.Finding{Tree: t.Path, Property: strings.Join(b.path, ".")}
	if b.clause >= 0 {
		c := e.clauses[b.clause]
		r, wants = c.rule, c.wants()
		if b.refused {
			wants = "the policy does not allow the key"
		}
		f.Related = []finding.Related{{Location: e.location(c), Message: "here " + wants}}
	}
	f.Rule, f.Severity = r.id, r.severity
	service := b.root[len(b.root)-1]
	value := v.Tree[b.path[0]]
	if service == "tree" {
		f.Property = "tree." + f.Property
		f.Location = in(owner(t, nil))
	} else {
		f.Service = service
		value = v.value(service, b.path)
		f.Location = place(t, v.from[service], b.path)
	}
	switch {
	case b.missing:
		f.Message = fmt.Sprintf("%s is not set and has no default", f.Property)
	case f.Line == 0 && service != "tree" && b.path[0] != "jvm":
		f.Message = fmt.Sprintf("%s is %s by default", f.Property, shown(value))
	default:
		f.Message = fmt.Sprintf("%s is %s", f.Property, shown(value))
	}
	f.Message += "; " + wants
	if r.message != "" {
		f.Message = r.message + ": " + f.Message
	}
	return f
}

// wants says what the clause asks for, in its own words.
func (c clause) wants() string {
	if c.forbids {
		return "the policy forbids it"
	}
	return "the policy wants " + shorten(c.text, 200)
}

// value is what stands at a path below a service.
func (v *View) value(service string, path []string) any {
	value := v.Services[service][path[0]]
	if facts, ok := value.(map[string]any); ok && len(path) > 1 {
		return facts[path[1]]
	}
	return value
}

// location is where a clause stands.
func (e *evaluator) location(c clause) finding.Location {
	from, to := c.start.Position(), c.end.Position()
	source := e.sources[c.file]
	return finding.Location{
		File: source.path, Line: from.Line, Column: column(source, from.Line, from.Column),
		EndLine: to.Line, EndColumn: column(source, to.Line, to.Column), Source: source.line(from.Line),
	}
}

// column counts in runes, where CUE counts bytes.
func column(s source, line, column int) int {
	text := s.line(line)
	return len([]rune(text[:min(column-1, len(text))])) + 1
}

// place is where a value is written, or the service's file where it is not.
func place(t *conf.Tree, s *conf.Service, path []string) finding.Location {
	if path[0] == "jvm" && s.JVM != nil {
		if flag, ok := syntax.LastFlag(s.JVM.Flags, syntax.Size, jvmSizes.Get()[path[1]]...); ok {
			return at(s.JVM, flag.Span)
		}
		return in(s.JVM)
	}
	value := s.Get(path[0])
	switch {
	case !value.Set:
		return in(owner(t, s))
	case value.ValueSpan.Start == value.ValueSpan.End:
		return at(value.File, value.Span)
	}
	return at(value.File, value.ValueSpan)
}

// owner is the file where a value would be written.
func owner(t *conf.Tree, s *conf.Service) *conf.File {
	files := []*conf.File{t.Common, t.Files[0]}
	if s != nil {
		files = []*conf.File{s.Runtime, s.Common, t.Common, s.JVM, t.Files[0]}
	}
	return files[slices.IndexFunc(files, func(f *conf.File) bool { return f != nil })]
}

func in(f *conf.File) finding.Location { return finding.Location{File: f.Path} }

func at(f *conf.File, span syntax.Span) finding.Location {
	return finding.Location{
		File: f.Path, Line: span.Start.Line, Column: span.Start.Column,
		EndLine: span.End.Line, EndColumn: span.End.Column, Source: f.MaskedLine(span.Start.Line),
	}
}

// shown is a value as JSON, which is how CUE writes it too.
func shown(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return shorten(strings.TrimSpace(b.String()), 80)
}

func shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// merge makes one finding of those that differ only in the service: the value
// stands in a shared file.
func merge(list []finding.Finding) []finding.Finding {
	var merged []finding.Finding
	for _, f := range finding.Sort(list) {
		i := slices.IndexFunc(merged, func(o finding.Finding) bool {
			return o.Location == f.Location && o.Rule == f.Rule && o.Message == f.Message
		})
		if i < 0 {
			merged = append(merged, f)
		} else if merged[i].Service != f.Service {
			merged[i].Service = ""
		}
	}
	return merged
}
