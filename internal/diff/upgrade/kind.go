package upgrade

import (
	"slices"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
)

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
	// Step is what to do on the way; Metadata what changes in the metadata store;
	// Runtime what tasks ran on and is gone; Product what Imply has and Druid has not.
	Step     Kind = "step"
	Metadata Kind = "metadata"
	Runtime  Kind = "runtime"
	Product  Kind = "product"
	// Other is what a rule finds in the new version, and not in the old one.
	Other Kind = "other"
)

// Chapter is a group of items with the same consequence.
type Chapter struct {
	// Name is the consequence as JSON has it.
	Name, Title string
	holds       func(Item) bool
}

// Chapters are in the order in which reports have them: the way first, and then the
// gravest consequence. An item is in the first chapter that takes it.
func Chapters() []Chapter {
	return []Chapter{
		{"step", "The way there", is(Step)},
		{"stops", "A process does not start, or data is lost", func(i Item) bool { return i.Severity == finding.Error }},
		{"results", "Data or behaviour changes silently", func(i Item) bool {
			return i.Kind == Value || i.Kind == TypeChanged || i.Kind == DefaultChanged && (i.Severity >= finding.Warning || slices.Contains(silent(), i.Property))
		}},
		{"lost", "What is lost or silently ignored", func(i Item) bool {
			return i.Kind == Removed || i.Kind == Renamed || i.Severity == finding.Warning
		}},
		{"default", "Defaults that change and reach this cluster", is(DefaultChanged)},
		{"info", "To know", func(Item) bool { return true }},
	}
}

func is(k Kind) func(Item) bool { return func(i Item) bool { return i.Kind == k } }

// silent are the properties whose new default changes what queries answer, what is
// stored, or what is deleted, while everything looks as before.
func silent() []string {
	return []string{
		"druid.generic.useDefaultValueForNull", // docs/release-info/upgrade-notes.md, 28.0.0, SQL compatibility
		"druid.expressions.useStrictBooleans",  // the same
		"druid.coordinator.kill.on",            // 0.23.0, Auto-killing of segments
		"druid.coordinator.kill.compaction.on", // what is deleted from the metadata store from then on
		"druid.coordinator.kill.audit.on",      // the same
		"druid.coordinator.kill.datasource.on",
		"druid.coordinator.kill.pendingSegments.on",
		"druid.coordinator.kill.rule.on",
		"druid.coordinator.kill.supervisor.on",
		"druid.query.groupBy.applyLimitPushDownToSegment", // which rows a groupBy with a limit sees
		"druid.sql.enable",                                // who may send SQL
	}
}

// chapterOf is the place of an item's chapter.
func chapterOf(i Item) int {
	return slices.IndexFunc(Chapters(), func(c Chapter) bool { return c.holds(i) })
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
		if i.Consequence == c.Name {
			list = append(list, i)
		}
	}
	return list
}
