// Package rules is the linter. A Rule is a value: its documentation and its
// check in one place. Rules stand in the file of their area and are listed in
// that file's slice; registry.go joins the slices. Lint runs every rule over
// every tree and answers findings in a stable order.
//
// A check reads effective values from conf, asks schema what a property is
// and sizing what memory a process needs, and reports at the place where the
// mistake is written. It never parses text, opens a file, or knows an output
// format. examples/<id>.txtar is the rule's documentation and its test.
package rules

//go:generate go run ./internal/docs

import (
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Area is a chapter of the rules.
type Area string

// The areas, in the order in which the documentation lists them.
const (
	Syntax      Area = "syntax"
	Properties  Area = "properties"
	ZooKeeper   Area = "zookeeper"
	Metadata    Area = "metadata"
	DeepStorage Area = "deep storage"
	TaskLogs    Area = "task logs"
	Extensions  Area = "extensions"
	JVM         Area = "jvm"
	Memory      Area = "memory"
	Threads     Area = "threads"
	Segments    Area = "segments"
	Network     Area = "network"
	HighAvail   Area = "high availability"
	Ingestion   Area = "ingestion"
	Pivot       Area = "pivot"
	Tranquility Area = "tranquility"
	Supervise   Area = "supervise"
	Hadoop      Area = "hadoop"
	Containers  Area = "containers"
	Kubernetes  Area = "kubernetes"
	Live        Area = "running cluster"
	Clusters    Area = "several clusters"
	Upgrade     Area = "upgrade"
	Security    Area = "security"
	Consistency Area = "consistency"
	Monitoring  Area = "monitoring"
	// Suppressions are about comments and baselines that hide findings.
	Suppressions Area = "suppressions"
)

// Areas are all areas, those whose mistakes bite first before the others: what
// keeps processes from starting, what loses data, what keeps processes apart, what
// is slow, and the rest.
var Areas = []Area{
	Syntax, JVM, Extensions, Properties, Memory, ZooKeeper, Metadata, DeepStorage, TaskLogs, Segments, Containers, Kubernetes, Live, Clusters, Consistency, Network, Supervise,
	Ingestion, HighAvail, Security, Threads, Monitoring, Pivot, Tranquility, Hadoop, Upgrade, Suppressions,
}

// Rule is one check and everything that is said about it.
type Rule struct {
	// ID is the rule's name for ever: kebab-case, area first.
	ID string
	// Severity is the worst that the rule reports; a check may say less where
	// the release or the deployment makes the mistake harmless.
	Severity finding.Severity
	Area     Area
	// Releases in which the mistake exists; the rule is silent in others.
	Releases schema.Range
	// Title is the mistake in one sentence.
	Title string
	// Why it matters; Effect is what Druid does, in its own words where it has
	// any; Fix is what to write instead.
	Why    string
	Effect string
	Fix    string
	// Source is where that is proved: a file of Druid and its release, a page,
	// or an experiment.
	Source string
	// DefersTo are rules that know better: where one of them reports on the
	// same line, this one is silent.
	DefersTo []string
	// Check looks at one tree. A rule about several clusters has Claims in its
	// place: what each of them uses for itself alone. Suppressions have neither:
	// they are reported by what hides findings, when a tree has been linted.
	Check  func(p *Pass)
	Claims func(p *Pass) []Claim
}

// Docs is the rule's page, relative to the project's root.
func (r *Rule) Docs() string { return "docs/rules/" + r.ID + ".md" }
