package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/lint/config"
)

// settingsDoc is the JSON shape of config show.
type settingsDoc struct {
	Version int    `json:"version"`
	Path    string `json:"path"`
	// File is the config file, empty if there is none.
	File     string       `json:"file"`
	Excluded bool         `json:"excluded"`
	Settings []settingDoc `json:"settings"`
	// Rules are those that the file changes for the path; Exclude and the lists
	// below are the file's, whatever the path.
	Rules    []settingDoc `json:"rules"`
	Exclude  []settingDoc `json:"exclude"`
	Locked   []settingDoc `json:"locked"`
	Policies []settingDoc `json:"policies"`
	Ignore   []settingDoc `json:"ignore"`
}

// settingDoc is one value and where it comes from. An ignore has the name of a
// rule, and what is silenced where and until when in place of a value.
type settingDoc struct {
	Name     string        `json:"name,omitempty"`
	Role     string        `json:"role,omitempty"`
	Value    string        `json:"value,omitempty"`
	Paths    []string      `json:"paths,omitempty"`
	Property string        `json:"property,omitempty"`
	Until    config.Date   `json:"until,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	From     config.Origin `json:"from"`
}

func newSettingsDoc(path string, s config.Settings) settingsDoc {
	c := s.Config()
	doc := settingsDoc{
		Version: 1, Path: path, File: c.File, Excluded: s.Excluded(path),
		Settings: []settingDoc{}, Rules: []settingDoc{}, Exclude: []settingDoc{}, Locked: []settingDoc{}, Policies: []settingDoc{}, Ignore: []settingDoc{},
	}
	for _, f := range s.Facts {
		doc.Settings = append(doc.Settings, settingDoc{Name: f.Name, Role: f.Role, Value: f.Value, From: f.From})
	}
	for _, rule := range slices.Sorted(maps.Keys(s.Rules)) {
		change := s.Rules[rule]
		doc.Rules = append(doc.Rules, settingDoc{Name: rule, Value: change.String(), Reason: change.Reason, From: change.From})
	}
	for _, g := range c.Exclude {
		doc.Exclude = append(doc.Exclude, settingDoc{Value: g.Text, From: g.At})
	}
	for _, rule := range c.LockedRules {
		doc.Locked = append(doc.Locked, settingDoc{Value: rule.Name, From: rule.At})
	}
	for _, p := range c.Policies {
		doc.Policies = append(doc.Policies, settingDoc{Value: p.Path, From: p.At})
	}
	for _, i := range c.Ignores {
		ignore := settingDoc{Name: i.Rule, Property: i.Property, Until: i.Until, Reason: i.Reason, From: i.At}
		for _, g := range i.Paths {
			ignore.Paths = append(ignore.Paths, g.Text)
		}
		doc.Ignore = append(doc.Ignore, ignore)
	}
	return doc
}

// cells are a setting in a line of the table.
func (s settingDoc) cells() string {
	name, value := s.Name, s.Value+strings.Join(s.Paths, ", ")
	if s.Role != "" {
		name += " of " + s.Role + " servers"
	}
	if s.Property != "" {
		value += " " + s.Property
	}
	if s.Until != "" {
		value += " until " + string(s.Until)
	}
	cells := []string{name, text.Printable(value), text.Printable(s.From.String()), text.Printable(s.Reason)}
	if name == "" {
		cells = cells[1:]
	}
	return strings.TrimRight(strings.Join(cells, "\t"), "\t")
}

var showFormats = lazy.Value[map[string]func(io.Writer, settingsDoc) error]{New: func() map[string]func(io.Writer, settingsDoc) error {
	return map[string]func(io.Writer, settingsDoc) error{
		"text": settingsText,
		"json": func(w io.Writer, doc settingsDoc) error { return report.WriteJSON(w, doc) },
	}
}}

func settingsText(w io.Writer, doc settingsDoc) error {
	file := "no config file"
	if doc.File != "" {
		file = text.Printable(doc.File)
	}
	if doc.Excluded {
		file += "; excluded, and not linted"
	}
	fmt.Fprintf(w, "%s: %s\n", text.Printable(doc.Path), file)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, part := range []struct {
		title string
		list  []settingDoc
	}{
		{"settings", doc.Settings}, {"rules", doc.Rules}, {"exclude", doc.Exclude},
		{"locked", doc.Locked}, {"policies", doc.Policies}, {"ignore", doc.Ignore},
	} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(table, "\n%s\n", part.title)
		for _, s := range part.list {
			fmt.Fprintln(table, "  "+s.cells())
		}
	}
	return table.Flush()
}
