package upgrade

import (
	"path"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

const loadListKey = "druid.extensions.loadList"

// extensions adds what no rule says of an extension that exists: that it comes
// with the download from now on.
func (u *upgrade) extensions() {
	for _, f := range u.after.Files {
		for _, v := range f.Values(u.after) {
			if v.Key != loadListKey {
				continue
			}
			names, _ := v.Strings()
			for _, name := range names {
				if e, ok := schema.LookupExtension(path.Base(name)); ok {
					u.extension(v, e)
				}
			}
		}
	}
}

func (u *upgrade) extension(v conf.Value, e *schema.Extension) {
	i := Item{
		Services: nil, Evidence: "the folders extensions-core and extensions-contrib of 0.12.3 to 38, and Imply's distributions",
		Finding: finding.Finding{Tree: u.after.Path, Property: v.Key, Location: rules.Val(v).Location()},
	}
	switch {
	case !u.before.Target.Imply && !u.after.Target.Imply && contributed(e, u.from()) && e.ExistsIn(u.to()) && !contributed(e, u.to()):
		i.Kind, i.Severity = ExtensionMoved, finding.Info
		i.Message = e.Name + " is in Druid's download now, and need not be fetched any more"
		i.Help = "Delete the fetched one: two of them clash."
		i.Since = u.firstChange(func(r schema.Release) bool { return contributed(e, r) })
	default:
		return
	}
	i.Services = u.readers(i.Finding)
	u.items = append(u.items, i)
}

func contributed(e *schema.Extension, r schema.Release) bool {
	return e.Contrib != nil && e.Contrib.Has(r)
}
