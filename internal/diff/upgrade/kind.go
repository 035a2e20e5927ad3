package upgrade

import (
	"github.com/implycheck/implycheck/internal/lazy"
)

import "slices"

// Kind says what an upgrade does to a line.
type Kind string

// The kinds.
const (
	// Refused stops a process that finds the key, or this value of it.
	Refused Kind = "refused"
	// ExtensionRemoved stops every process that loads the extension.
	ExtensionRemoved Kind = "extension-removed"
	// ClassRenamed is a class that is looked for under its old name.
	ClassRenamed Kind = "class-renamed"
	// Java is a version of Java, or one of its flags.
	Java Kind = "java"
	// Value is a value that the new version does not take, or reads otherwise.
	Value Kind = "value"
	// Removed is ignored without a word; Renamed too, under its old name.
	Removed Kind = "removed"
	Renamed Kind = "renamed"
	// Deprecated still works under its old name.
	Deprecated Kind = "deprecated"
	// TypeChanged is read as another type.
	TypeChanged Kind = "type-changed"
	// ExtensionMoved comes with the download no more, or from now on.
	ExtensionMoved Kind = "extension-moved"
	// DefaultChanged is not set, and decided otherwise.
	DefaultChanged Kind = "default-changed"
	// Other is what a rule finds in the new version, and not in the old one.
	Other Kind = "other"
)

// Chapter is a group of kinds with the same consequence.
type Chapter struct {
	Title string
	Kinds []Kind
}

// Chapters are in the order in which reports have them.
var Chapters = []Chapter{
	{"Refused: a process does not start", []Kind{Refused}},
	{"Extensions to replace or to fetch", []Kind{ExtensionRemoved, ExtensionMoved}},
	{"Classes that moved", []Kind{ClassRenamed}},
	{"Java", []Kind{Java}},
	{"Renamed", []Kind{Renamed, Deprecated}},
	{"Removed: silently ignored", []Kind{Removed}},
	{"Values read otherwise", []Kind{Value, TypeChanged}},
	{"Defaults that change and reach this cluster", []Kind{DefaultChanged}},
	{"What else is found in the new version", []Kind{Other}},
}

// order is the place of the kind's chapter.
func (k Kind) order() int {
	return slices.IndexFunc(Chapters, func(c Chapter) bool { return slices.Contains(c.Kinds, k) })
}

// kindOf are the kinds of what rules find; what no line says is Other.
var kindOf = lazy.Value[map[string]Kind]{New: func() map[string]Kind {
	return map[string]Kind{
		"prop-removed-hard-fail":   Refused,
		"prop-removed-ignored":     Removed,
		"prop-unknown":             Removed,
		"prop-deprecated":          Deprecated,
		"prop-choice-value":        Value,
		"prop-type-int":            Value,
		"prop-bool-value":          Value,
		"prop-period-format":       Value,
		"prop-range":               Value,
		"prop-json-for-text":       Value,
		"prop-text-form":           Value,
		"value-refused-later":      Value,
		"prop-size-units-too-new":  Value,
		"thr-groupby-v1-strategy":  Value,
		"ext-removed-or-renamed":   ExtensionRemoved,
		"ext-dir-missing":          ExtensionRemoved,
		"ext-contrib-needs-pull":   ExtensionMoved,
		"main-config-package":      ClassRenamed,
		"obs-monitor-class":        ClassRenamed,
		"up-io-druid-class":        ClassRenamed,
		"jvm-flag-removed-in-java": Java,
		"jvm-java-version":         Java,
		"jvm-strong-encapsulation": Java,
		"up-kill-default":          DefaultChanged,
	}
}}

// Of are the items of a chapter.
func (c Chapter) Of(items []Item) []Item {
	var list []Item
	for _, i := range items {
		if slices.Contains(c.Kinds, i.Kind) {
			list = append(list, i)
		}
	}
	return list
}
