package rules

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// emitterLists are the settings in which an emitter names others.
var emitterLists = [...]struct{ key, emitter string }{
	{"druid.emitter.composing.emitters", "composing"},
	{"druid.emitter.switching.defaultEmitters", "switching"},
	{"druid.emitter.switching.emitters", "switching"},
}

// checkEmitterList looks for names in the list of an emitter that is in use. Guice has no
// emitter of a name that is unknown, or whose extension is not loaded.
func (p *Pass) checkEmitterList(s Setting) {
	emitter, ok := schema.Lookup("druid.emitter")
	list := slices.IndexFunc(emitterLists[:], func(l struct{ key, emitter string }) bool { return l.key == s.Key })
	if !ok || list < 0 || !s.Known() || !slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Get("druid.emitter").Is(emitterLists[list].emitter) }) {
		return
	}
	for _, name := range namedEmitters(s.JSON()) {
		choice, exists := emitter.ChoiceIn(p.Release(), name)
		switch {
		case p.vendorEmitter(name):
		case !exists && p.someForeign():
		case !exists:
			f := p.Report(Val(s.Value), "no emitter is called %q", name)
			f.Effect = noEmitter
		default:
			p.emitterWithout(s, choice)
		}
	}
}

const noEmitter = "The process stops at start: No implementation for Emitter annotated with @Named was bound."

// emitterWithout reports an emitter whose extension is known not to be loaded.
func (p *Pass) emitterWithout(s Setting, emitter schema.Choice) {
	for _, svc := range s.Services {
		names, _, known := loaded(svc)
		if emitter.Extension == "" || !known || slices.Contains(names, emitter.Extension) {
			continue
		}
		f := p.Report(Val(s.Value), "the emitter %s needs the extension %s, which is not loaded", emitter.Value, emitter.Extension)
		f.Severity = finding.Error
		f.Effect = noEmitter
		f.Help = "Add " + emitter.Extension + " to " + loadListKey + "."
		return
	}
}

// namedEmitters are the texts of a list, or of an object of lists.
func namedEmitters(node *syntax.Node) []string {
	if node == nil {
		return nil
	}
	names, _ := node.Strings()
	for _, member := range node.Members {
		list, _ := member.Value.Strings()
		names = append(names, list...)
	}
	return names
}
