package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

func syntaxJVMRules() []*Rule {
	return []*Rule{jvmComment, jvmQuotes, jvmSize, jvmCRLF}
}

var jvmComment = &Rule{
	ID: "jvm-comment-line", Severity: finding.Error, Area: Syntax,
	Title:    "A comment in jvm.config, or a word that is not a flag.",
	Why:      "The launchers pass every word of the file to java, with cat and xargs; there are no comments.",
	Effect:   "java takes the word for its main class: Error: Could not find or load main class #.",
	Fix:      "Delete the line.",
	Source:   "bin/run-druid of Imply 2.7.8 and examples/bin/run-druid, 0.14.2 (java `cat jvm.config | xargs`, run)",
	DefersTo: []string{"jvm-quotes-or-blanks", "jvm-size-malformed"},
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.JVMConfig) {
			line := 0
			for _, flag := range f.Flags {
				if flag.Span.Start.Line == line || strings.HasPrefix(flag.Text, mark) || flag.Text == "\r" || syntax.HasPlaceholder(flag.Text) || flag.Kind != syntax.Other && !flag.Comment {
					continue
				}
				line = flag.Span.Start.Line
				if flag.Comment {
					found := p.Report(wholeLine(f, line), "there are no comments in jvm.config: java gets every word of this line")
					found.Fix = edit(true, wholeLine(f, line), "")
					continue
				}
				p.Report(At(f, flag.Span), "%q is not a flag: java takes it for its main class", flag.Text)
			}
		}
	},
}

// wholeLine is the place of a line without its end.
func wholeLine(f *conf.File, n int) Place {
	text := f.Line(n)
	trimmed := strings.TrimLeft(text, " \t")
	indent := len([]rune(text)) - len([]rune(trimmed))
	return At(f, syntax.Span{
		Start: syntax.Position{Line: n, Column: indent + 1},
		End:   syntax.Position{Line: n, Column: len([]rune(text)) + 1},
	})
}

var jvmQuotes = &Rule{
	ID: "jvm-quotes-or-blanks", Severity: finding.Error, Area: Syntax,
	Title:  "A flag with quotes, blanks or backslashes in jvm.config.",
	Why:    "xargs takes the quotes and backslashes away, and the shell splits at the blanks that they protected.",
	Effect: "One flag arrives at java as several: -XX:OnOutOfMemoryError=kill, then -9, then %p; java stops at the first that it does not know.",
	Fix:    "Write flags without blanks and quotes; -XX:+ExitOnOutOfMemoryError takes the place of kill -9 %p.",
	Source: "bin/run-druid of Imply 2.7.8 (java `cat jvm.config | xargs`, run with GNU xargs)",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.JVMConfig) {
			if f.Err != nil {
				p.Report(At(f, f.Err.Span), "%s: java gets only the words before it", f.Err.Msg)
			}
			for i, w := range f.Args.Words {
				if !w.Quoted || w.Comment || i > 0 && f.Args.Words[i-1].SplitFrom == w.SplitFrom {
					continue
				}
				if i+1 < len(f.Args.Words) && f.Args.Words[i+1].SplitFrom == w.SplitFrom {
					p.reportPieces(f, w, f.Args.Words[i+1])
				}
			}
		}
	},
}

// reportPieces says how a flag arrives. What a -D flag sets may be a secret.
func (p *Pass) reportPieces(f *conf.File, first, second syntax.Word) {
	if name, _, ok := strings.Cut(first.Text, "="); ok && strings.HasPrefix(name, "-D") {
		p.Report(At(f, first.Span), "java gets %s=... in pieces, cut at its blanks", name)
		return
	}
	p.Report(At(f, first.Span), "java gets this in pieces: %q, then %q", first.Text, second.Text)
}

// sizeFlag takes apart a flag that takes a size, however it is written.
func sizeFlag(text string) (name, size string, ok bool) {
	name = text[:min(len("-Xmx"), len(text))]
	ok = slices.ContainsFunc([]string{"-Xmx", "-Xms", "-Xmn", "-Xss"}, func(known string) bool { return strings.EqualFold(known, name) })
	return name, text[len(name):], ok && !strings.Contains(text, "\n")
}

var jvmSize = &Rule{
	ID: "jvm-size-malformed", Severity: finding.Error, Area: Syntax,
	Title:  "A memory flag that java does not understand.",
	Why:    "Sizes are a number and one letter, k, m, g or t, next to each other: -Xmx2g.",
	Effect: "The process does not start: Invalid maximum heap size: -Xmx2gb, or Unrecognized option.",
	Fix:    "Write the number and one letter, without a blank.",
	Source: "run on JDK 17",
	Check: func(p *Pass) {
		p.eachFlag(func(j java, f syntax.Flag) {
			_, _, ok := sizeFlag(f.Text)
			if f.Kind == syntax.Size && !f.BytesOK || ok && f.Kind != syntax.Size {
				p.reportSize(j, f)
			}
		})
	},
}

func (p *Pass) reportSize(j java, flag syntax.Flag) {
	found := p.Report(j.at(flag), "java does not understand %s", flag.Text)
	noTask(j, found)
	if right, ok := repairSize(flag.Text); ok {
		found.Suggestion = right
		found.Help = "Write " + right + "."
		if j.file != nil {
			found.Fix = edit(true, j.at(flag), right)
		}
	}
}

// sloppySize is a size with too much behind its letter: 2gb, 512MiB.
var sloppySize = lazy.Regexp{Expr: `^(-[A-Za-z]+:?[A-Za-z]*=?)([0-9]+)([kKmMgGtT])(i?[bB])$`}

// repairSize corrects what can be meant in one way only.
func repairSize(text string) (string, bool) {
	if name, size, ok := sizeFlag(text); ok {
		fixed := "-X" + strings.ToLower(name[2:]) + size
		if fixed != text {
			if _, err := syntax.ParseJVMSize(size); err == nil {
				return fixed, true
			}
		}
	}
	if m := sloppySize.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s%s%s", m[1], m[2], strings.ToLower(m[3])), true
	}
	return "", false
}

var jvmCRLF = &Rule{
	ID: "jvm-crlf-line-ends", Severity: finding.Error, Area: Syntax,
	Title:  "A jvm.config or main.config with Windows line ends.",
	Why:    "xargs takes the carriage return for a part of the word before it.",
	Effect: "Java gets -Xmx2g with an invisible letter behind it: Invalid maximum heap size, or a main class, a service or a property that is not what it looks like.",
	Fix:    "Save the file with Unix line ends.",
	Source: "bin/run-druid of Imply 2.7.8 (java `cat jvm.config | xargs`, run with GNU xargs and JDK 17)",
	Check: func(p *Pass) {
		for _, f := range p.Files(conf.JVMConfig, conf.MainConfig) {
			n := bytes.Count(f.Data, []byte("\r\n"))
			if n == 0 {
				continue
			}
			found := p.Report(wholeLine(f, 1+bytes.Count(f.Data[:bytes.IndexByte(f.Data, '\r')], []byte("\n"))), "lines end in a carriage return and a line feed: %d of them", n)
			found.Help = "Save the file with Unix line ends, as in: sed -i 's/\\r$//' " + f.Base() + "."
		}
	},
}

// hasCR reports whether a flag ends in the carriage return of a Windows line
// end; jvm-crlf-line-ends speaks of it.
func hasCR(flag string) bool { return strings.HasSuffix(flag, "\r") }
