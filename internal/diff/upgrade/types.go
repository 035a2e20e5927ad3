package upgrade

import (
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// types adds the settings that the new version reads as another type, and takes:
// a value that it does not take is a finding already.
func (u *upgrade) types() {
	for _, f := range u.after.Files {
		for _, v := range f.Values(u.after) {
			p, ok := schema.Lookup(inner(v.Key))
			if !ok || !p.Releases.Has(u.from()) || !p.Releases.Has(u.to()) || alike(p.TypeIn(u.from()), p.TypeIn(u.to())) || u.judged(v.Key, f.Path) {
				continue
			}
			was, becomes := p.TypeIn(u.from()), p.TypeIn(u.to())
			i := Item{
				Kind: TypeChanged, Was: string(was), Becomes: string(becomes),
				Since:    u.firstChange(func(r schema.Release) bool { return p.TypeIn(r) == was }),
				Evidence: "the property's types by release in Druid's source",
				Finding: finding.Finding{
					Tree: u.after.Path, Severity: finding.Info, Property: v.Key, Location: rules.Key(v).Location(),
					Message: v.Key + " was read as " + string(was) + " and is read as " + string(becomes),
					Help:    "Compare the value with what implycheck explain " + p.Name + " says.",
				},
			}
			i.Services = u.readers(i.Finding)
			u.items = append(u.items, i)
		}
	}
}

// alike reports whether a value of the one type means the same as the other: a
// size is a number with a unit, if it has one.
func alike(was, becomes schema.Type) bool {
	return was == becomes || was.IsNumber() && becomes.IsNumber()
}

// judged reports whether a rule speaks of that line already.
func (u *upgrade) judged(key, file string) bool {
	for _, i := range u.items {
		if i.Property == key && i.File == file {
			return true
		}
	}
	return false
}
