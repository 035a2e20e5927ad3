package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Rules about which Java runs a release, and what that Java takes.

var jvmFlagRemoved = &Rule{
	ID: "jvm-flag-removed-in-java", Severity: finding.Error, Area: JVM,
	Title:  "A flag that Java does not know, or no longer.",
	Why:    "Each Java drops flags of earlier ones, most of them for logs of collections.",
	Effect: "The process does not start: Unrecognized VM option.",
	Fix:    "Delete the flag, or write its successor.",
	Source: "run on JDK 17; the versions are from the release notes of JDK 9 to 21; docs/operations/java.md",
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			if j.toggle("IgnoreUnrecognizedVMOptions") {
				continue
			}
			for _, f := range j.flags {
				if f.Kind == syntax.SystemProperty || f.Comment {
					continue
				}
				known, ok := schema.LookupFlag(f.Name)
				option, listed := schema.LookupJavaOption(f.Name)
				switch {
				case ok:
					p.checkFlag(j, f, known.Successor, func(v int) bool { return known.Removed > 0 && v >= known.Removed || v < known.Since })
				case listed && strings.HasPrefix(f.Text, "-XX:"):
					p.checkFlag(j, f, "", option.RefusedBy)
				}
			}
		}
	},
}

// checkFlag compares a flag with the versions of Java that the process may run
// on: an error where all of them refuse it, else a note.
func (p *Pass) checkFlag(j java, f syntax.Flag, successor string, refusedBy func(version int) bool) {
	var refuse []int
	versions := p.javaVersions()
	for _, v := range versions {
		if refusedBy(v) {
			refuse = append(refuse, v)
		}
	}
	if len(refuse) == 0 {
		return
	}
	found := p.Report(j.at(f), "Java %d does not know %s", refuse[0], f.Text)
	if len(refuse) < len(versions) {
		found.Severity = finding.Info
		fine := versions[slices.IndexFunc(versions, func(v int) bool { return !slices.Contains(refuse, v) })]
		found.Message += fmt.Sprintf("; on Java %d it is fine", fine)
	}
	if j.file == nil {
		found.Message = fmt.Sprintf("tasks: Java %d does not know %s", refuse[0], f.Text)
		found.Effect = "The MiddleManager runs, and no task starts: Unrecognized VM option."
		return
	}
	if successor != "" {
		found.Suggestion = successor
		found.Help = "Write " + successor + "."
		return
	}
	found.Help = "Delete the flag."
	found.Fix = edit(true, j.at(f), "")
}

// supportedJava are the versions of Java that the release is made for.
func (p *Pass) supportedJava() []int { return schema.JavaVersions(p.Release()) }

var jvmJavaVersion = &Rule{
	ID: "jvm-java-version", Severity: finding.Error, Area: JVM,
	Title:  "A Java that this release is not made for.",
	Why:    "Each release of Druid is compiled for one Java and tested with a few.",
	Effect: "Too old: UnsupportedClassVersionError, and nothing starts. Too new: calls into Java's inside fail, some at start and some later.",
	Fix:    "Run the processes with a Java that the release supports.",
	Source: "docs/operations/java.md and docs/release-info/upgrade-notes.md, 38; examples/bin/verify-java, 0.12.3 to 38; run 0.15 on JDK 17",
	Check: func(p *Pass) {
		supported, given := p.supportedJava(), p.Topology.Java
		if given == 0 || len(supported) == 0 || slices.Contains(supported, given) || len(p.Tree.Services) == 0 {
			return
		}
		f := p.Report(p.Where(nil, conf.Value{}), "Druid %s runs on Java %s, and the servers have Java %d", p.Release(), join(supported), given)
		f.Property = ""
		if given > supported[0] {
			f.Severity = finding.Warning
		}
	},
}

// join writes numbers with commas between them.
func join(numbers []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ", ")
}

var jvmEncapsulation = &Rule{
	ID: "jvm-strong-encapsulation", Severity: finding.Error, Area: JVM, Releases: schema.Range{From: 27},
	Title:  "Java is started without what opens its inside to Druid.",
	Why:    "From Java 17 on Druid needs --add-exports and --add-opens, where Java 11 only warns; bin/run-java adds them, a call of java itself does not.",
	Effect: "The process stops at start: java.lang.ExceptionInInitializerError.",
	Fix:    "Start the process with bin/run-druid, or add the flags that docs/operations/java.md lists.",
	Source: "docs/operations/java.md and examples/bin/run-java, 38; ForkingTaskRunner.java (STRONG_ENCAPSULATION_PROPERTIES)",
	Check: func(p *Pass) {
		versions := p.javaVersions()
		if versions[len(versions)-1] < 17 || p.opensJava() {
			return
		}
		p.eachCommand(func(f *conf.File, c syntax.Command) {
			if !startsJava(c) || strings.Contains(c.Text, "--add-") {
				return
			}
			found := p.Report(At(f, c.Span), "%s is started by java itself, without --add-exports and --add-opens", c.Name)
			if versions[0] < 17 {
				found.Severity = finding.Info
				found.Message += fmt.Sprintf("; on Java %d it is fine", versions[0])
			}
		})
	},
}

// startsJava reports whether a command runs Druid's main class itself.
func startsJava(c syntax.Command) bool {
	return strings.Contains(c.Text, "org.apache.druid.cli.Main") &&
		slices.ContainsFunc(c.Words, func(w syntax.Word) bool { return w.Text == "java" || strings.HasSuffix(w.Text, "/java") })
}

// opensJava reports whether a jvm.config has the flags.
func (p *Pass) opensJava() bool {
	return slices.ContainsFunc(p.druids(), func(j java) bool {
		return slices.ContainsFunc(j.flags, func(f syntax.Flag) bool { return strings.HasPrefix(f.Text, "--add-") })
	})
}
