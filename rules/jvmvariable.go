package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

// shellVariable is what a shell would replace.
var shellVariable = lazy.Regexp{Expr: `\$(\{\w+(:[-=?+][^}]*)?\}|\(|[A-Za-z_]\w*)`, Holds: "$"}

var jvmVariable = &Rule{
	ID: "jvm-shell-variable", Severity: finding.Error, Area: JVM,
	Title:    "A shell variable in jvm.config, which no shell reads.",
	Why:      "The launchers hand the words of jvm.config to java as they stand: nothing expands $HEAP or ${HEAP}.",
	Effect:   "Java does not start: Invalid maximum heap size: -Xmx${HEAP}. A property with such a value has it to the letter.",
	Fix:      "Write the value, or let the deployment write the file before Druid starts.",
	Source:   "bin/run-druid (cat jvm.config | xargs), 0.14.2 to 38; run on Druid 33",
	DefersTo: []string{"jvm-size-malformed", "jvm-quotes-or-blanks"},
	Check: func(p *Pass) {
		for _, j := range p.javas() {
			if j.file == nil {
				continue
			}
			for _, f := range j.flags {
				if variable := shellVariable.FindString(f.Text); variable != "" && !f.Comment {
					p.reportVariable(j, f, variable)
				}
			}
		}
	},
}

// reportVariable says less where the properties have such variables too, so that
// somebody fills them in, and of properties of Java, which stop nothing.
func (p *Pass) reportVariable(j java, f syntax.Flag, variable string) {
	found := p.Report(j.at(f), "nothing replaces %s in jvm.config", variable)
	if f.Kind == syntax.SystemProperty || p.Tree.Common != nil && p.templated() {
		found.Severity = finding.Warning
	}
}

// templated reports whether the properties have variables that Druid does not
// resolve.
func (p *Pass) templated() bool {
	for _, s := range p.settings {
		if !s.JVM && shellVariable.MatchString(s.Text) && !strings.Contains(s.Text, "${env:") && !strings.Contains(s.Text, "${sys:") {
			return true
		}
	}
	return false
}
