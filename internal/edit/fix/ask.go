package fix

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
)

// offer is a finding whose fix somebody is asked about.
type offer struct {
	tree    *conf.Tree
	finding finding.Finding
}

// ask asks about the fixes of this round, and proposes those that are wanted. The
// same fix of several findings is asked about once; one that was refused in an
// earlier round is not offered again, although its line may have moved.
func (x *Fixer) ask() error {
	offers := x.offers
	x.offers = nil
	slices.SortStableFunc(offers, func(a, b offer) int {
		return cmp.Or(strings.Compare(a.tree.Path, b.tree.Path), finding.Compare(a.finding, b.finding))
	})
	asked, skip := map[string]bool{}, maps.Clone(x.refused)
	edits := map[*conf.Tree]map[*conf.File]*fileEdits{}
	for _, o := range offers {
		where := fmt.Sprint(o.finding.Fix.Edits)
		if asked[where] {
			continue
		}
		asked[where] = true
		if what := o.what(); skip[what] > 0 {
			skip[what]--
			continue
		}
		if err := x.answer(o, edits); err != nil {
			return err
		}
	}
	for t, of := range edits {
		x.propose(t, of)
	}
	return nil
}

func (x *Fixer) answer(o offer, edits map[*conf.Tree]map[*conf.File]*fileEdits) error {
	wanted, err := x.Ask(o.tree, o.finding)
	switch {
	case err != nil:
		return err
	case wanted:
		if edits[o.tree] == nil {
			edits[o.tree] = map[*conf.File]*fileEdits{}
		}
		accept(o.tree, edits[o.tree], o.finding.Fix)
	default:
		if x.refused == nil {
			x.refused = map[string]int{}
		}
		x.refused[o.what()]++
	}
	return nil
}

// what is a fix wherever its lines are.
func (o offer) what() string {
	parts := []string{o.finding.Rule, o.finding.File, o.finding.Source}
	for _, e := range o.finding.Fix.Edits {
		parts = append(parts, e.File, e.Source, e.Text)
	}
	return strings.Join(parts, "\x00")
}
