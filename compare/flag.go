package compare

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/difference"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// synonyms are options of java that set the same.
var synonyms = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		"-XX:MaxHeapSize": "-Xmx", "-XX:InitialHeapSize": "-Xms", "-classpath": "-cp", "-class-path": "-cp",
	}
}}

// repeated are the options of java each of which counts, however often they are
// given.
var repeated = []string{
	"javaagent", "agentlib", "agentpath", "Xlog", "add-opens", "add-exports", "add-reads", "add-modules", "patch-module",
	"enable-native-access",
}

// flagID is the same for flags of which the last one counts.
func flagID(f conftree.Flag) string {
	id := "-" + f.Name
	switch f.Kind {
	case conftree.SystemProperty:
		return "-D" + f.Name
	case conftree.Toggle, conftree.Option:
		id = "-XX:" + f.Name
	case conftree.Size:
		if strings.HasPrefix(f.Text, "-XX:") {
			id = "-XX:" + f.Name
		}
	case conftree.Standard:
		if slices.Contains(repeated, f.Name) {
			return clean(f.Text)
		}
	case conftree.Other, conftree.ArgFile:
		return clean(f.Text)
	}
	if same, ok := synonyms.Get()[id]; ok {
		return same
	}
	return id
}

// clean takes off the carriage return of a Windows line end. Java gets it, and
// lint says so.
func clean(text string) string { return strings.TrimSuffix(text, "\r") }

// flagNormal is the same for flags that say the same.
func flagNormal(f conftree.Flag) string {
	value := clean(f.Value)
	switch f.Kind {
	case conftree.Size:
		if n, err := conftree.ParseJVMSize(value); err == nil {
			return strconv.FormatInt(n, 10)
		}
	case conftree.Toggle:
		return strconv.FormatBool(f.On)
	case conftree.SystemProperty, conftree.Option, conftree.Standard, conftree.Other, conftree.ArgFile:
	}
	return value
}

// lastFlags are the flags that count, by what they set. Without properties, -D
// is left out.
func lastFlags(list []conftree.Flag, properties bool) map[string]conftree.Flag {
	last := map[string]conftree.Flag{}
	for _, f := range list {
		f.Name = clean(f.Name)
		if f.Comment || clean(f.Text) == "" || f.Kind == conftree.SystemProperty && !properties {
			continue
		}
		last[flagID(f)] = f
	}
	return last
}

// flags compares the arguments of java of two files. Properties says whether -D
// counts: for Druid's processes it is a property as any other.
func flags(a, b *conftree.File, properties bool) []difference.Change {
	as, bs := lastFlags(a.Flags, properties), lastFlags(b.Flags, properties)
	ids := slices.AppendSeq(slices.Collect(maps.Keys(as)), maps.Keys(bs))
	slices.Sort(ids)
	var changes []difference.Change
	for _, id := range slices.Compact(ids) {
		before, isA := as[id]
		after, isB := bs[id]
		c := difference.Change{Key: conftree.MaskText(id), Kind: difference.Changed}
		switch {
		case isA && isB && flagNormal(before) == flagNormal(after):
			continue
		case !isA:
			c.Kind = difference.Added
		case !isB:
			c.Kind = difference.Removed
		}
		if isA {
			c.Before = flagValue(a, before)
		}
		if isB {
			c.After = flagValue(b, after)
		}
		c.Secret = c.Kind == difference.Changed && c.Before.Text == c.After.Text
		changes = append(changes, c)
	}
	return changes
}

func flagValue(file *conftree.File, f conftree.Flag) *difference.Value {
	v := &difference.Value{Text: conftree.MaskText(clean(f.Text)), File: file.Path, Line: f.Span.Start.Line, Column: f.Span.Start.Column}
	if f.Kind == conftree.SystemProperty && schema.IsSecret(f.Name) {
		v.Text = "-D" + f.Name + "=****"
	}
	if n, err := conftree.ParseJVMSize(clean(f.Value)); err == nil && f.Kind == conftree.Size {
		v.Reading = sizing.Size(n)
	}
	return v
}
