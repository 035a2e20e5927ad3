package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

// helpIn says what to write in the words of the form: rules speak of properties, of
// flags and of jvm.config, and people who start containers write variables.
func helpIn(kept string, f *finding.Finding) string {
	switch {
	case f.Variable:
		return asVariables(f.Help, strings.Contains(f.Help+f.Property, "javaOpts"))
	case kept == form.Operator:
		return strings.ReplaceAll(f.Help, "jvm.config", "jvm.options")
	}
	return f.Help
}

// effectHere names who starts tasks in this tree, where it is not a MiddleManager.
func (p *Pass) effectHere(effect string) string {
	if starters := p.taskRunners(); len(starters) > 0 && len(p.Services("middleManager")) == 0 {
		return strings.Replace(effect, "The MiddleManager runs", "The Overlord runs", 1)
	}
	return effect
}

var (
	propertyInHelp = lazy.Regexp{Expr: `(^|[\s("])(druid\.[A-Za-z0-9_.<>*]*[A-Za-z0-9_>*])`}
	flagInHelp     = lazy.Regexp{Expr: `(^|[\s("])(-Xm[sx]|-XX:\w+)(=?)(\w*)`}
)

// asVariables writes a help for the environment of a container. The flags of tasks
// are a part of a property, and stay as they are.
func asVariables(help string, tasks bool) string {
	help = strings.ReplaceAll(help, "every jvm.config", "JAVA_OPTS of every service")
	help = strings.ReplaceAll(help, "jvm.config", "JAVA_OPTS")
	help = propertyInHelp.Get().ReplaceAllStringFunc(help, func(s string) string {
		at := strings.Index(s, "druid.")
		return s[:at] + form.VariableName(s[at:])
	})
	if tasks {
		return help
	}
	help = flagInHelp.Get().ReplaceAllStringFunc(help, flagAsVariable)
	if hasFlag(help) && !strings.Contains(help, "JAVA_OPTS") {
		help += " The variable JAVA_OPTS takes flags of java."
	}
	return help
}

// flagAsVariable writes -Xmx1g and -XX:MaxDirectMemorySize=1g as the variables that
// set them.
func flagAsVariable(s string) string {
	parts := flagInHelp.FindStringSubmatch(s)
	name := form.JavaVariable(parts[2])
	switch {
	case name == "":
		return s
	case parts[4] == "":
		return parts[1] + name + parts[3]
	}
	return parts[1] + name + "=" + parts[4]
}

// hasFlag reports whether a help names a flag of java.
func hasFlag(help string) bool {
	return strings.Contains(help, "-XX:") || strings.Contains(help, "-Xm") || strings.Contains(help, "-D")
}
