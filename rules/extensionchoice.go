package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// This file has the choices, such as a kind of deep storage, that come with an extension
// which is not loaded.

var extStorage = &Rule{
	ID: "ext-storage-not-loaded", Severity: finding.Error, Area: Extensions,
	Title:  "A choice that needs an extension which is not loaded.",
	Why:    "Stores, emitters, authenticators and the like exist only in processes that load their extension.",
	Effect: "The process, or each of its tasks, stops at start: Unknown provider[...] of Key[...], known options[...], or Could not resolve type id.",
	Fix:    "Add the extension to druid.extensions.loadList.",
	Source: "core/src/main/java/org/apache/druid/guice/PolyBind.java:198 and SegmentLoaderLocalCacheManager.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		said := map[absence]*finding.Finding{}
		for _, s := range p.druidSettings() {
			extension := p.extensionFor(s)
			if extension == "" || p.idle(s) {
				continue
			}
			if len(p.Tree.Services) == 0 {
				p.reportNotLoadedAlone(s, extension, said)
				continue
			}
			p.reportNotLoaded(s, extension, said)
		}
	},
}

// extensionFor is the extension that a setting's choice comes with.
func (p *Pass) extensionFor(s Setting) string {
	if s.Property == nil || !s.Known() || !s.Property.Releases.Has(p.Release()) {
		return ""
	}
	choice, _ := s.Property.ChoiceIn(p.Release(), s.Text)
	return choice.Extension
}

// idle reports whether a setting belongs to an authenticator or authorizer that is in
// the chain of no process that sees it, so that nobody reads it.
func (p *Pass) idle(s Setting) bool {
	for prefix, chain := range map[string]string{"druid.auth.authenticator.": "druid.auth.authenticatorChain", "druid.auth.authorizer.": "druid.auth.authorizers"} {
		rest, ok := strings.CutPrefix(s.Key, prefix)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		without := func(list conf.Value) bool {
			names, known := list.Strings()
			return known && !slices.Contains(names, name)
		}
		if len(s.Services) == 0 {
			return without(p.shared(chain))
		}
		return !slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return !without(svc.Get(chain)) })
	}
	return false
}

// absence is what one finding says: that a load list lacks the extension of a choice, or
// of all that makes up the login, which is one decision.
type absence struct {
	list      Place
	extension string
	choice    Place
}

func absenceOf(s Setting, list conf.Value, extension string) absence {
	if strings.HasPrefix(s.Key, "druid.auth.") || strings.HasPrefix(s.Key, "druid.escalator.") {
		return absence{list: Val(list), extension: extension}
	}
	return absence{Val(list), extension, Val(s.Value)}
}

// reportNotLoaded makes a finding for each load list that lacks the extension of
// a choice, in processes that read the choice.
func (p *Pass) reportNotLoaded(s Setting, extension string, said map[absence]*finding.Finding) {
	for _, svc := range s.Services {
		list := svc.Get(loadListKey)
		if p.lacking(list, extension) && svc.Reads(s.Property) && svc.Applies(s.Property, s.Key) {
			p.sayNotLoaded(s, Val(s.Value).Of(svc), list, extension, said)
		}
	}
}

// reportNotLoadedAlone does so for a shared file that comes without any process. What
// loads the extension may be one of their files, or the environment of a container.
func (p *Pass) reportNotLoadedAlone(s Setting, extension string, said map[absence]*finding.Finding) {
	if list := p.Tree.Get(loadListKey); p.lacking(list, extension) && p.Tree.Get(s.Key).Span == s.Span {
		f := p.sayNotLoaded(s, Val(s.Value), list, extension, said)
		f.Severity = finding.Warning
		f.Effect = "None, if the files of the processes or their environment load it; else the processes that read this stop at start, or fail when they first use it."
	}
}

// lacking reports whether a load list is known to be without an extension, and not for
// a slip in its name, which ext-dir-missing finds.
func (p *Pass) lacking(list conf.Value, extension string) bool {
	names, known := loadedNames(p.Tree, list)
	return known && !slices.ContainsFunc(names, func(name string) bool {
		if _, exists := schema.LookupExtension(name); exists || p.hasExtension(name) {
			return name == extension
		}
		near, _ := p.nearExtension(name)
		return near == extension
	})
}

func (p *Pass) sayNotLoaded(s Setting, at Place, list conf.Value, extension string, said map[absence]*finding.Finding) *finding.Finding {
	what := absenceOf(s, list, extension)
	if f := said[what]; f != nil {
		f.Service = ""
		p.alsoNotLoaded(s, f)
		return f
	}
	f := p.Report(at, "%s=%s needs the extension %s, which is not loaded", s.Key, s.Text, extension)
	f.Help = "Add " + extension + " to druid.extensions.loadList."
	p.withoutExtension(s, f)
	relate(f, Val(list), "the extensions that are loaded")
	if fixed, ok := appended(list, extension); ok {
		f.Fix = edit(true, Val(list), fixed)
	}
	said[what] = f
	return f
}

// alsoNotLoaded adds a choice to a finding about the same extension, and what is worse
// about it.
func (p *Pass) alsoNotLoaded(s Setting, f *finding.Finding) {
	at := Val(s.Value)
	where := location(at.File, at.Span)
	if where == f.Location || slices.ContainsFunc(f.Related, func(r finding.Related) bool { return r.Location == where }) {
		return
	}
	relate(f, at, "it needs the extension, too")
	own := finding.Finding{Severity: finding.Error}
	if p.withoutExtension(s, &own); own.Severity > f.Severity {
		f.Severity, f.Effect = own.Severity, own.Effect
	}
}

// withoutExtension says what Druid does with a choice that it does not know.
func (p *Pass) withoutExtension(s Setting, f *finding.Finding) {
	switch {
	case s.Key == "druid.emitter" && p.Release() >= 15:
		f.Effect = "The process stops at start: Unknown emitter type[druid.emitter]=[" + s.Text + "]."
	case !s.Property.IsStrict(p.Release()):
		f.Severity = finding.Warning
		f.Effect = "The process starts and falls back to what it has without the extension, or fails when it first needs it."
	case s.Key == storageTypeKey:
		f.Effect = "Tasks stop at start: Unknown provider[" + s.Text + "] of Key[...], known options[...]. A Historical runs, and cannot load a segment: Could not resolve type id."
	case strings.HasPrefix(s.Key, "druid.auth."), strings.HasPrefix(s.Key, "druid.escalator."):
		f.Effect = "The process stops at start: Could not resolve type id '" + s.Text + "'."
	default:
		f.Effect = "The process stops at start: Unknown provider[" + s.Text + "] of Key[...], known options[...]."
	}
}
