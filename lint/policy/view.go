package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// View is what a policy sees of a tree: plain values under the names that a
// policy uses. A service is one process; where a tree has several of one name, as
// tiers of Historicals, each gets a view of its own.
type View struct {
	Tree     map[string]any
	Services map[string]map[string]any
	// Defaults are the keys, by service, that are written nowhere.
	Defaults map[string]map[string]bool
	// Unknown are the keys, by service, whose value files do not tell: those with
	// a placeholder, or a default that is computed from the hardware.
	Unknown map[string]map[string]bool

	from map[string]*conf.Service
}

// Views are what a policy sees of a tree. Beside the keys that are set it sees
// the defaults of those that wanted chooses, where they are known.
func Views(t *conf.Tree, deployment string, wanted func(key string) bool) []*View {
	tree := treeFacts(t, deployment)
	var views []*View
	seen := map[string]int{}
	for _, s := range t.Services {
		if seen[s.Name]++; seen[s.Name] > len(views) {
			views = append(views, &View{
				Tree: tree, Services: map[string]map[string]any{}, from: map[string]*conf.Service{},
				Defaults: map[string]map[string]bool{}, Unknown: map[string]map[string]bool{},
			})
		}
		views[seen[s.Name]-1].from[s.Name] = s
	}
	if len(views) == 0 {
		return []*View{{Tree: tree}}
	}
	for _, v := range views {
		for name, first := range views[0].from {
			v.add(cmp.Or(v.from[name], first), wanted)
		}
	}
	return views
}

func treeFacts(t *conf.Tree, deployment string) map[string]any {
	services, files := []any{}, []any{}
	for _, s := range t.Services {
		services = append(services, s.Name)
	}
	for _, f := range t.Files {
		files = append(files, strings.TrimPrefix(f.Path, t.Path+"/"))
	}
	return map[string]any{
		"target": t.Target.Name, "release": t.Target.Release.String(), "deployment": deployment,
		"services": services, "files": files,
	}
}

func (v *View) add(s *conf.Service, wanted func(key string) bool) {
	values, defaulted, unknown, m := map[string]any{}, map[string]bool{}, map[string]bool{}, s.Tree().Masker()
	set := func(key string) {
		value := s.Get(key)
		switch {
		case value.Known() && !syntax.HasPlaceholder(value.Text):
			values[key] = typed(m, value, s.Tree().Target.Release)
		case value.Set || value.Formula != "" || value.Known():
			unknown[key] = true
		}
	}
	for _, key := range s.Keys() {
		if strings.HasPrefix(key, "druid.") {
			set(key)
		}
	}
	for _, key := range defaults(s, wanted) {
		if _, ok := values[key]; !ok && !unknown[key] {
			set(key)
			defaulted[key] = len(s.Settings(key)) == 0
		}
	}
	if jvm := jvmFacts(s.Tree(), s.JVM); jvm != nil {
		values["jvm"] = jvm
	}
	v.from[s.Name], v.Services[s.Name], v.Defaults[s.Name], v.Unknown[s.Name] = s, values, defaulted, unknown
}

// ports have a default for each process, and none in the schema.
var ports = []string{"druid.plaintextPort", "druid.port", "druid.service", "druid.tlsPort"}

// defaults are the wanted keys that the process reads and that may have one.
func defaults(s *conf.Service, wanted func(key string) bool) []string {
	var keys []string
	for i := range schema.Properties() {
		p := &schema.Properties()[i]
		if len(p.Default) > 0 && !p.IsPattern() && wanted(p.Name) && s.Reads(p) {
			keys = append(keys, p.Name)
		}
	}
	return append(keys, slices.DeleteFunc(slices.Clone(ports), func(key string) bool { return !wanted(key) })...)
}

// jvmFacts are what the command line gives the process; nil without a
// jvm.config.
func jvmFacts(t *conf.Tree, f *conf.File) map[string]any {
	if f == nil || f.Args == nil {
		return nil
	}
	flags := make([]any, 0, len(f.Flags))
	for _, flag := range f.Flags {
		m := t.MaskerAt(t.Masker(), f.Path, flag.Span.Start.Line, flag.Span.End.Line)
		if flag.Kind == syntax.SystemProperty && flag.HasValue {
			flags = append(flags, "-D"+flag.Name+"="+m.Value(flag.Name, flag.Value))
			continue
		}
		flags = append(flags, m.Text(flag.Text))
	}
	facts := map[string]any{"flags": flags}
	for name, size := range jvmSizes.Get() {
		if flag, ok := syntax.LastFlag(f.Flags, syntax.Size, size...); ok && flag.BytesOK {
			facts[name] = flag.Bytes
		}
	}
	return facts
}

// jvmSizes are the flags behind the sizes that policies may name.
var jvmSizes = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"heap":      {"Xmx", "MaxHeapSize"},
		"maxDirect": {"MaxDirectMemorySize"},
	}
}}
