package rules

import (
	"fmt"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// A tree may not tell its release, or where it runs. It is read as what it most
// likely is, and what a rule finds then is looked for under the other readings
// too: a finding is as bad as under the reading that makes least of it. One that
// holds under some readings only says under which, and is no error; one that
// most readings do not have is left out. Only rules that find something are
// asked again, so that a tree without doubt or fault costs nothing.

// judge runs a rule and keeps what holds.
func (p *Pass) judge(r *Rule) {
	found := p.run(r, p.own())
	if len(found) == 0 {
		return
	}
	if p.unknown {
		p.needingCluster(r, found)
	}
	switch releases := p.Tree.Possible; {
	case p.Tree.Older():
		found = forOlder(r, found)
	case releases.Oldest() != releases.Newest():
		found = p.acrossReleases(r, found)
	}
	p.assume(found)
	p.kept = append(p.kept, found...)
}

// reading is what a tree is taken for.
type reading struct {
	release    schema.Release
	deployment conf.DeploymentKind
}

// run is what a rule finds under a reading.
func (p *Pass) run(r *Rule, as reading) []*finding.Finding {
	if !r.Releases.Has(as.release) {
		return nil
	}
	q := p.reading(as)
	q.rule, q.findings, q.roomy = r, nil, 4*mostAlike
	p.Tree.As(as.release, func() { r.Check(q) })
	q.thinOut()
	return q.findings
}

// own is what the tree most likely is.
func (p *Pass) own() reading { return reading{p.Release(), p.Deployment.Kind} }

// reading is the pass that reads the tree so.
func (p *Pass) reading(as reading) *Pass {
	if as == p.own() {
		return p
	}
	q := p.others[as]
	if q == nil {
		if p.others == nil {
			p.others = map[reading]*Pass{}
		}
		q = &Pass{Tree: p.Tree, Deployment: conf.Deployment{Kind: as.deployment}, Topology: p.Topology, HA: p.HA, settings: p.settings, druid: p.druid, near: newSuggestions(), left: places{}}
		p.others[as] = q
	}
	return q
}

// needingCluster makes hints of what is no mistake on a single machine.
func (p *Pass) needingCluster(r *Rule, found []*finding.Finding) {
	alone := severities(p.run(r, reading{p.Release(), conf.SingleMachine}))
	for _, f := range found {
		if s := alone[spotOf(f)]; s < f.Severity {
			if f.Severity > finding.Info {
				p.ifCluster = append(p.ifCluster, f.Severity)
			}
			f.Severity = max(s, finding.Info)
		}
	}
}

// acrossReleases weighs what is found by the releases that have it.
func (p *Pass) acrossReleases(r *Rule, found []*finding.Finding) (kept []*finding.Finding) {
	runs := map[schema.Release]map[spot]finding.Severity{p.Release(): severities(found)}
	in := func(release schema.Release, f *finding.Finding) finding.Severity {
		list, ok := runs[release]
		if !ok {
			list = severities(p.run(r, reading{release, p.Deployment.Kind}))
			runs[release] = list
		}
		return list[spotOf(f)]
	}
	held := make([]schema.Range, len(found))
	worst := make([]finding.Severity, len(found))
	possible := p.Tree.Possible
	oldest, newest := possible.Oldest(), possible.Newest()
	for i, f := range found {
		has := func(release schema.Release) bool { return in(release, f) > 0 }
		held[i] = schema.Range{From: border(p.Release(), oldest, has), Until: border(p.Release(), newest, has)}
		worst[i] = min(f.Severity, in(held[i].From, f), in(held[i].Until, f))
	}
	for i, f := range found {
		f.Severity = worst[i]
		if held[i].Covers(possible) {
			kept = append(kept, f)
		} else if 2*held[i].Count() >= possible.Count() {
			kept = append(kept, p.sometimes(f, held[i]))
		}
	}
	return kept
}

// sometimes weakens a finding that only some of the possible releases have.
func (p *Pass) sometimes(f *finding.Finding, holds schema.Range) *finding.Finding {
	f.Severity = min(f.Severity, p.doubtful())
	f.Message = fmt.Sprintf("if this is %s: %s", holds.Within(p.Tree.Possible), f.Message)
	if f.Fix != nil {
		f.Fix = &finding.Fix{Edits: f.Fix.Edits} // right in some releases only
	}
	return f
}

// doubtful is the most that is said of what only some releases mind.
func (p *Pass) doubtful() finding.Severity {
	if p.Tree.Told {
		return finding.Warning
	}
	return finding.Info
}

// border walks from a release that has something as far towards another as all
// have it. What releases do changes once, if at all, on the way.
func border(from, to schema.Release, has func(schema.Release) bool) schema.Release {
	if has(to) {
		return to
	}
	for from-to > 1 || to-from > 1 {
		if middle := (from + to) / 2; has(middle) {
			from = middle
		} else {
			to = middle
		}
	}
	return from
}

// spot is what a finding of a rule is known by in another reading.
type spot struct {
	rule, file   string
	line, column int
	property     string
}

func spotOf(f *finding.Finding) spot { return spot{f.Rule, f.File, f.Line, f.Column, f.Property} }

// severities are how bad the findings of a reading are; 0 for what it has not.
func severities(list []*finding.Finding) map[spot]finding.Severity {
	worst := make(map[spot]finding.Severity, len(list))
	for _, f := range list {
		worst[spotOf(f)] = max(worst[spotOf(f)], f.Severity)
	}
	return worst
}

// timeless tells the areas of what Druid, Java and ZooKeeper did long before
// 0.12.3 as they do since.
func timeless(a Area) bool {
	switch a {
	case Syntax, JVM, ZooKeeper, Metadata, DeepStorage, TaskLogs, Network, Security,
		HighAvail, Pivot, Tranquility, Supervise, Hadoop, Clusters, Suppressions:
		return true
	}
	return false
}

// forOlder makes hints, for those who will upgrade, of what the rules only know
// of later releases than the tree's.
func forOlder(r *Rule, found []*finding.Finding) []*finding.Finding {
	if timeless(r.Area) || r == treeIsOlder {
		return found
	}
	for _, f := range found {
		f.Severity = finding.Info
		f.Message = fmt.Sprintf("from %s on: %s", schema.OldestName, f.Message)
		if f.Fix != nil {
			f.Fix = &finding.Fix{Edits: f.Fix.Edits}
		}
	}
	return found
}
