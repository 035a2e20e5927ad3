package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

func valueRules() []*Rule {
	return []*Rule{
		propTypeInt, propUnits, propBool, propPeriod, propRange, propChoice, propScalarJSON, propForm, refusedLater, requiredMissing,
	}
}

// badValue is a setting that the schema does not accept.
type badValue struct {
	Setting
	err *schema.ValueError
	// task is set where tasks read the value and not the process itself.
	task bool
}

// badValues are the settings with some kinds of mistake in their value. Values
// with a placeholder are left alone.
func (p *Pass) badValues(mistakes ...schema.Mistake) []badValue {
	if !p.valuesRead {
		p.misread, p.valuesRead = p.readValues(), true
	}
	var list []badValue
	for _, b := range p.misread {
		if slices.Contains(mistakes, b.err.Mistake) {
			list = append(list, b)
		}
	}
	return list
}

// readValues are the settings with any mistake in their value.
func (p *Pass) readValues() (list []badValue) {
	for _, s := range p.settings {
		if !s.Known() || s.Property == nil {
			continue
		}
		property, task := s.Property, false
		if key := innerKey(s.Key); key != s.Key {
			inner, ok := schema.Lookup(key)
			if !ok {
				continue
			}
			property, task = inner, true
		}
		if !property.Releases.Has(p.Release()) {
			continue
		}
		if err := p.check(s, property); err != nil {
			s.Property = property
			list = append(list, badValue{s, err, task})
		}
	}
	return list
}

// check reads a value as each process does that sees it: what is right may
// depend on what else is set there.
func (p *Pass) check(s Setting, property *schema.Property) *schema.ValueError {
	if len(property.Limits) == 0 {
		return property.Check(s.Text, p.Release())
	}
	if len(s.Services) == 0 {
		return property.CheckWhere(s.Text, p.Release(), p.Tree.Holds(property, s.Key))
	}
	for _, svc := range s.Services {
		if err := property.CheckWhere(s.Text, p.Release(), svc.Holds(property, s.Key)); err != nil {
			return err
		}
	}
	return nil
}

// report says what is wrong with a value. What no process reads is only worth a
// note.
func (p *Pass) reportValue(b badValue) *finding.Finding {
	f := p.Report(Val(b.Value), "%s is %q, expected %s", b.Key, b.Text, b.err.Want)
	f.Help = "Write " + b.err.Want + "."
	switch {
	case !p.Used(b.Setting) && b.err.Mistake != schema.RefusedLater && p.builtBy(b.Setting) != nil:
		f.Message += ", which the " + p.builtBy(b.Setting).Name + " checks when it starts, though it does not use it"
	case !p.Used(b.Setting):
		f.Severity = finding.Info
		f.Effect = p.unused(b.Setting)
	case b.task:
		f.Effect = strings.Replace(f.Effect, "The process stops", "The MiddleManager runs, and every task stops", 1)
	}
	return f
}

// builtBy is a process that checks a setting without using it, nil if none does.
func (p *Pass) builtBy(s Setting) *conf.Service {
	if !s.Property.Releases.Has(p.Release()) || innerKey(s.Key) != s.Key {
		return nil
	}
	i := slices.IndexFunc(s.Services, func(svc *conf.Service) bool {
		return s.Property.BuiltBy(svc.Process(), p.Release()) && s.seenBy(svc)
	})
	if i < 0 {
		return nil
	}
	return s.Services[i]
}

const bindingError = "The process stops at start: Problem parsing object at prefix[...], or a NumberFormatException."

var moreSpecific = []string{
	"props-inline-comment", "props-trailing-space", "props-quoted-scalar", "props-env-placeholder-unsupported", "k8s-helm-value-reformatted",
	"props-backslash-eaten", "props-continuation-swallows-next", "prop-removed-hard-fail",
	"net-host-port-conflict", "zk-connect-string-format", "mem-buffer-too-large",
}

var propTypeInt = &Rule{
	ID: "prop-type-int", Severity: finding.Error, Area: Properties,
	Title:    "A number that Druid cannot read as one.",
	Why:      "Druid reads whole numbers without thousands separators, decimals, units or expressions.",
	Effect:   bindingError,
	Fix:      "Write a plain whole number.",
	Source:   "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.WrongType) {
			if t := b.Property.TypeIn(p.Release()); t.IsNumber() || t == schema.Double {
				p.reportValue(b)
			}
		}
	},
}

var propScalarJSON = &Rule{
	ID: "prop-json-for-text", Severity: finding.Error, Area: Properties,
	Title:  "A JSON array or object where a plain text is expected, or one of the wrong make.",
	Why:    "A value that starts with [ or { is parsed as JSON, and each property takes either that or a plain text.",
	Effect: "The process stops at start: Problem parsing object at prefix[...]: Can not deserialize instance of java.lang.String out of START_ARRAY token.",
	Fix:    "Write the plain text, without brackets.",
	Source: "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{
		"props-json-invalid", "zk-connect-string-format",
		"props-inline-comment", "props-trailing-space", "props-quoted-scalar", "props-env-placeholder-unsupported", "k8s-helm-value-reformatted",
		"props-backslash-eaten", "props-continuation-swallows-next", "prop-removed-hard-fail",
	},
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.WrongType) {
			t := b.Property.TypeIn(p.Release())
			if t.IsNumber() || t == schema.Double {
				continue
			}
			f := p.reportValue(b)
			if kind := b.Key + ".type"; t == schema.Object && p.knows(kind) && !strings.ContainsAny(b.Text, "[]{}") {
				f.Message = b.Key + " is an object, and this is a plain text: the type of it is a property of its own"
				f.Help = "Write " + kind + "=" + b.Text + "."
			}
		}
	},
}

// knows reports whether this release reads a property.
func (p *Pass) knows(name string) bool {
	known, ok := schema.Lookup(innerKey(name))
	return ok && known.Releases.Has(p.Release())
}

var propUnits = &Rule{
	ID: "prop-size-units-too-new", Severity: finding.Error, Area: Properties, Releases: schema.Range{Until: 37},
	Title:    "A size with a unit, in a release that takes plain bytes only.",
	Why:      "Sizes such as 512MiB came with 0.20, and to some properties later.",
	Effect:   bindingError,
	Fix:      "Write the number of bytes.",
	Source:   "HumanReadableBytes.java, added in 0.20 (apache/druid commit 646fa84d); run on Imply 2.7.8",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.UnitTooNew) {
			f := p.reportValue(b)
			n, _ := schema.ParseBytes(b.Text)
			f.Message = fmt.Sprintf("%s is %q, and Druid %s takes plain bytes here; units came with %s", b.Key, b.Text, p.Release(), b.Property.Units)
			f.Suggestion = strconv.FormatInt(n, 10)
			f.Help = fmt.Sprintf("Write %d (%s).", n, text.Size(n))
			f.Fix = editValue(true, b.Value, f.Suggestion)
		}
	},
}

var propBool = &Rule{
	ID: "prop-bool-value", Severity: finding.Error, Area: Properties,
	Title:    "A switch that is not true or false.",
	Why:      "yes, on and 1 mean nothing to Druid: some switches stop the process, others are silently off.",
	Effect:   "The process stops at start: Problem parsing object at prefix[...]: Can not construct instance of java.lang.Boolean.",
	Fix:      "Write true or false.",
	Source:   "core/src/main/java/org/apache/druid/guice/JsonConfigurator.java and cli/CliCoordinator.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.NotBool) {
			f := p.reportValue(b)
			if f.Severity == finding.Error && p.takenForFalse(b) {
				f.Severity = finding.Warning
				f.Effect = "Druid silently takes it for false."
			}
		}
		for _, s := range p.druidSettings() {
			on := s.Property != nil && s.Property.OnlyTrue != nil && s.Property.OnlyTrue.Has(p.Release())
			if on && s.Known() && s.Text != "true" && strings.EqualFold(s.Text, "true") && p.Read(s) {
				f := p.Report(Val(s.Value), "%s is %s, and Druid %s looks for true in lower case", s.Key, s.Text, p.Release())
				f.Severity, f.Effect, f.Help = finding.Warning, "Druid silently takes it for false.", "Write true."
			}
		}
	},
}

// takenForFalse reports whether every process that sees a switch looks at its text
// itself; what binds it to a class refuses all but true and false.
func (p *Pass) takenForFalse(b badValue) bool {
	if b.Property.Exact(p.Release()) {
		return true
	}
	return len(b.Services) > 0 && !slices.ContainsFunc(b.Services, func(s *conf.Service) bool {
		return s.Reads(b.Property) && !slices.Contains(b.Property.Lenient, s.Process())
	})
}

var propPeriod = &Rule{
	ID: "prop-period-format", Severity: finding.Error, Area: Properties,
	Title:    "A duration that is not written in ISO-8601.",
	Why:      "Druid reads durations with Joda-Time: PT30S, PT5M, P1D; a bare number or 30s is refused.",
	Effect:   `The process stops at start: Invalid format: "30s".`,
	Fix:      "Write the duration as P...T...",
	Source:   "server/src/main/java/org/apache/druid/guice/http/DruidHttpClientConfig.java and DruidCoordinatorConfig.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: moreSpecific,
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.NotISO) {
			f := p.reportValue(b)
			if iso, ok := toISO(b.Text); ok {
				f.Suggestion = iso
				f.Help = "Write " + iso + "."
			}
		}
	},
}

// toISO translates the notations that people use instead: 30s, 5 min, 2h.
func toISO(text string) (string, bool) {
	text = strings.TrimSpace(text)
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	if _, err := strconv.ParseUint(digits, 10, 32); err != nil {
		return "", false
	}
	switch strings.ToLower(strings.TrimSpace(text[len(digits):])) {
	case "s", "sec", "secs", "second", "seconds":
		return "PT" + digits + "S", true
	case "m", "min", "mins", "minute", "minutes":
		return "PT" + digits + "M", true
	case "h", "hour", "hours":
		return "PT" + digits + "H", true
	case "d", "day", "days":
		return "P" + digits + "D", true
	}
	return "", false
}

var propRange = &Rule{
	ID: "prop-range", Severity: finding.Error, Area: Properties,
	Title:  "A number outside the bounds that Druid checks.",
	Why:    "Druid checks the bounds when it builds the configuration, before anything listens.",
	Effect: "The process stops at start: druid.server.http.numThreads - must be greater than or equal to 1.",
	Fix:    "Write a number within the bounds.",
	Source: "@Min and @Max in ServerConfig, DruidHttpClientConfig, ForkingTaskRunnerConfig, WorkerConfig, StorageLocationConfig and others, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{
		"mem-buffer-too-large",
		"props-inline-comment", "props-trailing-space", "props-quoted-scalar", "props-env-placeholder-unsupported", "k8s-helm-value-reformatted",
		"props-backslash-eaten", "props-continuation-swallows-next", "prop-removed-hard-fail",
	},
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.OutOfRange) {
			p.reportValue(b)
		}
	},
}

var propChoice = &Rule{
	ID: "prop-choice-value", Severity: finding.Error, Area: Properties,
	Title:  "A value that is not one of the choices.",
	Why:    "Choices match to the letter, case and blanks included, and an extension must be loaded for its own.",
	Effect: "The process stops at start: Unknown provider[...] of Key[...], known options[...], or another message that lists the choices.",
	Fix:    "Write one of the choices.",
	Source: "core/src/main/java/org/apache/druid/guice/PolyBind.java, 0.14.2; run on Imply 2.7.8",
	DefersTo: []string{
		"obs-emitter-unknown", "ext-storage-not-loaded", "props-template-placeholder",
		"props-inline-comment", "props-trailing-space", "props-quoted-scalar", "props-env-placeholder-unsupported", "k8s-helm-value-reformatted",
		"props-backslash-eaten", "props-continuation-swallows-next", "prop-removed-hard-fail",
	},
	Check: func(p *Pass) {
		for _, b := range p.badValues(schema.NotChoice) {
			if b.Text == "" && !b.Property.IsStrict(p.Release()) {
				continue // an empty choice is the default
			}
			f := p.reportValue(b)
			var choices []string
			for _, c := range b.Property.ChoicesIn(p.Release()) {
				choices = append(choices, c.Value)
			}
			if near, ok := text.Nearest(strings.TrimSpace(b.Text), choices); ok {
				f.Suggestion = near
				f.Help = "Did you mean " + near + "?"
				f.Fix = editValue(false, b.Value, near)
			}
			if f.Severity == finding.Error && !b.Property.IsStrict(p.Release()) {
				f.Severity = finding.Warning
				f.Effect = "The process starts, and falls back to a default or fails when it first needs the choice."
			}
			if java := b.Property.JavaIn(p.Release()); p.someForeign() && (java == "" || java == "subtype") {
				f.Effect = "None, if an extension of your own offers the choice; else " + lowerFirst(f.Effect)
				f.Severity = min(f.Severity, finding.Warning)
				if f.Suggestion == "" {
					f.Severity = finding.Info
				}
			}
		}
	},
}

// valueAt is a stretch of a value that starts at a byte offset in its text, as
// long as the file has the text without escapes; else the whole value.
func valueAt(v conf.Value, start, end int) Place {
	place := Val(v)
	if v.Entry == nil || v.Entry.RawValue != v.Text || place.Span.Start.Line != place.Span.End.Line {
		return place
	}
	runes := len([]rune(v.Text[:start]))
	length := len([]rune(v.Text[start:end]))
	from := place.Span.Start
	place.Span.Start = syntax.Position{Offset: from.Offset + start, Line: from.Line, Column: from.Column + runes}
	place.Span.End = syntax.Position{Offset: from.Offset + end, Line: from.Line, Column: from.Column + runes + length}
	return place
}
