package upgrade

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// defaults adds the properties that the tree leaves to Druid, and that Druid
// decides otherwise in the new version. A property that comes on the way begins
// as things were without it: useDefaultValueForNull came with 0.13 as true.
func (u *upgrade) defaults() {
	all := schema.Properties()
	for i := range all {
		p := &all[i]
		start := max(u.from(), p.Releases.From)
		if p.IsPattern() || !p.Releases.Has(start) || !p.Releases.Has(u.to()) {
			continue
		}
		was, _ := p.DefaultIn(start)
		becomes, _ := p.DefaultIn(u.to())
		if written(was) == "" || written(becomes) == "" || same(was, becomes) {
			continue // a default that is not known says nothing
		}
		services := u.leaveTo(p)
		if len(services) == 0 || u.says(p.Name) {
			continue
		}
		u.items = append(u.items, Item{
			Kind: DefaultChanged, Services: services, Was: written(was), Becomes: written(becomes),
			Since: u.firstChange(func(r schema.Release) bool {
				d, ok := p.DefaultIn(r)
				return !ok || r < start || same(was, d)
			}),
			Evidence: "the defaults of " + u.from().String() + " and " + u.to().String() + " in Druid's source and reference",
			Finding: finding.Finding{
				Tree: u.after.Path, Severity: finding.Info, Property: p.Name,
				Message: p.Name + " is not set: it was " + written(was) + " and becomes " + written(becomes),
				Help:    "Set it to what you want, in a release that reads both; nothing else keeps the old behaviour.",
			},
		})
	}
}

// leaveTo are the processes that read a property and find it set nowhere.
func (u *upgrade) leaveTo(p *schema.Property) []string {
	var names []string
	for _, s := range u.after.Services {
		if s.Reads(p) && !s.Get(p.Name).Set && loads(s, p.Extension) && holds(s, p) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// holds reports whether one of the conditions under which a property is read is
// met. One that the files do not tell is not: what is not set reaches few.
func holds(s *conf.Service, p *schema.Property) bool {
	return len(p.When) == 0 || slices.ContainsFunc(p.When, func(condition string) bool {
		key, want, _ := strings.Cut(condition, "=")
		return s.Get(key).Is(want)
	})
}

// loads reports whether a process may load an extension: a list that is not
// known may hold it.
func loads(s *conf.Service, extension string) bool {
	names, known := s.Get(loadListKey).Strings()
	return extension == "" || !known || slices.Contains(names, extension)
}

// says reports whether a rule speaks of the key already.
func (u *upgrade) says(key string) bool {
	return slices.ContainsFunc(u.items, func(i Item) bool { return i.Property == key && i.Kind == DefaultChanged })
}

func written(d schema.Default) string { return cmp.Or(d.Value, d.Formula) }

// same reports whether two defaults are written differently at most: PT60S is
// PT1M, and a list is one with or without its quotes.
func same(a, b schema.Default) bool {
	x, y := written(a), written(b)
	if x == y || punctuation.Replace(x) == punctuation.Replace(y) {
		return true
	}
	d, ok := text.ParsePeriod(x)
	e, okToo := text.ParsePeriod(y)
	return ok && okToo && d == e
}

var punctuation = lazy.Replacer{Pairs: []string{`"`, "", "[", "", "]", "", ",", "", " ", "", "<", "", ">", ""}}
