package rules

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// assume weakens what follows from variables of Ansible, and says where they are: an
// inventory that is not here, or -e on the command line, may set others.
func (p *Pass) assume(found []*finding.Finding) {
	filled := p.Tree.Filled()
	if len(filled) == 0 {
		return
	}
	for _, f := range found {
		places := []finding.Location{f.Location}
		for _, r := range f.Related {
			places = append(places, r.Location)
		}
		for _, at := range places {
			for _, fill := range fillsAt(filled, at) {
				f.Severity = min(f.Severity, finding.Warning)
				related := finding.Related{Location: Place(fill.At).Location(), Message: "the value of " + fill.Name}
				if !slices.Contains(f.Related, related) {
					f.Related = append(f.Related, related)
				}
			}
		}
	}
}

// fillsAt are the values that are filled in at a place.
func fillsAt(files []*conf.File, at finding.Location) (list []conf.Fill) {
	for _, file := range files {
		if file.Path != at.File {
			continue
		}
		for _, fill := range file.Fills() {
			if at.Line == fill.Span.Start.Line {
				list = append(list, fill)
			}
		}
	}
	return list
}
