package rules

import (
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Rules about single flags that java takes by the letter.
func jvmFlagRules() []*Rule { return []*Rule{jvmSwitch, jvmStack, jvmShare} }

// eachFlag calls do for every flag of every command line of java.
func (p *Pass) eachFlag(do func(j java, f syntax.Flag)) {
	for _, j := range p.javas() {
		for _, f := range j.flags {
			if !f.Comment && !hasCR(f.Text) && !isStandIn(f) {
				do(j, f)
			}
		}
	}
}

// capitals is a value that a script has yet to replace: -XmxBROKER_HEAP.
var capitals = lazy.Regexp{Expr: `^-X(?:m[snx]|ss|X:\w+=)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$`, Holds: "_"}

// isStandIn reports whether somebody or some tool has yet to write a flag.
func isStandIn(f syntax.Flag) bool {
	return syntax.HasPlaceholder(f.Text) || capitals.MatchString(f.Text)
}

// noTask is what happens where a flag of tasks is refused.
func noTask(j java, f *finding.Finding) {
	if j.file == nil {
		f.Effect = strings.Replace(f.Effect, "The process does not start", "The MiddleManager runs, and no task starts", 1)
	}
}

var jvmSwitch = &Rule{
	ID: "jvm-switch-without-sign", Severity: finding.Error, Area: JVM,
	Title:  "A -XX flag without its sign, or without its value.",
	Why:    "A -XX flag is a switch with + or - in front of its name, or a name with = and a value behind it.",
	Effect: "The process does not start: Missing +/- setting for VM option, or Unrecognized VM option.",
	Fix:    "Write -XX:+Name to switch it on, -XX:-Name to switch it off.",
	Source: "run on JDK 17 and with Druid 33",
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			if f.Kind != syntax.Option || f.HasValue || f.Name == "" || strings.Contains(f.Name, ":") || j.toggle("IgnoreUnrecognizedVMOptions") {
				return
			}
			if known, ok := schema.LookupJavaOption(f.Name); ok && known.Value {
				found := p.Report(j.at(f), "%s has no value", f.Text)
				found.Effect = "The process does not start: Improperly specified VM option."
				found.Help = "Write " + f.Text + "= and a value, or delete it."
				noTask(j, found)
				return
			}
			found := p.Report(j.at(f), "%s has no sign (+ or -) and no value", f.Text)
			found.Suggestion = "-XX:+" + f.Name
			found.Help = "Write " + found.Suggestion + ", or -XX:-" + f.Name + "."
			noTask(j, found)
			if j.file != nil {
				found.Fix = edit(false, j.at(f), found.Suggestion)
			}
		})
	},
}

// leastStack is the smallest stack that any Java starts with; later ones and other
// machines ask for more.
const leastStack = 136 << 10

var jvmStack = &Rule{
	ID: "jvm-stack-too-small", Severity: finding.Error, Area: JVM,
	Title:  "A stack that java refuses.",
	Why:    "-Xss counts bytes unless a letter follows the number, and a thread needs some 136 to 228 KiB to start at all.",
	Effect: "The process does not start: The Java thread stack size specified is too small.",
	Fix:    "Delete the flag: 1 MiB is the default. Or write -Xss512k or more.",
	Source: "run on JDK 17 and with Druid 33",
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			if f.Kind == syntax.Size && f.Name == "Xss" && f.BytesOK && f.Bytes > 0 && f.Bytes < leastStack {
				found := p.Report(j.at(f), "a stack of %s is too small", text.Size(f.Bytes))
				noTask(j, found)
			}
		})
	},
}

var jvmShare = &Rule{
	ID: "jvm-ram-percentage", Severity: finding.Warning, Area: JVM,
	Title:  "A heap of one hundredth of the memory, or less.",
	Why:    "MaxRAMPercentage is in per cent: 50 is half of the machine's memory, and 0.5 the two hundredth part.",
	Effect: "The process gets a tiny heap: java.lang.OutOfMemoryError at start or under the first load.",
	Fix:    "Write -XX:MaxRAMPercentage=50 for half of the memory.",
	Source: "JDK 17, java -XX:+PrintFlagsFinal with the flag",
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			share, err := strconv.ParseFloat(f.Value, 64)
			if f.Kind != syntax.Option || f.Name != "MaxRAMPercentage" || err != nil || share <= 0 || share > 1 {
				return
			}
			p.Report(j.at(f), "the heap may take %s per cent of the memory", f.Value)
		})
	},
}
