package rules

import (
	"encoding/json"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

func syntaxValueRules() []*Rule {
	return []*Rule{jsonInvalid, listWithoutBrackets, quotedScalar, keyInValue}
}

// takesJSON reports whether the property's value is a JSON array or object in
// this release.
func (p *Pass) takesJSON(s Setting) bool {
	if s.Property == nil || !s.Property.Releases.Has(p.Release()) {
		return false
	}
	t := s.Property.TypeIn(p.Release())
	return t.IsList() || t == schema.Object
}

var jsonInvalid = &Rule{
	ID: "props-json-invalid", Severity: finding.Error, Area: Syntax,
	Title:    "A JSON list or object that is not valid JSON.",
	Why:      "A value that starts with [ or { is parsed as JSON; where that fails, Druid goes on with the plain text and cannot make a list of it.",
	Effect:   "INFO Unable to parse [...] as a json object, using as is; then Problem parsing object at prefix[...], and the process does not start.",
	Fix:      "Correct the JSON at the marked place.",
	Source:   "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java:104,123, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{"k8s-helm-value-reformatted", "props-continuation-swallows-next", "props-backslash-eaten"},
	Check: func(p *Pass) {
		for _, s := range p.settings {
			if !p.takesJSON(s) || !s.Known() || !strings.HasPrefix(s.Text, "[") && !strings.HasPrefix(s.Text, "{") {
				continue
			}
			_, _, err := syntax.ParseJSONPrefix([]byte(s.Text))
			if err == nil {
				continue
			}
			f := p.Report(valueAt(s.Value, err.Span.Start.Offset, err.Span.End.Offset), "the value of %s is not valid JSON: %s", s.Key, err.Msg)
			if !p.Used(s) {
				f.Severity = finding.Warning
			}
			if repaired, ok := repairJSON(s.Text); ok && !s.JVM && s.Entry.RawValue == s.Text {
				f.Suggestion = repaired
				f.Fix = edit(true, Val(s.Value), repaired)
			}
		}
	},
}

// repairJSON corrects what can be meant in one way only: a comma before the
// closing bracket, and typographic quotes.
func repairJSON(text string) (string, bool) {
	repaired := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(text)
	trimmed := strings.TrimRight(repaired, " \t")
	if n := len(trimmed); n > 1 && strings.ContainsRune("]}", rune(trimmed[n-1])) {
		inner := strings.TrimRight(trimmed[:n-1], " \t")
		repaired = strings.TrimSuffix(inner, ",") + trimmed[n-1:]
	}
	return repaired, repaired != text && json.Valid([]byte(repaired))
}

var listWithoutBrackets = &Rule{
	ID: "props-list-without-brackets", Severity: finding.Error, Area: Syntax,
	Title:    "A list that is not written as a JSON array.",
	Why:      "Druid makes a list only of a value that starts with [.",
	Effect:   "Problem parsing object at prefix[...]: Can not deserialize instance of java.util.ArrayList out of VALUE_STRING token, and the process does not start.",
	Fix:      `Write a JSON array: ["a", "b"].`,
	Source:   "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java and ExtensionsConfig.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{"props-quoted-scalar", "props-env-placeholder-unsupported"},
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.NotList) {
			if b.Text == "" && (b.Property.Type == schema.List || b.Property.Name == "druid.extensions.loadList") {
				b.err.Want = "a JSON array, [] for none"
			}
			f := p.reportValue(b)
			f.Message = b.Key + " takes a JSON array, and this is a plain text"
			if array, ok := toArray(b.Text); ok {
				f.Suggestion = array
				f.Help = "Write " + array + "."
				f.Fix = editValue(true, b.Value, array)
			}
		}
	},
}

// toArray writes a plain list as a JSON array of texts.
func toArray(text string) (string, bool) {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" || strings.ContainsAny(item, `"'[]{}\`) {
			return "", false
		}
		items = append(items, `"`+item+`"`)
	}
	return "[" + strings.Join(items, ", ") + "]", true
}

var quotedScalar = &Rule{
	ID: "props-quoted-scalar", Severity: finding.Error, Area: Syntax,
	Title:  "A value in quotes.",
	Why:    "Properties files have no quotes: they become part of the value, and a quoted list is no longer a list.",
	Effect: "Hosts, paths and choices with quotes in them do not exist; numbers and lists stop the process: Problem parsing object at prefix[...].",
	Fix:    "Delete the quotes.",
	Source: "java.util.Properties.load (run on JDK 17); JsonConfigurator.java, 0.14.2; run on Imply 2.7.8",
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			value := strings.TrimSpace(s.Text)
			if s.JVM || len(value) < 2 || !s.Known() || s.Property == nil || schema.IsSecret(s.Key) || strings.Contains(s.Key, "javaOpts") {
				continue
			}
			quoted := value[0] == value[len(value)-1] && (value[0] == '"' || value[0] == '\'')
			if !quoted || strings.ContainsRune(value[1:len(value)-1], rune(value[0])) && !strings.ContainsAny(value[1:2], "[{") {
				continue
			}
			f := p.Report(Val(s.Value), "the quotes are a part of the value of %s", s.Key)
			inner := value[1 : len(value)-1]
			f.Suggestion = inner
			f.Help = "Write " + inner + "."
			f.Fix = editValue(true, s.Value, inner)
			switch s.Property.TypeIn(p.Release()) {
			case schema.String, schema.Any, schema.URL:
				f.Severity = finding.Warning
			}
			if !p.Used(s) {
				f.Severity = finding.Warning
			}
		}
	},
}

var keyInValue = &Rule{
	ID: "props-key-in-value", Severity: finding.Warning, Area: Syntax,
	Title:  "A value that begins with the name of its property.",
	Why:    "In key=key=value the key ends at the first sign, and all that follows is the value: a template filled in a whole line, or a line was pasted twice.",
	Effect: "Druid takes the name as a part of the value: a wrong password, a host, folder or choice that does not exist, or a number that it cannot read.",
	Fix:    "Write the name once.",
	Source: "java.util.Properties.load; Sunbird-Obsrv/sunbird-data-pipeline#21",
	Check: func(p *Pass) {
		for _, s := range p.settings {
			rest, ok := strings.CutPrefix(s.Text, s.Key)
			value := strings.TrimLeft(rest, " \t")
			if !ok || value == "" || value[0] != '=' && value[0] != ':' || !strings.Contains(s.Key, ".") {
				continue
			}
			f := p.Report(Val(s.Value), "the value of %s begins with %s%c", s.Key, s.Key, value[0])
			if s.Secret() {
				f.Message = "the value begins with the name of its property" // which is hidden with it
			}
			f.Suggestion = strings.TrimSpace(value[1:])
			f.Fix = editValue(false, s.Value, f.Suggestion)
		}
	},
}
