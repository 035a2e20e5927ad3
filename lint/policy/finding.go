package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// finding says what a breach is, where the value is written, and beside it where
// the policy says otherwise.
func (p *Policy) finding(t *conf.Tree, v *View, b breach) finding.Finding {
	r, wants := plain, "the policy refuses it: "+b.Reason
	f := finding.Finding{Tree: t.Path, Property: strings.Join(b.Path, ".")}
	if b.Clause >= 0 {
		w := p.wishes[b.Clause]
		r, wants = w.Rule, w.wants()
		if b.Refused {
			wants = "the policy does not allow the key"
		}
		w.At.Source = p.sources[w.File].line(w.At.Line)
		f.Related = []finding.Related{{Location: w.At, Message: "here " + wants}}
	}
	f.Rule, f.Severity = r.ID, r.Severity
	service := b.Root[len(b.Root)-1]
	value := v.Tree[b.Path[0]]
	if service == "tree" {
		f.Property = "tree." + f.Property
		f.Location = in(owner(t, nil))
	} else {
		f.Service = service
		value = v.value(service, b.Path)
		f.Location = place(t, v.from[service], b.Path)
	}
	switch {
	case b.Missing:
		f.Message = fmt.Sprintf("%s is not set and has no default", f.Property)
		if near := nearest(b.Path[0], t.Target.Release); near != "" {
			f.Message += ", and is not a property: did the policy mean " + near + "?"
		}
	case f.Line == 0 && service != "tree" && b.Path[0] != "jvm":
		f.Message = fmt.Sprintf("%s is %s by default", f.Property, shown(value))
	default:
		f.Message = fmt.Sprintf("%s is %s", f.Property, shown(value))
	}
	f.Message += "; " + wants
	if r.Message != "" {
		f.Message = r.Message + ": " + f.Message
	}
	return f
}

// wants says what the clause asks for, in its own words.
func (w wish) wants() string {
	if w.Forbids {
		return "the policy forbids it"
	}
	return "the policy wants " + shorten(w.Text, 200)
}

// value is what stands at a path below a service.
func (v *View) value(service string, path []string) any {
	value := v.Services[service][path[0]]
	if facts, ok := value.(map[string]any); ok && len(path) > 1 {
		return facts[path[1]]
	}
	return value
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

func at(f *conf.File, span syntax.Span) finding.Location { return rules.At(f, span).Location() }

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
	type place struct {
		at            finding.Location
		rule, message string
	}
	var merged []finding.Finding
	known := map[place]int{}
	for _, f := range finding.Sort(list) {
		key := place{f.Location, f.Rule, f.Message}
		i, double := known[key]
		if !double {
			known[key] = len(merged)
			merged = append(merged, f)
		} else if merged[i].Service != f.Service {
			merged[i].Service = ""
		}
	}
	return merged
}
