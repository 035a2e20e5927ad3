package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Rules about options that no Java knows: misspelt, with the wrong sign, or with
// the wrong character between name and value.
func jvmUnknownRules() []*Rule { return []*Rule{jvmUnknown, jvmNotSet} }

var jvmUnknown = &Rule{
	ID: "jvm-option-unknown", Severity: finding.Error, Area: JVM,
	Title:    "An option that no release of Java takes as it is written.",
	Why:      "Java does not skip an option that it does not know, and has one way to write each: -Xmx4g, -XX:+Switch, -XX:Name=value, --name=value.",
	Effect:   "The process does not start: java names the option, and says Could not create the Java Virtual Machine.",
	Fix:      "Correct the option, or delete it.",
	Source:   "run on JDK 11, 17, 21 and 25; globals.hpp and arguments.cpp of JDK 8",
	DefersTo: []string{"jvm-size-malformed", "jvm-switch-without-sign", "jvm-direct-flag-typo", "jvm-flag-removed-in-java", "jvm-comment-line", "jvm-quotes-or-blanks", "mm-javaopts-quoting-and-dups", "prop-json-for-text"},
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			if slips := jvmSlip(j, f); slips.message != "" {
				found := p.Report(j.at(f), "%s", slips.message)
				found.Severity = slips.severity
				if f.Kind == syntax.Other {
					found.Effect = "The process does not start: Error: Could not find or load main class."
				}
				noTask(j, found)
				if slips.right != "" {
					found.Suggestion = slips.right
					found.Help = "Write " + slips.right + "."
				}
				if slips.right != "" && j.file != nil {
					found.Fix = edit(false, j.at(f), slips.right)
				}
			}
		})
	},
}

// slip is what is wrong with an option, and what was meant, if that is clear.
type slip struct {
	message, right string
	severity       finding.Severity
}

func jvmSlip(j java, f syntax.Flag) slip {
	switch {
	case f.Kind == syntax.Other && j.file == nil:
		return slip{f.Text + " is not an option: java takes it for the class to run", dashed(f.Text), finding.Error}
	case f.Kind == syntax.Standard && !standardOption(f.Text):
		return slip{"no Java knows " + f.Text, meantOption(f.Text), finding.Error}
	case strings.HasPrefix(f.Text, "-Xlog:"):
		return logSlip(f)
	case strings.HasPrefix(f.Text, "-XX:") && !j.toggle("IgnoreUnrecognizedVMOptions"):
		return optionSlip(f)
	}
	return slip{}
}

// optionSlip compares an -XX option with those that Java has.
func optionSlip(f syntax.Flag) slip {
	name, _, colon := strings.Cut(f.Name, ":")
	if f.Kind == syntax.Toggle {
		name, _, _ = strings.Cut(name, "=")
	}
	known, ok := schema.LookupJavaOption(name)
	switch {
	case !ok:
		return unknownOption(f, name)
	case known.Value && f.Kind == syntax.Toggle:
		s := slip{f.Text + " has a sign, and " + name + " takes a value", "", finding.Error}
		if strings.Contains(f.Text, "=") { // or there is no value either
			s.right = strings.Replace(f.Text, f.Text[4:5], "", 1)
		}
		return s
	case colon && !strings.HasPrefix(name, "StartFlightRecording") && !strings.HasPrefix(name, "FlightRecorder"):
		return slip{f.Text + " has : where = belongs", strings.Replace(f.Text, name+":", name+"=", 1), finding.Error}
	case f.Kind == syntax.Option && f.HasValue && notNumber(known, f.Value):
		return numberSlip(f, name)
	case known.Switch && f.Kind == syntax.Option && f.HasValue:
		return slip{f.Text + " has a value, and " + name + " is a switch", switchFor(name, f.Value), finding.Error}
	case known.Switch && strings.Contains(f.Name, "="):
		return slip{f.Text + " has a value, and " + name + " is a switch", f.Text[:5] + name, finding.Error}
	}
	return slip{}
}

// numberSlip says that an option has no number. Its first digits are what was meant.
func numberSlip(f syntax.Flag, name string) slip {
	s := slip{name + " takes a number, which " + f.Value + " is not", "", finding.Error}
	if f.Value == "" {
		s.message = name + " takes a number, and has none"
	}
	if number := digits.FindString(f.Value); number != "" {
		s.right = strings.TrimSuffix(f.Text, f.Value) + number
	}
	return s
}

// Numbers as HotSpot reads them.
var (
	wholeNumber = lazy.Regexp{Expr: `^-?(0[xX][0-9a-fA-F]+|[0-9]+)[kKmMgGtT]?$`}
	realNumber  = lazy.Regexp{Expr: `^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$`}
	digits      = lazy.Regexp{Expr: `^[0-9]*`}
)

// notNumber reports whether an option takes a number and has something else. What may
// be filled in later is given the benefit of the doubt.
func notNumber(known schema.JavaOption, value string) bool {
	return (known.Whole && !wholeNumber.MatchString(value) || known.Real && !realNumber.MatchString(value)) && !strings.ContainsAny(value, "${<@`")
}

// logSlip looks at the second part of -Xlog:what:output:decorators:options, which is stdout,
// stderr or a file, with file= before its name or without.
func logSlip(f syntax.Flag) slip {
	parts := strings.SplitN(f.Text, ":", 4)
	if len(parts) < 3 {
		return slip{}
	}
	kind, _, named := strings.Cut(parts[2], "=")
	if !named || kind == "file" || strings.ContainsAny(kind, "\"${<@`") {
		return slip{}
	}
	right := strings.Replace(f.Text, ":"+kind+"=", ":file=", 1)
	if strings.Contains(kind, "/") {
		right = strings.Replace(f.Text, ":"+kind+"=", ":file="+kind+"=", 1)
	}
	return slip{kind + " is not an output of -Xlog", right, finding.Error}
}

// unknownOption says what an option may have been meant to be. One that is near
// to none may be of another Java than OpenJDK.
func unknownOption(f syntax.Flag, name string) slip {
	if name == "" {
		return slip{}
	}
	if _, ok := schema.LookupFlag(name); ok {
		return slip{}
	}
	s := slip{message: "no Java from 8 to 25 knows " + f.Text, severity: finding.Warning}
	if slices.Contains([]string{"Xmx", "Xms", "Xmn", "Xss"}, name) {
		return slip{s.message, "-" + name + f.Value, finding.Error}
	}
	if near, ok := text.Nearest(name, schema.JavaOptionNames()); ok {
		s.severity = finding.Error
		s.right = strings.Replace(f.Text, name, near, 1)
	}
	return s
}

// switchFor is how a switch is turned on or off.
func switchFor(name, value string) string {
	if strings.EqualFold(value, "false") || value == "0" {
		return "-XX:-" + name
	}
	return "-XX:+" + name
}

// dashed is a word with the - that it lacks.
func dashed(word string) string {
	if strings.HasPrefix(word, "X") || strings.HasPrefix(word, "Dd") {
		return "-" + word
	}
	return ""
}

// meantOption is the option that is written with a dash too many, a colon too few
// or a letter in the wrong case.
func meantOption(word string) string {
	bare := strings.TrimLeft(word, "-")
	for _, wrong := range []string{"XX:", "Xx:", "xx:", "xX:", "X:+", "X:-", "XX+", "XX-", "XX"} {
		if rest, ok := strings.CutPrefix(bare, wrong); ok {
			if sign := wrong[len(wrong)-1:]; sign == "+" || sign == "-" {
				rest = sign + rest
			}
			return "-XX:" + rest
		}
	}
	if strings.HasPrefix(word, "--") && (standardOption("-"+bare) || strings.HasPrefix(bare, "Xm") || strings.HasPrefix(bare, "Xss") || strings.HasPrefix(bare, "D")) {
		return "-" + bare
	}
	if trimmed := strings.TrimRight(word, ",;"); trimmed != word && !strings.ContainsAny(trimmed, ",;") {
		return trimmed
	}
	return ""
}

// standard are the options of java's that do not begin with -XX or -D: those that
// stand alone, and the beginnings of those that something follows.
var standard = lazy.Value[map[string]bool]{New: func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(`-server -client -d32 -d64 -cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules
		--limit-modules --list-modules -d --describe-module --dry-run --validate-modules -verbose -version --version -showversion --show-version
		-fullversion --full-version --show-module-resolution -? -h -help --help -X --help-extra -ea -enableassertions -da -disableassertions
		-esa -enablesystemassertions -dsa -disablesystemassertions -jar -m --module --enable-preview --disable-@files --source -noverify
		-Xbatch -Xcomp -Xdebug -Xdiag -Xfuture -Xint -Xmixed -Xnoclassgc -Xrs -Xprof -Xincgc -Xnoagent -XshowSettings -Xlog -Xverify
		-Xinternalversion -Xconcurrentio -verbosegc -noclassgc -verify -verifyremote -jre-restrict-search -no-jre-restrict-search
		--add-opens --add-exports --add-reads --patch-module --illegal-access --enable-native-access --illegal-native-access --finalization
		--sun-misc-unsafe-memory-access -Xusealtsigs -Xoptimize -Xquickstart -Xcompressedrefs -Xnocompressedrefs`) {
		names[name] = true
	}
	return names
}}

var standardPrefixes = []string{
	"-Xlog:", "-Xloggc:", "-Xbootclasspath", "-Xshare:", "-Xcheck:", "-Xverify:", "-Xrun", "-XshowSettings:", "-Xmaxjitcodesize", "-Xoss", "-Xmax", "-Xmin",
	"-Xgc", "-Xdump", "-Xtrace", "-Xshareclasses", "-Xscmx", "-Xtune", "-Xjit", "-Xaot", "-Xminf", "-Xmaxf", "-Xprof:", "-Xmo", "-Xmc", "-Xmr", "-Xsoftmx",
	"-agentlib:", "-agentpath:", "-javaagent:", "-verbose:", "-ea:", "-da:", "-enableassertions:", "-disableassertions:", "-splash:", "-version:", "-ms", "-mx", "-ss",
	"--add-", "--patch-module=", "--limit-modules=", "--module-path=", "--upgrade-module-path=", "--class-path=", "--describe-module=", "--module=", "--source=",
	"--illegal-access=", "--enable-native-access=", "--illegal-native-access=", "--finalization=", "--sun-misc-unsafe-memory-access=",
}

// standardOption reports whether some Java has the option.
func standardOption(word string) bool {
	return standard.Get()[word] || slices.ContainsFunc(standardPrefixes, func(prefix string) bool {
		return strings.HasPrefix(word, prefix) && len(word) > len(prefix)
	})
}

var jvmNotSet = &Rule{
	ID: "jvm-property-not-set", Severity: finding.Warning, Area: JVM,
	Title:  "A system property that is not the one it looks like.",
	Why:    "-D is followed by the name at once, and the name by =; java takes anything else for a part of the name.",
	Effect: "The property is set under a name that is not read, and keeps its default.",
	Fix:    "Write -Dname=value.",
	Source: "run on JDK 17",
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			if f.Kind != syntax.SystemProperty || f.Name == "" {
				return
			}
			name, _, colon := strings.Cut(f.Name, ":")
			switch {
			case strings.TrimSpace(f.Name) != f.Name:
				found := p.Report(j.at(f), "-D %s: the blank becomes a part of the name", strings.TrimSpace(name))
				found.Help = "Write -D" + strings.TrimSpace(name) + "=..., without a blank."
			case colon && !f.HasValue && strings.Contains(name, "."):
				found := p.Report(j.at(f), "-D%s has : where = belongs", name)
				found.Help = "Write -D" + name + "=...."
			case f.SplitFrom == fromArray && strings.Contains(f.Value, " -"):
				found := p.Report(j.at(f), "-D%s and what follows are one item of the list, and java gets them as one option", f.Name)
				found.Effect = "All that follows becomes a part of the property's value."
				found.Help = "Write each option as an item of its own."
			}
		})
	},
}
