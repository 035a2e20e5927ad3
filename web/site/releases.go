package main

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
)

// row is a property as one release reads it.
type row struct {
	Name, URL, Doc, Type, Default, Services string
}

// change is a property that two releases read differently.
type change struct {
	Name, URL     string
	Before, After span
}

// release is what one release of Druid reads.
type release struct {
	Name, URL string
	// Imply are Imply's releases that hold it or may hold it.
	Imply              []string
	Java               []int
	Before             string
	All, New, Gone     []row
	Changed            []change
	PreviousURL, After string
}

func releasePath(r schema.Release) string { return "properties/druid-" + r.String() + ".html" }

// releaseName is what people call it.
func releaseName(r schema.Release) string {
	if r == schema.Oldest {
		return "Druid " + schema.OldestName
	}
	return "Druid " + r.String()
}

// releases makes a page for each release, with what it reads and what is new.
func (s *site) releases() error {
	for r := schema.Oldest; r <= schema.Newest; r++ {
		data := releaseOf(r)
		p := &page{Path: releasePath(r), Title: "Properties of " + data.Name, Section: propertiesPath,
			Summary: "Every property that " + data.Name + " reads, and what changed since the release before."}
		if err := s.fill(p, "release.html.tmpl", data); err != nil {
			return err
		}
		s.search = append(s.search, entry{"page", p.Title, p.Path, p.Summary + " " + strings.Join(data.Imply, " ")})
	}
	return nil
}

func releaseOf(r schema.Release) release {
	data := release{Name: releaseName(r), URL: relative(propertiesPath, releasePath(r)), Imply: implyOf(r), Java: schema.JavaVersions(r)}
	first := r == schema.Oldest
	if !first {
		data.Before = releaseName(r - 1)
	}
	all := schema.Properties()
	for i := range all {
		p := &all[i]
		now, before := p.Releases.Has(r), !first && p.Releases.Has(r-1)
		switch {
		case now && !first && !before:
			data.New = append(data.New, rowOf(p, r))
		case before && !now:
			data.Gone = append(data.Gone, rowOf(p, r-1))
		case before && now:
			if a, b := as(p, r-1), as(p, r); a.Type != b.Type || a.Default != b.Default {
				data.Changed = append(data.Changed, change{p.Name, relative(propertiesPath, propertyPath(p)), a, b})
			}
		}
		if now {
			data.All = append(data.All, rowOf(p, r))
		}
	}
	return data
}

func rowOf(p *schema.Property, r schema.Release) row {
	is := as(p, r)
	return row{p.Name, relative(propertiesPath, propertyPath(p)), p.Doc, is.Type, is.Default, strings.Join(p.Services, ", ")}
}

// implyOf are the releases of Imply that may hold a release of Druid.
func implyOf(r schema.Release) (names []string) {
	for _, name := range schema.TargetNames() {
		if t, err := schema.ParseTarget(name); err == nil && t.Imply && t.Possible().Has(r) {
			names = append(names, name)
		}
	}
	return names
}

// area is the properties of one file of the schema.
type area struct {
	Name string
	Rows []row
}

// propertyIndex makes the page that leads to all others.
func (s *site) propertyIndex() error {
	sources, err := s.sources()
	if err != nil {
		return err
	}
	byArea := map[string][]row{}
	all := schema.Properties()
	for i := range all {
		p := &all[i]
		name := sources[p.Name].Area()
		byArea[name] = append(byArea[name], row{Name: p.Name, URL: relative(propertiesPath, propertyPath(p)), Doc: p.Doc})
	}
	var areas []area
	for name, rows := range byArea {
		areas = append(areas, area{name, rows})
	}
	slices.SortFunc(areas, func(a, b area) int { return strings.Compare(a.Name, b.Name) })
	var list []release
	for r := schema.Newest; r >= schema.Oldest; r-- {
		list = append(list, releaseOf(r))
	}
	data := struct {
		Count    int
		Areas    []area
		Releases []release
	}{len(all), areas, list}
	return s.fill(&page{
		Path: propertiesPath, Title: "Properties", Section: propertiesPath, Summary: "Every property that Druid reads, by release and by area.",
	}, "properties.html.tmpl", data)
}

// named is an extension or a flag, with what is known of it.
type named struct {
	Name, Doc string
	Facts     []report.Fact
}

// names makes a page that lists what has a name and no page of its own.
func (s *site) names(name, title, kind, summary string, list []named) error {
	for _, n := range list {
		s.search = append(s.search, entry{kind, n.Name, name + "#" + n.Name, n.Doc})
	}
	data := struct {
		Title, Summary string
		List           []named
	}{title, summary, list}
	return s.fill(&page{Path: name, Title: title, Summary: summary, Section: propertiesPath}, "names.html.tmpl", data)
}

func (s *site) extensions() error {
	all := schema.Extensions()
	var list []named
	for i := range all {
		list = append(list, named{all[i].Name, all[i].Doc, report.ExtensionFacts(&all[i])})
	}
	return s.names("properties/extensions.html", "Extensions", "extension", "What can be in druid.extensions.loadList.", list)
}

func (s *site) flags() error {
	all := schema.JVMFlags()
	var list []named
	for i := range all {
		list = append(list, named{all[i].Name, all[i].Doc, report.FlagFacts(&all[i])})
	}
	return s.names("properties/java-flags.html", "Flags of java", "flag of java", "Flags that not every Java knows.", list)
}
