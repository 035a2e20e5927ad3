package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/schema"
)

// Claim is something that a cluster uses for itself alone. Two clusters with
// one Key clash; where there is a Path, they clash if one path lies within the
// other.
type Claim struct {
	Key, Path string
	// What names the thing in messages.
	What string

	rule     *Rule
	tree     string
	property string
	severity finding.Severity
	// at keeps no file in memory: claims outlive their trees.
	at finding.Location
	// same are things that should be equal; see dc-settings-differ.
	same []sameThing
}

// sameThing is a setting that clusters side by side should have in common. What is a range
// of releases may be the same where both have one.
type sameThing struct {
	name, value string
	releases    schema.Range
}

func (s sameThing) maybe(other sameThing) bool {
	if s.value == other.value || s.value == "" || other.value == "" {
		return true
	}
	a, b := s.releases, other.releases
	return a != (schema.Range{}) && a.Oldest() <= b.Newest() && b.Oldest() <= a.Newest()
}

// claims asks the rules what the tree uses for itself.
func (p *Pass) claims(rules []*Rule) []Claim {
	var list []Claim
	if p.Deployment.Single() || !p.configuresDruid() {
		return nil
	}
	for _, r := range rules {
		if r.Claims != nil && r.Releases.Has(p.Release()) {
			p.rule = r
			list = append(list, r.Claims(p)...)
		}
	}
	for i, c := range list { // they outlive the tree, and those who know its secrets
		hide := p.Tree.MaskerAt(p.Tree.Masker(), c.at.File, c.at.Line, c.at.EndLine).Text
		list[i].What, list[i].at = hide(c.What), mask.Each(c.at, hide)
	}
	return list
}

// Between compares trees that a user gave side by side, and so takes for
// clusters of their own: one group for each path given. Trees below one path
// may be the servers of one cluster.
func Between(groups [][]Result) []finding.Finding {
	var found []finding.Finding
	said := map[string]bool{}
	byKey := map[string][]groupClaim{}
	var keys []string
	var first *Claim
	for i, group := range groups {
		for _, result := range group {
			for _, c := range result.claims {
				if c.same != nil {
					if first == nil {
						first = &c
					} else {
						found = append(found, c.differs(first, said)...)
					}
					continue
				}
				key := c.rule.ID + " " + c.Key
				if byKey[key] == nil {
					keys = append(keys, key)
				}
				byKey[key] = append(byKey[key], groupClaim{c, i})
			}
		}
	}
	for _, key := range keys {
		found = append(found, clashes(byKey[key], said)...)
	}
	return finding.Sort(found)
}

// groupClaim is a claim and the path it was found below.
type groupClaim struct {
	Claim
	group int
}

// clashes reports the claims of one key that another group has too: one finding
// for each tree and rule, that names the first of the others.
func clashes(list []groupClaim, said map[string]bool) []finding.Finding {
	slices.SortStableFunc(list, func(a, b groupClaim) int { return cmp.Or(strings.Compare(a.Path, b.Path), a.group-b.group) })
	var found []finding.Finding
	owner := list[0]
	for _, c := range list[1:] {
		if !within(c.Path, owner.Path) {
			owner = c
			continue
		}
		id := c.rule.ID + " " + c.tree
		if c.group == owner.group || said[id] {
			continue
		}
		said[id] = true
		f := c.finding("%s: %s has it too", c.What, owner.tree)
		if c.Path != owner.Path {
			f.Message = fmt.Sprintf("%s: inside those of %s, %s", c.What, owner.tree, owner.What)
		}
		f.Severity = max(c.severity, owner.severity)
		f.Related = []finding.Related{{Location: owner.at, Message: owner.tree}}
		found = append(found, f)
	}
	return found
}

// within reports whether a path is another one or lies below it.
func within(inner, outer string) bool {
	return inner == outer || strings.HasPrefix(inner, strings.TrimRight(outer, "/")+"/")
}

// differs reports what a cluster has otherwise than the first one.
func (c Claim) differs(first *Claim, said map[string]bool) []finding.Finding {
	var found []finding.Finding
	for i, thing := range c.same {
		other := first.same[i]
		id := c.rule.ID + thing.name + thing.value
		if thing.maybe(other) || said[id] {
			continue
		}
		said[id] = true
		f := c.finding("the %s: %s here, %s in %s", thing.name, thing.value, other.value, first.tree)
		f.Related = []finding.Related{{Location: first.at, Message: first.tree}}
		found = append(found, f)
	}
	return found
}

func (c Claim) finding(format string, args ...any) finding.Finding {
	return finding.Finding{
		Tree: c.tree, Rule: c.rule.ID, Severity: c.severity, Message: fmt.Sprintf(format, args...),
		Effect: c.rule.Effect, Help: c.rule.Fix, Location: c.at, Property: c.property, Docs: c.rule.Docs(),
	}
}
