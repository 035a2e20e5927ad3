package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
)

const propertiesPath = "properties/index.html"

// propertyPath is the page of a property.
func propertyPath(p *schema.Property) string { return propertyPaths()[p.Name] }

// propertyPaths are the pages of all. What is in angle brackets in a pattern is in
// underscores, and of two names that some disks take for one the second gets a number.
var propertyPaths = sync.OnceValue(func() map[string]string {
	paths, taken := map[string]string{}, map[string]int{}
	for _, p := range schema.Properties() {
		name := strings.NewReplacer("<", "_", ">", "_", "|", "-").Replace(p.Name)
		key := strings.ToLower(name)
		if taken[key]++; taken[key] > 1 {
			name += "." + strconv.Itoa(taken[key])
		}
		paths[p.Name] = "properties/" + name + ".html"
	}
	return paths
})

// source is where the schema says what a property is.
type source struct {
	File string
	Line int
	Text string
}

// Area is the file that it is in.
func (c source) Area() string { return strings.TrimSuffix(filepath.Base(c.File), ".cue") }

// sources reads the properties of all areas as they are written.
func (s *site) sources() (map[string]source, error) {
	files, err := filepath.Glob(filepath.Join(s.root, "schema/*.cue"))
	if err != nil {
		return nil, err
	}
	found := map[string]source{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := strings.SplitAfter(string(text), "\n")
		for i := 0; i < len(lines); i++ {
			name, ok := strings.CutPrefix(lines[i], `property: "`)
			if !ok {
				continue
			}
			name, _, _ = strings.Cut(name, `"`)
			length := 1 + slices.Index(lines[i:], "}\n")
			found[name] = source{"schema/" + filepath.Base(file), i + 1, strings.Join(lines[i:i+length], "")}
		}
	}
	return found, nil
}

// span is what holds of a property in some releases after one another.
type span struct {
	Releases, Type, Default string
	first, last             schema.Release
}

// as is what a property is in one release.
func as(p *schema.Property, r schema.Release) span {
	t := schema.Target{Release: r}
	return span{Type: report.TypeText(p, t), Default: strings.TrimPrefix(report.DefaultText(p, t), "default "), first: r, last: r}
}

// spansOf are the releases that read a property, those alike together.
func spansOf(p *schema.Property) []span {
	var list []span
	for r := schema.Oldest; r <= schema.Newest; r++ {
		if !p.Releases.Has(r) {
			continue
		}
		now := as(p, r)
		if n := len(list); n > 0 && list[n-1].last == r-1 && list[n-1].Type == now.Type && list[n-1].Default == now.Default {
			list[n-1].last = r
			continue
		}
		list = append(list, now)
	}
	for i := range list {
		list[i].Releases = schema.Range{From: list[i].first, Until: list[i].last}.String()
	}
	return list
}

// properties makes a page of each property.
func (s *site) properties() error {
	sources, err := s.sources()
	if err != nil {
		return err
	}
	all := schema.Properties()
	for i := range all {
		p := &all[i]
		at, ok := sources[p.Name]
		if !ok {
			return fmt.Errorf("no file of the schema has %s", p.Name)
		}
		name := propertyPath(p)
		data := struct {
			*schema.Property
			Source      source
			Facts       []report.Fact
			Spans       []span
			Limits      []string
			Rules       []string
			Replacement string
		}{p, at, report.PropertyFacts(p), spansOf(p), limitsOf(p), s.rulesOf[p.Name], ""}
		if by, ok := schema.Lookup(p.ReplacedBy); ok && by.Name == p.ReplacedBy {
			data.Replacement = relative(name, propertyPath(by))
		}
		if err := s.fill(&page{Path: name, Title: p.Name, Summary: p.Doc, Section: propertiesPath}, "property.html.tmpl", data); err != nil {
			return err
		}
		s.search = append(s.search, entry{"property", p.Name, name, p.Doc})
	}
	return nil
}
