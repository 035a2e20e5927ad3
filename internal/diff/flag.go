package diff

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
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
func flagID(f syntax.Flag) string {
	id := "-" + f.Name
	switch f.Kind {
	case syntax.SystemProperty:
		return "-D" + f.Name
	case syntax.Toggle, syntax.Option:
		id = "-XX:" + f.Name
	case syntax.Size:
		if strings.HasPrefix(f.Text, "-XX:") {
			id = "-XX:" + f.Name
		}
	case syntax.Standard:
		if slices.Contains(repeated, f.Name) {
			return clean(f.Text)
		}
	case syntax.Other, syntax.ArgFile:
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
func flagNormal(f syntax.Flag) string {
	value := clean(f.Value)
	switch f.Kind {
	case syntax.Size:
		if n, err := syntax.ParseJVMSize(value); err == nil {
			return strconv.FormatInt(n, 10)
		}
	case syntax.Toggle:
		return strconv.FormatBool(f.On)
	case syntax.SystemProperty, syntax.Option, syntax.Standard, syntax.Other, syntax.ArgFile:
	}
	return value
}

// lastFlags are the flags that count, by what they set. Without properties, -D
// is left out.
func lastFlags(list []syntax.Flag, properties bool) map[string]syntax.Flag {
	last := map[string]syntax.Flag{}
	for _, f := range list {
		f.Name = clean(f.Name)
		if f.Comment || clean(f.Text) == "" || f.Kind == syntax.SystemProperty && !properties {
			continue
		}
		last[flagID(f)] = f
	}
	return last
}

// flags compares the arguments of java of two files. Properties says whether -D
// counts: for Druid's processes it is a property as any other.
func flags(a, b *conf.File, properties bool) []Change {
	as, bs := lastFlags(a.Flags, properties), lastFlags(b.Flags, properties)
	ids := slices.AppendSeq(slices.Collect(maps.Keys(as)), maps.Keys(bs))
	slices.Sort(ids)
	var changes []Change
	for _, id := range slices.Compact(ids) {
		before, isA := as[id]
		after, isB := bs[id]
		c := Change{Key: id, Kind: Changed}
		switch {
		case isA && isB && flagNormal(before) == flagNormal(after), !isA && a.Open(), !isB && b.Open():
			continue // the same, or nobody knows
		case !isA:
			c.Kind = Added
		case !isB:
			c.Kind = Removed
		}
		if isA {
			c.Before, c.Key = flagValue(a, before), a.Hide("", id, before.Span)
		}
		if isB {
			c.After, c.Key = flagValue(b, after), b.Hide("", c.Key, after.Span)
		}
		c.Secret = c.Kind == Changed && c.Before.Text == c.After.Text
		changes = append(changes, c)
	}
	return changes
}

func flagValue(from *conf.File, f syntax.Flag) *Value {
	file, at, _ := from.At(f.Span)
	v := &Value{Text: from.Hide("", clean(f.Text), f.Span), File: file.Path, Line: at.Start.Line, Column: at.Start.Column}
	if f.Kind == syntax.SystemProperty && f.HasValue {
		v.Text = "-D" + f.Name + "=" + from.Hide(f.Name, clean(f.Value), f.Span)
	}
	if n, err := syntax.ParseJVMSize(clean(f.Value)); err == nil && f.Kind == syntax.Size {
		v.Reading = text.Size(n)
	}
	return v
}
