package report

import (
	"fmt"

	"github.com/implycheck/implycheck/finding"
)

// pages has everything that a page for people shows: several trees, what was
// suppressed, fixes, and the answer to --ha.
func pages() *finding.Report {
	first, second := tree("conf"), tree("staging/conf")
	first.HighAvailability = []finding.Point{
		{Name: "Coordinator", Answer: finding.Yes, Detail: "2 of them"}, {Name: "ZooKeeper", Answer: finding.No, Detail: "one server"},
	}
	inStaging := misspelt()
	inStaging.Tree, inStaging.File, inStaging.Service = "staging/conf", "staging/"+inStaging.File, "broker"
	fixable := misspelt()
	fixable.Fix = &finding.Fix{Edits: []finding.Edit{edit(at(historical, 9, 1, 27, fixable.Source), fixable.Suggestion)}}
	r := reportOf([]finding.Tree{first, second}, storageNotLoaded(), duplicateKey(), noZooKeeper(), directMemory(), fixable, inStaging, longLine(), unknownFile())
	r.Suppressed = []finding.Suppressed{
		{Finding: quiet("prop-deprecated", 31), Suppression: finding.Suppression{By: "comment", Reason: "gone with the next release", Location: at(common, 30, 1, 9, "# implycheck:ignore prop-deprecated")}},
		{Finding: quiet("sec-no-auth", 2), Suppression: finding.Suppression{By: "baseline"}},
	}
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	return r
}

func quiet(rule string, line int) finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: rule, Severity: finding.Warning, Message: "silenced " + rule,
		Location: at(common, line, 1, 9, "druid.old=1"), Service: "historical",
	}
}

// breakout is markup that ends, begins or runs something if it is not escaped.
const breakout = "```\n</details></pre></article><script>document.title='hacked'</script>" +
	"<img src=x onerror=alert(1)>\"' onclick=\"x\" **b** [a](javascript:x) | @everybody `` ` {{.}} </style></script><!-- -->\u2028 ]]>"

// hostilePages tries to break out of the page from every text.
func hostilePages() *finding.Report {
	r := hostile()
	for i := range 3 {
		f := r.Findings[0]
		f.Tree, f.File, f.Rule, f.Message, f.Effect, f.Help = breakout, breakout, breakout, breakout, breakout, breakout
		f.Service, f.Property, f.Source, f.Severity = breakout, breakout, breakout, finding.Severity(i+1)
		f.Related = []finding.Related{related(at(breakout, 1, 1, 2, breakout), breakout)}
		f.Fix = &finding.Fix{Edits: []finding.Edit{edit(at(breakout, 1, 1, 1, breakout), breakout)}}
		r.Findings = append(r.Findings, f)
		r.Suppressed = append(r.Suppressed, finding.Suppressed{Finding: f, Suppression: finding.Suppression{By: breakout, Reason: breakout, Location: at(breakout, 1, 1, 1, breakout)}})
	}
	evil := r.Trees[0]
	evil.Path, evil.Target, evil.TargetReason, evil.Deployment, evil.Services = breakout, breakout, breakout, breakout, []string{breakout}
	evil.HighAvailability = []finding.Point{{Name: breakout, Answer: breakout, Detail: breakout}}
	r.Trees = append(r.Trees, evil)
	return r
}

// fleet has n findings in trees of ten.
func fleet(n int) *finding.Report {
	var trees []finding.Tree
	var findings []finding.Finding
	for i := range n {
		f := cluster().Findings[i%7]
		f.Tree = fmt.Sprintf("clusters/%05d/conf", i/10)
		f.File, f.Line = f.Tree+"/"+f.File, i+1
		if i%10 == 0 {
			trees = append(trees, tree(f.Tree))
		}
		findings = append(findings, f)
	}
	return reportOf(trees, findings...)
}
