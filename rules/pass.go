package rules

import (
	"fmt"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/schema"
)

// Pass is one rule at work on one tree.
type Pass struct {
	Tree *conf.Tree
	// Deployment says how the tree is run: as a cluster, where nothing tells.
	Deployment conf.Deployment
	// Topology is what the user says of the servers.
	Topology Topology
	// HA is set when the user asks for high availability.
	HA bool

	// unknown is set where nothing tells the deployment, and ifCluster collects
	// what is only said as a hint because of that.
	unknown   bool
	ifCluster []finding.Severity

	rule     *Rule
	near     *suggestions
	settings []Setting
	druid    []int              // the places of those whose keys start with druid.
	findings []*finding.Finding // of the rule at work
	roomy    int                // how many of them there may be until they are thinned out
	left     places             // where findings were that are left out
	kept     []*finding.Finding // of those before
	// others read the same tree otherwise; see reading.go.
	others map[reading]*Pass
	// What several rules ask for is found once; see javas, querying, servers and
	// badValues.
	commandLines, druidLines, taskLines []java
	queriers                            []querying
	machines                            []ports.Server
	misread                             []badValue
	valuesRead                          bool
}

// Release is the Druid release that the tree is written for.
func (p *Pass) Release() schema.Release { return p.Tree.Target.Release }

// Setting is one place that sets a key, and the processes that see it.
type Setting struct {
	conf.Value
	Services []*conf.Service
	// Property is what the schema knows of the key, nil if nothing.
	Property *schema.Property
}

// Settings lists every place that sets a key: properties files and -D flags.
// It is computed once a tree.
func (p *Pass) Settings() []Setting { return p.settings }

// Read reports whether one of the processes that see the setting reads it, in
// this release, and its conditions hold. A setting that is not read is harmless
// whatever it says.
func (p *Pass) Read(s Setting) bool {
	if s.Property == nil || !s.Property.Releases.Has(p.Release()) {
		return false
	}
	if len(s.Services) == 0 {
		return len(p.Tree.Services) == 0 // a common file alone: somebody will read it
	}
	return slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return s.readBy(svc) })
}

func (s Setting) readBy(svc *conf.Service) bool {
	return svc.Reads(s.Property) && svc.Applies(s.Property, s.Key)
}

// seenBy reports whether no later line and no file of the process's own hides the setting.
func (s Setting) seenBy(svc *conf.Service) bool {
	v := svc.Get(s.Key)
	return !v.Set || v.File == s.File && v.Span == s.Span
}

// Used reports whether one of the processes that read the setting sees it.
func (p *Pass) Used(s Setting) bool {
	return p.Read(s) && (len(s.Services) == 0 || slices.ContainsFunc(s.Services, func(svc *conf.Service) bool {
		return s.readBy(svc) && s.seenBy(svc)
	}))
}

// unused is what follows from a setting that is not used.
func (p *Pass) unused(s Setting) string {
	if p.Read(s) {
		return "Nothing yet: each process that reads the property has another value for it."
	}
	return "Nothing yet: with this configuration no process reads the property."
}

// Place is where a finding points.
type Place conf.Place

// Key is the place of a setting's key.
func Key(v conf.Value) Place {
	return Place{File: v.File, Span: v.Span, Property: v.Key}
}

// Val is the place of a setting's value, or of its key if the value is empty.
func Val(v conf.Value) Place {
	if v.ValueSpan.Start == v.ValueSpan.End {
		return Key(v)
	}
	return Place{File: v.File, Span: v.ValueSpan, Property: v.Key}
}

// At is a stretch of a file.
func At(f *conf.File, span syntax.Span) Place { return Place{File: f, Span: span} }

// In is a file as a whole.
func In(f *conf.File) Place { return Place{File: f} }

// Location is the place as reports have it.
func (l Place) Location() finding.Location { return location(l.File, l.Span) }

// text is what the file has there.
func (l Place) text() string {
	if l.File == nil {
		return ""
	}
	return string(l.File.Data[l.Span.Start.Offset:l.Span.End.Offset])
}

// Of says which process a place concerns.
func (l Place) Of(s *conf.Service) Place {
	if s != nil {
		l.Service = s.Name
	}
	return l
}

// Where is the place to report something about a value that may not be written
// at all.
func (p *Pass) Where(s *conf.Service, v conf.Value) Place { return Place(p.Tree.Where(s, v)) }

// Report adds a finding with the rule's severity, effect and fix, which the
// caller may change through the result.
func (p *Pass) Report(at Place, format string, args ...any) *finding.Finding {
	f := &finding.Finding{
		Tree:     p.Tree.Path,
		Rule:     p.rule.ID,
		Severity: p.rule.Severity,
		Message:  text.Sprintf(format, args...),
		Effect:   p.rule.Effect,
		Help:     p.rule.Fix,
		Location: location(at.File, at.Span),
		Service:  at.Service,
		Property: at.Property,
		Docs:     p.rule.Docs(),
		Variable: at.File.Variable(at.Span),
	}
	if _, _, stock := at.File.At(at.Span); stock {
		f.Message += " (image default)"
		f.Stock = true
		if p.Tree.Partial() || at.File.Doubtful() || !p.storing() {
			return f // which other values may change, or which nobody here reads
		}
	}
	if at.Span.Start.Line == 0 && (at.File.Open() || at.File.Hides(at.Property)) {
		return f // about what is not there, and may be in what is not known
	}
	if len(p.findings) >= p.roomy {
		p.thinOut()
		p.roomy = len(p.findings) + 4*mostAlike
	}
	p.findings = append(p.findings, f)
	return f
}

// storing is false for a rule about what is kept in a tree without a process that
// keeps anything.
func (p *Pass) storing() bool {
	switch p.rule.Area {
	case Metadata, DeepStorage, TaskLogs:
		return len(p.Services("coordinator", "overlord", "historical", "middleManager", "indexer", "peon")) > 0
	}
	return true
}

// relate adds another place to a finding, if it is another one.
func relate(f *finding.Finding, at Place, format string, args ...any) {
	where := location(at.File, at.Span)
	if where == f.Location {
		return
	}
	f.Related = append(f.Related, finding.Related{Location: where, Message: fmt.Sprintf(format, args...)})
}

func location(f *conf.File, span syntax.Span) finding.Location {
	if f == nil {
		return finding.Location{}
	}
	f, span, _ = f.At(span)
	l := finding.Location{File: f.Path}
	if span.Start.Line > 0 {
		l.Line, l.Column = span.Start.Line, span.Start.Column
		l.EndLine, l.EndColumn = span.End.Line, span.End.Column
		l.Source = f.MaskedLine(l.Line)
		l.Mark, l.EndMark = f.MaskedColumns(l.Line, l.Column, l.EndColumn)
	}
	return l
}

// Services are the processes of the tree that play a role; all without one.
func (p *Pass) Services(roles ...string) []*conf.Service {
	var list []*conf.Service
	for _, s := range p.Tree.Services {
		if len(roles) == 0 || slices.ContainsFunc(roles, s.Plays) {
			list = append(list, s)
		}
	}
	return list
}

// Files are the tree's files of some kinds that could be read.
func (p *Pass) Files(kinds ...conf.Kind) []*conf.File { return p.Tree.Readable(kinds...) }
