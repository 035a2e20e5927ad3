package rules

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

func syntaxRules() []*Rule {
	return []*Rule{
		fileUnreadable, propsBOM, propsDuplicate, propsTrailingSpace, propsInlineComment, propsNoSeparator,
		propsBackslash, propsBadUnicode, propsContinuation, propsDots, propsInterpolation, propsPlaceholder, treeIsTemplate,
	}
}

// propertyFiles are the Druid properties files that could be read.
func (p *Pass) propertyFiles() []*conf.File {
	return p.Files(conf.CommonProperties, conf.RuntimeProperties)
}

// eachEntry calls check for every line that sets a key, in every file.
func (p *Pass) eachEntry(check func(f *conf.File, e *syntax.Entry)) {
	for _, f := range p.propertyFiles() {
		for i := range f.Properties.Entries {
			check(f, &f.Properties.Entries[i])
		}
	}
}

// keyOf and valueOf are the places of an entry's key and value.
func keyOf(f *conf.File, e *syntax.Entry) Place {
	return Place{File: f, Span: e.KeySpan, Property: e.Key}
}

func valueOf(f *conf.File, e *syntax.Entry) Place {
	if e.ValueSpan.Start == e.ValueSpan.End {
		return keyOf(f, e)
	}
	return Place{File: f, Span: e.ValueSpan, Property: e.Key}
}

var fileUnreadable = &Rule{
	ID: "file-unreadable", Severity: finding.Error, Area: Syntax,
	Title:  "A file or folder of the tree that could not be read.",
	Why:    "What is in it was not checked, and the process that needs it will not read it either.",
	Effect: "The launcher's cat fails, or Druid starts with defaults only.",
	Fix:    "Make it a readable regular file inside the tree.",
	Source: "bin/run-druid of Imply 2.7.8 and examples/bin/run-druid, 0.14.2 (cat of each file)",
	Check: func(p *Pass) {
		for _, f := range p.Tree.Files {
			if f.Problem != "" {
				p.Report(In(f), "%s: %s", f.Base(), f.Problem)
			}
		}
		for _, problem := range p.Tree.Problems {
			f := p.Report(Place{}, "%s %s", problem.Path, problem.Message)
			if !problem.Severe {
				f.Severity = finding.Warning
			}
			if p.Tree.Form != conf.FormConf {
				f.Effect, f.Help = "None of what is in it was checked.", "Correct the file, or put it where it is named, and run lint again."
			}
			f.File = problem.Path
			if problem.Line > 0 {
				if strings.HasSuffix(problem.Message, ": no such file") {
					f.Message = problem.Message
					f.Effect = "What it holds was not checked, and the tool that reads this file stops where it does not find it either."
					f.Help = "Put it there, or correct the line."
				}
				f.Line, f.Column, f.EndLine, f.EndColumn = problem.Line, 1, problem.Line, 1
			}
		}
	},
}

var propsDuplicate = &Rule{
	ID: "props-duplicate-key", Severity: finding.Warning, Area: Syntax,
	Title:  "A key that is set twice in one file.",
	Why:    "Only the last line counts: editing the first one changes nothing.",
	Effect: "Druid silently uses the last value.",
	Fix:    "Delete the line that is not meant.",
	Source: "java.util.Properties.load (run on JDK 17); run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, f := range p.propertyFiles() {
			last := map[string]*syntax.Entry{}
			for i := range f.Properties.Entries {
				e := &f.Properties.Entries[i]
				before, again := last[e.Key]
				last[e.Key] = e
				if !again || e.Key == "" || f.Apart(before, e) {
					continue
				}
				found := p.Report(keyOf(f, before), "%s is set again on line %d, and the last one counts", e.Key, location(f, e.KeySpan).Line)
				relate(found, keyOf(f, e), "this value is used")
				if before.Value == e.Value {
					found.Severity = finding.Info
					found.Message = fmt.Sprintf("%s is set again on line %d, to the same value", e.Key, location(f, e.KeySpan).Line)
				}
			}
		}
	},
}

var propsTrailingSpace = &Rule{
	ID: "props-trailing-space", Severity: finding.Error, Area: Syntax,
	Title:    "A value with blanks at its end.",
	Why:      "java.util.Properties keeps them, and they are hard to see. Names, paths and choices must match exactly.",
	Effect:   "Unknown provider[local ] for choices, another path or name than the one that is meant; numbers and switches bound as JSON are trimmed.",
	Fix:      "Delete the blanks.",
	Source:   "java.util.Properties.load (run on JDK 17); PolyBind.java:198, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{"zk-connect-string-format"},
	Check: func(p *Pass) {
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			trimmed := strings.TrimRight(e.Value, " \t\f")
			if trimmed == e.Value || trimmed == "" && e.Value == "" {
				return
			}
			severity, harm := blanksHarm(e, p.Release())
			if !harm {
				return
			}
			found := p.Report(valueOf(f, e), "the value of %s ends in blanks, which are a part of it", e.Key)
			found.Severity = severity
			raw := strings.TrimRight(e.RawValue, " \t\f")
			if !strings.HasSuffix(raw, `\`) && e.Lines == 1 {
				tail := valueOf(f, e)
				blanks := len(e.RawValue) - len(raw)
				tail.Span.Start.Offset = tail.Span.End.Offset - blanks
				tail.Span.Start.Column = tail.Span.End.Column - blanks
				found.Fix = edit(true, tail, "")
			}
		})
	},
}

// blanksHarm says whether blanks at the end of a value change anything: JSON is
// trimmed by its parser, and so are most numbers and switches. Hosts and URLs with
// blanks are said by value-refused-later.
func blanksHarm(e *syntax.Entry, r schema.Release) (finding.Severity, bool) {
	property, known := schema.Lookup(e.Key)
	if strings.HasPrefix(e.Value, "[") || strings.HasPrefix(e.Value, "{") || !known {
		return 0, false
	}
	err := property.Check(e.Value, r)
	t := property.TypeIn(r)
	switch {
	case err != nil && err.Mistake == schema.RefusedLater:
		return 0, false
	case err != nil && (t != schema.OneOf || property.IsStrict(r)) && (t != schema.Bool || !property.Exact(r)):
		return finding.Error, true
	case t.IsNumber(), t == schema.Double, t == schema.Period, t == schema.Bool && !property.Exact(r):
		return 0, false
	}
	return finding.Warning, true
}

// trailingComment is a comment at the end of a value, where there are none.
var trailingComment = lazy.Regexp{Expr: `[ \t]+[#!][ \t]*[^ \t].*$`}

var propsInlineComment = &Rule{
	ID: "props-inline-comment", Severity: finding.Error, Area: Syntax,
	Title:  "A comment behind a value.",
	Why:    "Properties files have comments only on lines of their own.",
	Effect: "The comment is a part of the value: numbers fail to parse, names become other names.",
	Fix:    "Move the comment to a line of its own.",
	Source: "java.util.Properties.load (run on JDK 17); run on Imply 2.7.8",
	Check: func(p *Pass) {
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			if !strings.ContainsAny(e.Value, "#!") {
				return // as most: no need of the expression
			}
			loc := trailingComment.FindStringIndex(e.Value)
			if loc == nil || freeText(e, p.Release()) || syntax.HasPlaceholder(e.Value) && strings.Contains(e.Value, "%}") {
				return
			}
			found := p.Report(valueOf(f, e), "%q is a part of the value of %s, not a comment", strings.TrimSpace(e.Value[loc[0]:]), e.Key)
			if schema.IsSecret(e.Key) {
				found.Message = "what looks like a comment is a part of the value of " + e.Key
			}
			if property, ok := schema.Lookup(e.Key); !ok || property.TypeIn(p.Release()) == schema.String {
				found.Severity = finding.Warning
			} else if strings.HasPrefix(e.Value, "[") || strings.HasPrefix(e.Value, "{") {
				found.Severity = finding.Info // Jackson stops reading after the closing bracket
				found.Effect = "Druid's JSON parser stops behind the closing bracket, so this one does no harm."
			}
		})
	},
}

// freeText reports whether a # or ! may well be meant: in passwords, javaOpts
// and values that nobody parses.
func freeText(e *syntax.Entry, _ schema.Release) bool {
	return schema.IsSecret(e.Key) || strings.Contains(e.Key, "javaOpts") || strings.HasSuffix(e.Key, ".connectURI")
}

var propsNoSeparator = &Rule{
	ID: "props-line-without-separator", Severity: finding.Warning, Area: Syntax,
	Title:  "A line that is not a comment and not key=value.",
	Why:    "It is read as a key with an empty value: a comment without its #, or the rest of a list whose line was not continued.",
	Effect: "Druid silently ignores it; the setting is lost.",
	Fix:    "Put # in front of comments, and \\ at the end of lines that go on.",
	Source: "java.util.Properties.load (run on JDK 17)",
	Check: func(p *Pass) {
		var merge *finding.Finding
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			broken := strings.ContainsAny(e.Key[:min(1, len(e.Key))], "[{\"]}")
			bare := !e.HasSeparator && e.Value == "" && !knownKey(e.Key)
			switch {
			case strings.HasPrefix(e.Key, ">>>>>>>") && merge != nil && merge.File == f.Path:
				relate(merge, keyOf(f, e), "it ends here")
				merge = nil
			case strings.HasPrefix(e.Key, "<<<<<<<") || strings.HasPrefix(e.Key, ">>>>>>>"):
				merge = p.Report(keyOf(f, e), "a merge was left unfinished here")
				merge.Effect = "Of the properties that both sides have, the last line counts."
				merge.Help = "Keep the lines that are meant, and delete the others with the marks."
			case broken || bare:
				p.Report(keyOf(f, e), "%q is read as a key, not as a comment or a part of the line above", e.Key)
			}
		})
	},
}

func knownKey(key string) bool {
	_, ok := schema.Lookup(key)
	return ok
}

var propsBackslash = &Rule{
	ID: "props-backslash-eaten", Severity: finding.Error, Area: Syntax,
	Title:  "A backslash that java.util.Properties drops.",
	Why:    "A single backslash in a value only escapes; regular expressions and Windows paths need two.",
	Effect: `The value loses its backslashes: \d+ becomes d+, C:\data becomes C:data.`,
	Fix:    "Write two backslashes.",
	Source: "java.util.Properties.load (run on JDK 17)",
	Check: func(p *Pass) {
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			if len(e.Escapes) == 0 {
				return
			}
			at := Place{File: f, Span: e.Escapes[0].Span, Property: e.Key}
			found := p.Report(at, "the backslash here is dropped: %s becomes %q", e.Key, e.Value)
			var starts []Place
			for _, escape := range e.Escapes {
				starts = append(starts, At(f, syntax.Span{Start: escape.Span.Start, End: escape.Span.Start}))
			}
			found.Fix = editAll(true, missingBackslashes(e), starts...)
		})
	},
}

// missingBackslashes is what a dropped backslash needs before it: one more, or
// three in JSON, which takes half of what Java leaves.
func missingBackslashes(e *syntax.Entry) string {
	const inJSON = `\\\`
	raw, at := "", 0
	for _, escape := range e.Escapes {
		start := escape.Span.Start.Offset - e.ValueSpan.Start.Offset
		raw, at = raw+e.RawValue[at:start]+inJSON, start
	}
	p := syntax.ParseProperties([]byte("key=" + raw + e.RawValue[at:]))
	if len(p.Entries) == 1 && json.Valid([]byte(p.Entries[0].Value)) {
		return inJSON
	}
	return `\`
}

var propsBadUnicode = &Rule{
	ID: "props-bad-unicode-escape", Severity: finding.Error, Area: Syntax,
	Title:  `A \u that is not followed by four hexadecimal digits.`,
	Why:    `In properties files \u starts a character's number, in Windows paths such as C:\users too.`,
	Effect: `IllegalArgumentException: Malformed \uxxxx encoding, and the process does not start.`,
	Fix:    `Write \\u where a backslash and a u are meant.`,
	Source: "java.util.Properties.load (run on JDK 17)",
	Check: func(p *Pass) {
		for _, f := range p.propertyFiles() {
			if f.Err != nil {
				p.Report(At(f, f.Err.Span), `\u must be followed by four hexadecimal digits`)
			}
		}
	},
}

// nextProperty is a line of its own that a continuation has swallowed.
var nextProperty = lazy.Regexp{Expr: `(^|\s|")(#|druid\.[A-Za-z.]+\s*[=:])`}

var propsContinuation = &Rule{
	ID: "props-continuation-swallows-next", Severity: finding.Error, Area: Syntax,
	Title:  "A backslash at the end of a line that swallows the next property.",
	Why:    "The next line becomes a part of this value, and its own property is lost.",
	Effect: "This value is wrong, and the next property has its default.",
	Fix:    "Delete the backslash at the end of the line.",
	Source: "java.util.Properties.load (run on JDK 17)",
	Check: func(p *Pass) {
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			for n := e.Span.Start.Line + 1; e.Lines > 1 && n <= e.Span.End.Line; n++ {
				next := strings.TrimSpace(f.Line(n))
				if strings.HasPrefix(next, "#") || nextProperty.MatchString(" "+next) && strings.HasPrefix(next, "druid.") {
					p.Report(keyOf(f, e), "the value of %s goes on into line %d, which looks like one of its own", e.Key, n)
					return
				}
			}
		})
	},
}

var propsDots = &Rule{
	ID: "props-double-or-trailing-dot", Severity: finding.Error, Area: Syntax,
	Title:  "A key with two dots in a row, or one at its end.",
	Why:    "Each process reads every key that begins with druid. for its own address, splits it at its dots, and refuses empty parts.",
	Effect: "ProvisionException: Double dot in property, or Dot at the end of property, and the process does not start.",
	Fix:    "Delete the dot.",
	Source: "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java:213, 0.14.2, and ServerModule.java, which binds the prefix druid; run on Druid 33",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			right := strings.TrimRight(doubleDots.ReplaceAllString(s.Key, "."), ".")
			if right == s.Key || s.JVM {
				continue
			}
			f := p.Report(Key(s.Value), "%s has an empty part between its dots", s.Key)
			f.Suggestion = right
			f.Help = "Write " + right + "."
			f.Fix = p.editKey(true, s.Value, right)
		}
	},
}

var doubleDots = lazy.Regexp{Expr: `\.\.+`, Holds: ".."}

var propsInterpolation = &Rule{
	ID: "props-env-placeholder-unsupported", Severity: finding.Error, Area: Syntax,
	Title:  "A ${...} that this release does not resolve.",
	Why:    "Druid resolves ${env:...}, ${sys:...} and ${file:...} from 25 on, and never the names of other properties.",
	Effect: "Up to 24 the text is used as it is: the password is the text ${env:PASSWORD}. From 25 on an unknown name stops the process: Cannot resolve variable '...'.",
	Fix:    "Let your deployment write the value, or use a password provider such as {\"type\":\"environment\",\"variable\":\"NAME\"} where Druid takes one.",
	Source: "apache/druid#13023 (25.0.0); docs/configuration/index.md:68, 38; run on Imply 2.7.8; proved by the classes of 25, 27, 28 and 33",
	Check: func(p *Pass) {
		p.eachEntry(func(f *conf.File, e *syntax.Entry) {
			text, ok := syntax.FindInterpolation(e.Value)
			if p.Release() >= 25 {
				text = propertyVariable.FindString(e.Value)
				ok = text != ""
			}
			if ok {
				p.Report(valueOf(f, e), "Druid %s does not resolve %s", p.Release(), text)
			}
		})
	},
}

// propertyVariable names another property, as no tool that fills in templates
// does.
var propertyVariable = lazy.Regexp{Expr: `\$\{druid\.[^}:]*\}`, Holds: "${druid."}

var propsPlaceholder = &Rule{
	ID: "props-template-placeholder", Severity: finding.Error, Area: Syntax,
	Title:    "A placeholder that has not been filled in.",
	Why:      "A template's host names and buckets do not exist.",
	Effect:   "UnknownHostException, loss of connection to ZooKeeper, NoSuchBucket: the process does not come up.",
	Fix:      "Fill in the value. Where a tool does that when it deploys, lint its output.",
	Source:   "examples/conf/druid/_common/common.runtime.properties, 0.14.2; conf/druid/_common/common.runtime.properties of Imply 2.7.8",
	DefersTo: []string{"props-env-placeholder-unsupported"},
	Check: func(p *Pass) {
		for _, f := range p.propertyFiles() {
			p.placeholders(f)
		}
	},
}

// fromTool tells what a tool replaces, and what is kept out of a published file, from what
// people should fill in: example.com.
func fromTool(token string) bool {
	return strings.ContainsAny(token, "${<%#*") || strings.HasPrefix(token, "__") || strings.HasPrefix(strings.TrimPrefix(token, "/"), ":")
}

// placeholders makes one finding of all placeholders in a file. Tokens that a
// tool replaces may well be right in the tool's own input, so they weigh less
// than a template's example.com.
func (p *Pass) placeholders(f *conf.File) {
	var found *finding.Finding
	for i := range f.Properties.Entries {
		e := &f.Properties.Entries[i]
		token, ok := syntax.FindPlaceholder(e.Value)
		if _, resolved := syntax.FindInterpolation(e.Value); !ok || resolved || e.Filled || isExpression(f, token) {
			continue
		}
		shown := token
		if schema.IsSecret(e.Key) {
			shown = "the value of " + e.Key // the token itself is not shown
		}
		if found == nil {
			if found = p.Report(valueOf(f, e), "%s is still to be filled in", shown); fromTool(token) {
				found.Severity = finding.Warning
			}
			continue
		}
		if !fromTool(token) {
			found.Severity = finding.Error
		}
		relate(found, valueOf(f, e), "%s too", shown)
	}
}
