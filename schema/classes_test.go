package schema_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/implycheck/implycheck/schema"
)

// A disagreement between the schema and the classes of a release, in one field
// of a property, or about one value.
type disagreement struct {
	property string
	roles    []string
	field    string
	value    string
	real     string
	ours     string
	detail   string
}

func (d disagreement) row(release string) string {
	fields := []string{release, d.property, strings.Join(d.roles, ","), d.field, d.value, d.real, d.ours, d.detail}
	for i, f := range fields {
		fields[i] = strings.NewReplacer("\t", `\t`, "\n", `\n`).Replace(f)
	}
	return strings.Join(fields, "\t")
}

// TestClasses holds the schema against what the real classes of each release
// say, field by field and value by value. IMPLYCHECK_DISAGREEMENTS names a
// folder that gets all of it, disagreements-RELEASE.tsv.
func TestClasses(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	known := loadKnown(t)
	for _, d := range loadDumps(t) {
		t.Run(d.name, func(t *testing.T) {
			c := &comparison{dump: d}
			c.run()
			counts := map[string]int{}
			left := 0
			var rows []string
			for _, x := range c.list {
				rows = append(rows, x.row(d.name))
				if known.has(d.name, x) {
					counts["known"]++
					continue
				}
				left++
				counts[x.field]++
			}
			for _, field := range slices.Sorted(maps.Keys(counts)) {
				t.Logf("%s: %d", field, counts[field])
			}
			t.Logf("%d of %d values like the classes (%.2f %%), %d disagreements", c.same, c.tried, 100*float64(c.same)/float64(max(1, c.tried)), left)
			if folder := os.Getenv("IMPLYCHECK_DISAGREEMENTS"); folder != "" {
				head := "release\tproperty\troles\tfield\tvalue\treal\tours\tdetail\n"
				if err := os.WriteFile(filepath.Join(folder, "disagreements-"+d.name+".tsv"), []byte(head+strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if left > 0 {
				t.Errorf("%d disagreements: mend the schema, or give a reason in known.tsv", left)
			}
		})
	}
	known.report(t)
}

// comparison collects the disagreements with one release.
type comparison struct {
	*dump
	list        []disagreement
	tried, same int
}

func (c *comparison) add(property string, roles []string, field, value, real, ours, detail string) {
	c.list = append(c.list, disagreement{property, roles, field, value, real, ours, detail})
}

func (c *comparison) run() {
	properties := map[string]*schema.Property{}
	list := schema.Properties()
	for i := range list {
		properties[list[i].Name] = &list[i]
	}
	for _, name := range slices.Sorted(maps.Keys(c.bound)) {
		records := c.bound[name]
		p, ok := properties[name]
		switch {
		case !ok:
			c.unknown(name, records, properties)
		case !p.Releases.Has(c.release):
			c.add(name, c.binders(records), "releases", "", "bound in "+c.name, rangeText(p.Releases), records[0].Class)
		default:
			c.kind(p, records)
			c.preset(p, records)
			c.services(p, records)
			c.bounds(p, records)
			c.choices(p, records)
			c.when(p, records)
			c.extension(p, records)
			c.values(p, records)
		}
	}
	for _, p := range list {
		if p.Releases.Has(c.release) && len(c.bound[p.Name]) == 0 && !c.mentioned[p.Name] && !p.IsPattern() && c.complete() &&
			(p.Extension == "" || slices.Contains(c.extensions, p.Extension)) && strings.HasPrefix(p.Name, "druid.") && !strings.HasPrefix(p.Name, "druid.extensions.") {
			c.add(p.Name, nil, "dead", "", "neither bound nor named by any class", "read in "+rangeText(p.Releases), string(p.Type))
		}
	}
}

// complete reports whether all roles could be asked.
func (c *comparison) complete() bool {
	return len(c.roles) == 8 || c.release < 16 && len(c.roles) == 7
}

func rangeText(g schema.Range) string {
	from, until := "", ""
	if g.From != 0 {
		from = g.From.String()
	}
	if g.Until != 0 {
		until = g.Until.String()
	}
	return from + ".." + until
}

// binders are all roles that bind a property, in the order of the dump.
func (c *comparison) binders(records []*record) []string {
	var roles []string
	for _, role := range c.dump.roles {
		if slices.ContainsFunc(records, func(r *record) bool { return slices.Contains(r.binds(), role) }) {
			roles = append(roles, role)
		}
	}
	return roles
}

func (c *comparison) unknown(name string, records []*record, properties map[string]*schema.Property) {
	for other := range properties {
		if strings.HasPrefix(other, name+".") {
			return // an object whose members are known one by one
		}
	}
	if holder, ok := schema.Holder(name); ok && holder.JavaIn(c.release) == "PasswordProvider" {
		return // known by the type of what holds it
	}
	ours := "unknown"
	if p, ok := schema.Lookup(name); ok {
		ours = "of the family " + p.Name
	}
	for parent := name; strings.Contains(parent, "."); {
		parent = parent[:strings.LastIndexByte(parent, '.')]
		if p := properties[parent]; p != nil && (p.Type == schema.Object || p.Type == schema.Any) && ours == "unknown" {
			ours = "a member of " + parent
		}
	}
	r := records[0]
	when, _ := json.Marshal(r.When)
	c.add(name, c.binders(records), "missing", "", r.JavaType+" default "+string(r.Default), ours, r.Class+" when "+string(when))
}

// knownList is known.tsv: disagreements that are right as they are, each with a
// reason. * stands for every release or value.
type knownList struct {
	rows [][]string
	used []bool
}

func loadKnown(t *testing.T) *knownList {
	t.Helper()
	f, err := os.Open("testdata/classes/known.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	k := &knownList{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			row := strings.Split(line, "\t")
			if len(row) != 5 || row[4] == "" {
				t.Fatalf("known.tsv: not release, property, field, value, reason: %q", line)
			}
			k.rows = append(k.rows, row)
		}
	}
	k.used = make([]bool, len(k.rows))
	return k
}

func (k *knownList) has(release string, d disagreement) bool {
	for i, row := range k.rows {
		if fits(row[0], release) && fits(row[1], d.property) && fits(row[2], d.field) && fits(row[3], d.value) {
			k.used[i] = true
			return true
		}
	}
	return false
}

// fits reports whether a cell is a text, or ends in * and begins like it.
func fits(cell, text string) bool {
	begin, open := strings.CutSuffix(cell, "*")
	return cell == text || open && strings.HasPrefix(text, begin)
}

// report complains of rows that no disagreement needs any more.
func (k *knownList) report(t *testing.T) {
	for i, used := range k.used {
		if !used {
			t.Errorf("known.tsv: no longer so: %s", strings.Join(k.rows[i], " "))
		}
	}
}
