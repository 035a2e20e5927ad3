package report

import (
	"github.com/implycheck/implycheck/finding"
)

// at is a place on one line; source is the line.
func at(file string, line, column, endColumn int, source string) finding.Location {
	return finding.Location{File: file, Line: line, Column: column, EndLine: line, EndColumn: endColumn, Source: source}
}

func related(place finding.Location, message string) finding.Related {
	return finding.Related{Location: place, Message: message}
}

func edit(place finding.Location, text string) finding.Edit {
	return finding.Edit{Location: place, Text: text}
}

// reportOf completes a report in which one finding was suppressed.
func reportOf(trees []finding.Tree, findings ...finding.Finding) *finding.Report {
	summary := finding.Summarize(trees, findings, nil)
	summary.Suppressed = 1
	return &finding.Report{
		Version:  finding.Version,
		Tool:     finding.Tool{Name: "implycheck", Version: "1.0.0"},
		Trees:    trees,
		Findings: finding.Sort(findings),
		Summary:  summary,
	}
}

func tree(path string) finding.Tree {
	return finding.Tree{
		Form: "conf",
		Path: path, Target: "imply-3.0.19", TargetReason: "class names are org.apache.druid",
		Deployment: "cluster", Services: []string{"broker", "historical"}, Files: 27,
	}
}

const (
	common     = "conf/druid/_common/common.runtime.properties"
	historical = "conf/druid/historical/runtime.properties"
)

// cluster has a finding of every shape.
func cluster() *finding.Report {
	return reportOf([]finding.Tree{tree("conf")},
		storageNotLoaded(), duplicateKey(), noZooKeeper(), directMemory(), misspelt(), longLine(), unknownFile())
}

func storageNotLoaded() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "ext-storage-not-loaded", Severity: finding.Error,
		Message:  "druid.storage.type is s3, but no process loads druid-s3-extensions",
		Effect:   `The process stops at start with "Unknown provider[s3] of Key[type=org.apache.druid.segment.loading.DataSegmentPusher]".`,
		Help:     "Add it to the list:\n  druid.extensions.loadList=[\"druid-datasketches\", \"druid-s3-extensions\"]",
		Location: at(common, 41, 1, 22, "druid.storage.type=s3\r\n"),
		Service:  "historical", Property: "druid.storage.type",
		Related: []finding.Related{
			related(at(common, 8, 27, 49, `druid.extensions.loadList=["druid-datasketches"]`), "the extensions are listed here"),
			related(finding.Location{File: "conf/druid/broker/jvm.config"}, "and nothing here changes the list"),
		},
		Fix: &finding.Fix{Safe: true, Edits: []finding.Edit{
			edit(at(common, 8, 48, 48, ""), `, "druid-s3-extensions"`),
		}},
		Docs: "docs/rules/ext-storage-not-loaded.md",
	}
}

func duplicateKey() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "prop-duplicate", Severity: finding.Warning,
		Message:  "druid.zk.service.host is set twice, and the last one wins",
		Help:     "Delete one of the two.",
		Location: at(common, 20, 1, 22, "druid.zk.service.host=zk1:2181"),
		Related: []finding.Related{
			related(at(common, 112, 2, 23, "\tdruid.zk.service.host\t=\tzk2:2181"), "this one wins"),
			related(at(historical, 3, 1, 22, "druid.zk.service.host=zk1:2181"), finding.HereToo),
		},
	}
}

func noZooKeeper() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "zk-quorum-even", Severity: finding.Info,
		Message: "the tree has no ZooKeeper of its own, so its quorum was not checked",
		Help:    "Lint the tree of the ZooKeeper servers as well.",
	}
}

func directMemory() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "mem-direct-insufficient", Severity: finding.Error,
		Message:  "the Historical needs 5.5 GiB of direct memory, and -XX:MaxDirectMemorySize gives it 4 GiB",
		Effect:   "It does not start: \"Not enough direct memory\".",
		Help:     "Write -XX:MaxDirectMemorySize=5632m, or lower druid.processing.numThreads to 4.",
		Location: at("conf/druid/historical/jvm.config", 4, 1, 27, "-XX:MaxDirectMemorySize=4g"),
		Service:  "historical",
	}
}

func misspelt() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "prop-unknown", Severity: finding.Warning,
		Message:  "druid.procesing.numThreads is unknown to Druid 0.15.1",
		Effect:   "Druid ignores it and takes the default, which is 7 with 8 cores.",
		Location: at(historical, 9, 1, 27, "druid.procesing.numThreads=4"),
		Service:  "historical", Property: "druid.procesing.numThreads", Suggestion: "druid.processing.numThreads",
	}
}

func longLine() finding.Finding {
	const jvm = "druid.indexer.runner.javaOpts=-server -Xmx3g -Duser.timezone=UTC -Dfile.encoding=UTF-8 " +
		"-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager -XX:+UseG1GC -XX:MaxGCPauseMillis=100"
	return finding.Finding{
		Tree: "conf", Rule: "jvm-log-manager", Severity: finding.Info,
		Message:  "peons get a log manager that the class path does not hold",
		Location: at("conf/druid/middleManager/runtime.properties", 3, 88, 155, jvm),
		Service:  "middleManager",
	}
}

func unknownFile() finding.Finding {
	return finding.Finding{
		Tree: "conf", Rule: "tree-unread", Severity: finding.Warning,
		Message:  "no launcher reads this file",
		Location: finding.Location{File: "conf/druid/router/runtime.propertie"},
		Service:  "router",
	}
}

func clean() *finding.Report { return reportOf([]finding.Tree{tree("conf")}) }

func adviceOnly() *finding.Report { return reportOf([]finding.Tree{tree("conf")}, noZooKeeper()) }

func twoTrees() *finding.Report {
	other := misspelt()
	other.Tree, other.File = "staging/conf", "staging/"+other.File
	return reportOf([]finding.Tree{tree("conf"), tree("staging/conf")}, misspelt(), other)
}

// silenced has findings that a comment and a baseline silenced.
func silenced() *finding.Report {
	r := reportOf([]finding.Tree{tree("conf")}, storageNotLoaded())
	r.Suppressed = []finding.Suppressed{
		{Finding: misspelt(), Suppression: finding.Suppression{
			By: "comment", Reason: "read by our own extension", Location: at(historical, 8, 1, 30, "# implycheck:ignore prop-unknown -- read by our own extension"),
		}},
		{Finding: noZooKeeper(), Suppression: finding.Suppression{By: "baseline"}},
	}
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	return r
}

func knownRules() []finding.Rule {
	return []finding.Rule{
		{ID: "prop-duplicate", Severity: finding.Warning, Title: "A key is set twice."},
		{
			ID: "prop-unknown", Severity: finding.Warning, Area: "properties", Title: "A key that Druid does not know.",
			Why: "It was meant to do something.", Effect: "Druid ignores it.", Fix: "Write the right one.",
			Markdown: "# prop-unknown\n\nA key that Druid does not know.\n", Docs: "docs/rules/prop-unknown.md",
		},
	}
}

// hostile tries to write to the terminal from every text of a finding.
func hostile() *finding.Report {
	const evil = "a\x1b[2Jb\x00\u009b31m\u202ec\u00a0d\x7f\xffe\r\nerror: fake"
	path := "conf/" + evil
	f := finding.Finding{
		Tree: path, Rule: "rule-" + evil, Severity: finding.Error, Message: evil, Effect: evil, Help: evil,
		Location: at(path+"/jvm.config", 1, 2, 7, evil),
		Service:  evil, Property: evil, Suggestion: evil,
		Related: []finding.Related{related(at(path, 2, 1, 2, evil+"\r\n"), evil)},
		Fix:     &finding.Fix{Edits: []finding.Edit{edit(at(path, 1, 1, 1, ""), evil)}},
	}
	return reportOf([]finding.Tree{{Path: path, Form: "conf", Target: evil, TargetReason: evil, Services: []string{evil}, Files: 1}}, f)
}

// checked is what preflight says: one check of each verdict, of two hosts, with a
// name that would like to be more.
func checked() *finding.Report {
	place := at("conf/druid/_common/common.runtime.properties", 9, 23, 36, "druid.zk.service.host=zk1:2181,zk2:2181")
	r := reportOf([]finding.Tree{tree("conf")},
		finding.Finding{
			Tree: "conf", Rule: "live-zk-mode", Severity: finding.Error, Message: "data1: 2 of 2 servers are standalone: they know nothing of each other", Target: "data1 the ensemble",
			Effect: "There are two leaders.", Help: "Give every zoo.cfg all server.N lines.", Location: place, Docs: "docs/rules/live-zk-mode.md",
		},
		finding.Finding{Tree: "conf", Rule: "live-clock", Severity: finding.Info, Target: "data1 clock", Message: "data1: clock: could not tell: the kernel does not tell"},
	)
	r.Suppressed = []finding.Suppressed{{
		Finding:     finding.Finding{Tree: "conf", Rule: "live-java", Severity: finding.Warning, Target: "data1 Java", Message: "data1: Java 17", Location: place},
		Suppression: finding.Suppression{By: "comment", Reason: "it is tried", Location: place},
	}}
	r.Checks = []finding.Check{
		{Tree: "conf", Rule: "live-java", Host: "data1", Target: "Java", Required: "Java 8 or 11", Current: "17.0.15 (PATH: /usr)", Verdict: finding.Warn, Milliseconds: 1},
		{Tree: "conf", Rule: "live-zk-mode", Host: "data1", Target: "the ensemble", Required: "one leader", Current: "zk1:2181 standalone, zk2:2181 standalone", Verdict: finding.Fail, Milliseconds: 12, Location: place},
		{Tree: "conf", Rule: "live-clock", Host: "data1", Target: "clock", Required: "synchronized", Current: "the kernel does not tell", Verdict: finding.CannotSay},
		{Tree: "conf", Rule: "live-dns", Host: "data2<b>\x1b[2J", Target: "zk1|", Required: "resolves", Current: "10.0.0.4", Verdict: finding.Pass, Milliseconds: 3},
	}
	return r
}
