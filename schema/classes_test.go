package schema_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// javaTypes tell which of the schema's types fit a Java type; the first line
// that matches decides.
var javaTypes = []struct {
	java  *regexp.Regexp
	types []schema.Type
}{
	{regexp.MustCompile(`^(int|short|java\.lang\.(Integer|Short))$`), []schema.Type{schema.Int, schema.Millis}},
	{regexp.MustCompile(`^(long|java\.lang\.Long)$`), []schema.Type{schema.Long, schema.Millis, schema.Bytes}},
	{regexp.MustCompile(`HumanReadableBytes$`), []schema.Type{schema.Bytes}},
	{regexp.MustCompile(`^(boolean|java\.lang\.Boolean)$`), []schema.Type{schema.Bool}},
	{regexp.MustCompile(`^(double|float|java\.lang\.(Double|Float))$`), []schema.Type{schema.Double}},
	{regexp.MustCompile(`^java\.lang\.String$`), []schema.Type{schema.String, schema.Path, schema.URL, schema.Host, schema.Hosts, schema.Any, schema.OneOf, schema.Period}},
	{regexp.MustCompile(`^java\.io\.File$`), []schema.Type{schema.Path}},
	{regexp.MustCompile(`^java\.net\.UR[IL]$`), []schema.Type{schema.URL}},
	{regexp.MustCompile(`\.(Period|Duration)$`), []schema.Type{schema.Period}},
	{regexp.MustCompile(`(List|Set|Collection)<java\.lang\.String>$|^\[Ljava\.lang\.String;$|^java\.lang\.String\[\]|<java\.lang\.Class|<java\.net\.URI`), []schema.Type{schema.Strings, schema.Hosts}},
	{regexp.MustCompile(`(List|Set)<java\.lang\.Integer>$`), []schema.Type{schema.Ints}},
	{regexp.MustCompile(`^[\w.]*Map<`), []schema.Type{schema.Object}},
	{regexp.MustCompile(`(List|Set|Collection)<`), []schema.Type{schema.List, schema.Strings}},
	{regexp.MustCompile(`^choice$|\$ColumnTypeMergePolicy$`), []schema.Type{schema.OneOf}},
	{regexp.MustCompile(`PasswordProvider$`), []schema.Type{schema.Any, schema.String, schema.Object}},
	{regexp.MustCompile(``), []schema.Type{schema.Object, schema.Any, schema.String, schema.List}},
}

func (c *comparison) kind(p *schema.Property, records []*record) {
	t := p.TypeIn(c.release)
	ours := string(t)
	if p.Units != 0 {
		ours += " with units from " + p.Units.String()
	}
	var bad []string
	for _, r := range records {
		var fits []schema.Type
		for _, j := range javaTypes {
			if j.java.MatchString(r.JavaType) {
				fits = j.types
				break
			}
		}
		if r.Kind == "json" && r.Choices != nil {
			fits = []schema.Type{schema.OneOf}
		}
		java := r.JavaType
		good := slices.Contains(fits, t)
		units := p.Units != 0 && c.release >= p.Units
		switch {
		case strings.HasSuffix(java, "HumanReadableBytes") && t == schema.Bytes && !units:
			good, java = false, java+" (takes units)"
		case slices.Contains([]string{"int", "long", "java.lang.Long", "java.lang.Integer"}, java) && units:
			good, java = false, java+" (takes no units)"
		}
		if good {
			return
		}
		if !slices.Contains(bad, java) {
			bad = append(bad, java)
		}
	}
	c.add(p.Name, c.binders(records), "type", "", strings.Join(bad, ", "), ours, records[0].Class)
}

// perProcess are the keys whose default each process sets for itself.
var perProcess = []string{"druid.port", "druid.plaintextPort", "druid.tlsPort", "druid.service", "druid.host"}

func (c *comparison) preset(p *schema.Property, records []*record) {
	if slices.Contains(perProcess, p.Name) {
		return
	}
	var texts []string
	saidNothing, varies, any := false, false, false
	for _, r := range records {
		var text *string
		if r.Default == nil || json.Unmarshal(r.Default, &text) != nil {
			continue
		}
		any = true
		if r.Varies != nil {
			varies = true
		}
		all := []*string{text, r.Getter}
		for _, other := range r.Defaults {
			all = append(all, other)
		}
		for i, s := range all {
			switch {
			case s == nil && i == 0:
				saidNothing = true
			case s == nil:
			case *s == "?" || notReadBack.MatchString(*s):
				return // not to be read back
			default:
				texts = append(texts, normal(*s))
			}
		}
	}
	if !any {
		return
	}
	ours, ok := p.DefaultIn(c.release)
	want := normal(c.fill(ours.Value))
	real := strings.Join(texts, " or ")
	switch {
	case ok && ours.Formula != "":
		if !varies && len(texts) > 0 && strings.Contains(ours.Formula, "cores") {
			c.add(p.Name, c.binders(records), "default", "", real+" on every machine", ours.Formula, records[0].Class)
		}
	case varies:
		c.add(p.Name, c.binders(records), "default", "", fmt.Sprintf("%s, varies: %v", real, records[0].Varies), ours.Value, records[0].Class)
	case !ok && len(texts) > 0:
		if !slices.ContainsFunc(texts, func(s string) bool { return slices.Contains([]string{"[]", "{}", "", "false", "0"}, s) }) {
			c.add(p.Name, c.binders(records), "default-missing", "", real, "none", records[0].Class)
		}
	case ok && len(texts) == 0 && saidNothing:
		c.add(p.Name, c.binders(records), "default-extra", "", "null", ours.Value, records[0].Class)
	case ok && !slices.Contains(texts, want):
		c.add(p.Name, c.binders(records), "default", "", real, ours.Value, records[0].Class)
	}
}

var (
	// notReadBack are keys, objects without a text of their own, and what only
	// this machine has.
	notReadBack  = regexp.MustCompile(`^\(Key\[|^(org\.apache|io)\.druid\..*@$|PasswordProvider|^class |\{[^"]+=.*\}$|^\[(\{\},?)+\]$|<tmp>|<cwd>|<home>|\.\.\.$`)
	placeholder  = regexp.MustCompile(`\$\{([^}]*)\}`)
	durationText = regexp.MustCompile(`^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$`)
)

// fill puts defaults where a default names other properties.
func (c *comparison) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		if p, ok := schema.Lookup(s[2 : len(s)-1]); ok {
			if d, ok := p.DefaultIn(c.release); ok {
				return c.fill(d.Value)
			}
		}
		return s
	})
}

// normal is one spelling of a default: durations in seconds, JSON sorted.
func normal(s string) string {
	if m := durationText.FindStringSubmatch(s); m != nil && s != "P" {
		seconds := 0
		for i, unit := range []int{604800, 86400, 3600, 60, 1} {
			n, _ := strconv.Atoi(m[i+1])
			seconds += n * unit
		}
		return strings.TrimSuffix(fmt.Sprintf("%d.%s", seconds, strings.TrimRight(m[6], "0")), ".") + " s"
	}
	var v any
	numbers := json.NewDecoder(strings.NewReader(s))
	numbers.UseNumber()
	if numbers.Decode(&v) == nil && !numbers.More() {
		if list, ok := v.([]any); ok && !slices.ContainsFunc(list, func(x any) bool { _, text := x.(string); return !text }) {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return strconv.FormatInt(n, 10)
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		text, _ := json.Marshal(v)
		return string(text)
	}
	if n, ok := schema.ParseBytes(s); ok {
		return strconv.FormatInt(n, 10)
	}
	return strings.TrimSpace(s)
}

func (c *comparison) services(p *schema.Property, records []*record) {
	binders := c.binders(records)
	var loaded []string
	for _, r := range records {
		if len(r.When) == 0 && r.Bound != "" {
			loaded = append(loaded, c.loaded[r.Bound]...)
		}
	}
	if len(p.Services) == 0 {
		if missing := without(c.dump.roles, binders); len(missing) > 0 {
			c.add(p.Name, missing, "services-any", "", "bound by "+strings.Join(binders, ", "), "every process", records[0].Class)
		}
		return
	}
	if few := without(loaded, p.Services); len(few) > 0 {
		c.add(p.Name, few, "services-few", "", "built by "+strings.Join(unique(loaded), ", "), strings.Join(p.Services, ", "), records[0].Class)
	}
	ours := slices.DeleteFunc(slices.Clone(p.Services), func(s string) bool {
		// What peons bind MiddleManagers hand on to them.
		return !slices.Contains(c.dump.roles, s) || s == "middleManager" && slices.Contains(binders, "peon")
	})
	if many := without(ours, binders); len(many) > 0 {
		c.add(p.Name, many, "services-many", "", "bound by "+strings.Join(binders, ", "), strings.Join(p.Services, ", "), records[0].Class)
	}
}

func without(list, remove []string) []string {
	var left []string
	for _, s := range list {
		if !slices.Contains(remove, s) && !slices.Contains(left, s) {
			left = append(left, s)
		}
	}
	return left
}

func unique(list []string) []string { return without(list, nil) }

var boundText = regexp.MustCompile(`(Min|Max|Positive|PositiveOrZero|HumanReadableBytesRange|DecimalMin|DecimalMax)(?:\{([^}]*)\})?`)

// boundsOfClass are those of the class that holds a property, without those of what
// uses the value later.
func boundsOfClass(p *schema.Property, r schema.Release) (low, high *int64) {
	constraints := []schema.Constraint{p.Constraint}
	for _, l := range p.Limits {
		if l.Releases.Has(r) && !l.Later && len(l.When) == 0 {
			constraints = append(constraints, l.Constraint)
		}
	}
	for _, c := range constraints {
		if c.HasBounds && c.Min > math.MinInt32 && (low == nil || c.Min > *low) {
			low = &c.Min
		}
		if c.HasBounds && c.Max < math.MaxInt32 && (high == nil || c.Max < *high) {
			high = &c.Max
		}
	}
	return low, high
}

func (c *comparison) bounds(p *schema.Property, records []*record) {
	var low, high *int64
	for _, r := range records {
		for _, b := range r.Bounds {
			for _, m := range boundText.FindAllStringSubmatch(b, -1) {
				fields := map[string]int64{}
				for part := range strings.SplitSeq(m[2], ", ") {
					name, text, _ := strings.Cut(part, "=")
					if f, err := strconv.ParseInt(text, 10, 64); err == nil {
						fields[name] = f
					} else if f, err := strconv.ParseFloat(text, 64); err == nil {
						fields[name] = int64(f)
					}
				}
				zero, one := int64(0), int64(1)
				value, min, max := fields["value"], fields["min"], fields["max"]
				switch m[1] {
				case "Min", "DecimalMin":
					low = &value
				case "Max", "DecimalMax":
					high = &value
				case "Positive":
					low = &one
				case "PositiveOrZero":
					low = &zero
				case "HumanReadableBytesRange":
					low, high = &min, &max
				}
			}
		}
	}
	ourLow, ourHigh := boundsOfClass(p, c.release)
	show := func(a, b *int64) string {
		text := func(n *int64) string {
			if n == nil {
				return ""
			}
			return strconv.FormatInt(*n, 10)
		}
		return text(a) + ".." + text(b)
	}
	differs := low != nil && *low > -1 && (ourLow == nil || *ourLow != *low) ||
		high != nil && *high < 1<<31-1 && (ourHigh == nil || *ourHigh != *high) ||
		low == nil && ourLow != nil && p.TypeIn(c.release) != schema.Bytes
	if differs {
		c.add(p.Name, c.binders(records), "bounds", "", show(low, high), show(ourLow, ourHigh), records[0].Class)
	}
}

func (c *comparison) choices(p *schema.Property, records []*record) {
	if p.TypeIn(c.release) != schema.OneOf {
		return
	}
	from := map[string]string{} // the extension that a choice needs
	enum := records[0].Kind == "json"
	core := slices.ContainsFunc(records, func(r *record) bool { return r.Extension == "" })
	for _, r := range records {
		for _, name := range r.choices() {
			if enum {
				name = folded(name) // how it is written is the values' matter
			}
			if known, ok := from[name]; !ok || known != "" {
				from[name] = r.Extension
			}
			if !core { // it is the property that needs it
				from[name] = ""
			}
		}
	}
	if len(from) == 0 {
		return
	}
	ours := map[string]string{}
	for _, choice := range p.ChoicesIn(c.release) {
		name := choice.Value
		if enum {
			name = folded(name)
		}
		ours[name] = choice.Extension
		if !core {
			ours[name] = ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		extension, ok := ours[name]
		switch {
		case !ok:
			c.add(p.Name, c.binders(records), "choices", name, "a choice", "none", records[0].Kind+" "+from[name])
		case c.carried, from[name] == severalExtensions && extension != "":
		case extension != from[name] && from[name] != "":
			c.add(p.Name, c.binders(records), "choices", name, "needs "+from[name], "needs "+extension, records[0].Kind)
		case from[name] == "" && extension != "":
			c.add(p.Name, c.binders(records), "choices", name, "needs no extension", "needs "+extension, records[0].Kind)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if _, ok := from[name]; !ok && (ours[name] == "" || slices.Contains(c.extensions, ours[name])) {
			c.add(p.Name, c.binders(records), "choices", name, "no choice", "a choice", records[0].Kind)
		}
	}
}

// folded is the name of an enum's constant in whatever way it is written.
func folded(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// when compares conditions: each record has to be of one of ours, and each of ours,
// but for choices that the release or the extensions at hand do not have, of a record.
func (c *comparison) when(p *schema.Property, records []*record) {
	left := slices.DeleteFunc(slices.Clone(p.When), c.elsewhere)
	for _, r := range records {
		if len(r.When) == 0 {
			if len(p.When) > 0 && records[0].Kind == "json" {
				c.add(p.Name, c.binders(records), "when", "", "always", strings.Join(p.When, " or "), r.Class)
			}
			return
		}
		met := false
		for key, value := range r.When {
			condition := key + "=" + value
			met = met || slices.Contains(p.When, condition)
			left = slices.DeleteFunc(left, func(s string) bool { return s == condition })
		}
		if !met {
			when, _ := json.Marshal(r.When)
			c.add(p.Name, c.binders(records), "when", "", string(when), strings.Join(p.When, " or "), r.Class)
			return
		}
	}
	if len(left) > 0 {
		c.add(p.Name, c.binders(records), "when", "", "not when "+strings.Join(left, " or "), strings.Join(p.When, " or "), records[0].Class)
	}
}

// elsewhere reports whether a condition is a choice that was not there to be asked.
func (c *comparison) elsewhere(condition string) bool {
	key, value, _ := strings.Cut(condition, "=")
	p, ok := schema.Lookup(key)
	if !ok || p.Type != schema.OneOf {
		return false
	}
	i := slices.IndexFunc(p.ChoicesIn(c.release), func(choice schema.Choice) bool { return choice.Value == value })
	if i < 0 {
		return true
	}
	extension := p.ChoicesIn(c.release)[i].Extension
	return extension != "" && !slices.Contains(c.extensions, extension)
}

func (c *comparison) extension(p *schema.Property, records []*record) {
	if c.carried {
		return
	}
	own := records[0].Extension
	for _, r := range records {
		switch r.Extension {
		case "":
			own = ""
		case severalExtensions:
			return
		}
	}
	if own != p.Extension && (own == "" || p.Extension != "" || !c.partOfCore(p)) {
		c.add(p.Name, c.binders(records), "extension", "", own, p.Extension, records[0].Class)
	}
}

// severalExtensions stands in carried data for one of those that it is of.
const severalExtensions = "several"

// partOfCore reports whether a property has no extension of its own because
// several extensions read it.
func (c *comparison) partOfCore(p *schema.Property) bool { return len(p.When) > 0 }

// Our verdicts: what lint says of a value.
const (
	sayNothing = "accepted"
	sayWarning = "warning"
	sayError   = "error"
)

// unknownVariable names what no configuration of the test sets.
var unknownVariable = regexp.MustCompile(`\$\{[^}]*\}`)

// says is what lint makes of Property.Check and of the rules that know more about
// a value: see rules/propertyvalue.go, props-json-invalid,
// props-env-placeholder-unsupported, prop-removed-hard-fail, and
// ext-storage-not-loaded for a choice whose extension is not there.
func (c *comparison) says(p *schema.Property, text string) (string, string) {
	r := c.release
	err := p.Check(text, r)
	t := p.TypeIn(r)
	lacking := p.IsStrict(r) && slices.ContainsFunc(p.ChoicesIn(r), func(choice schema.Choice) bool {
		return choice.Value == text && choice.Extension != "" && !c.has(choice.Extension, p)
	})
	switch {
	case p.Refused.Stops(text, r):
		return sayError, "refused"
	case r >= 25 && unknownVariable.MatchString(text):
		return sayError, "props-env-placeholder-unsupported"
	case lacking:
		return sayError, "needs an extension"
	case err == nil && (t.IsList() || t == schema.Object) && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) && !json.Valid([]byte(text)):
		return sayError, "props-json-invalid"
	case err == nil, err.Mistake == schema.RefusedLater: // the class takes it
		return sayNothing, ""
	case err.Mistake == schema.NotChoice && text == "" && !p.IsStrict(r):
		return sayNothing, ""
	case err.Mistake == schema.NotChoice && !p.IsStrict(r), err.Mistake == schema.NotBool && p.ConfigMagic != nil && p.ConfigMagic.Has(r):
		return sayWarning, err.Error()
	}
	return sayError, err.Error()
}

// has reports whether an extension was there when the values of a property were
// tried. Carried data does not tell.
func (c *comparison) has(extension string, p *schema.Property) bool {
	return slices.Contains(c.extensions, extension) || c.carried && slices.ContainsFunc(c.bound[p.Name], func(r *record) bool {
		return slices.ContainsFunc(p.Choices, func(choice schema.Choice) bool {
			return choice.Extension == extension && slices.Contains(r.choices(), choice.Value)
		})
	})
}

func (c *comparison) values(p *schema.Property, records []*record) {
	found := map[string]*disagreement{}
	said := map[string][2]string{}
	for _, role := range c.binders(records) {
		for value, real := range c.try(p.Name, role) {
			if real.verdict == mixed || c.foreign(p, value) {
				continue
			}
			if _, ok := said[value]; !ok {
				ours, why := c.says(p, value)
				said[value] = [2]string{ours, why}
			}
			ours, why := said[value][0], said[value][1]
			field := ""
			switch {
			case real.verdict == refused && ours == sayNothing:
				field = "missed-refusal"
			case real.verdict == refused && ours == sayWarning && !strings.Contains(real.detail, "where it is injected"):
				field = "refusal-as-warning"
			case real.verdict == accepted && ours == sayError:
				field = "false-error"
			case real.verdict == accepted && ours == sayWarning:
				field = "false-warning"
			case real.verdict == silent && ours == sayError:
				field = "false-error"
			case real.verdict == silent && ours == sayNothing:
				field = "silent"
			}
			c.tried++
			if field == "" {
				c.same++
				continue
			}
			really := real.verdict.String()
			if real.verdict != refused {
				really += " as " + real.detail
			}
			id := field + " " + value + " " + real.verdict.String()
			if d := found[id]; d != nil {
				d.roles = append(d.roles, role)
				continue
			}
			d := &disagreement{p.Name, []string{role}, field, value, really, ours, real.detail}
			if real.verdict != refused {
				d.detail = why
			}
			found[id] = d
		}
	}
	sorted := slices.SortedFunc(maps.Values(found), func(a, b *disagreement) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.value, b.value), cmp.Compare(a.real, b.real))
	})
	for _, d := range sorted {
		c.list = append(c.list, *d)
	}
}

// foreign reports whether a value is the choice of an extension that was not
// there when the classes were asked.
func (c *comparison) foreign(p *schema.Property, value string) bool {
	return slices.ContainsFunc(p.ChoicesIn(c.release), func(choice schema.Choice) bool {
		return choice.Value == value && choice.Extension != "" && !slices.Contains(c.extensions, choice.Extension)
	})
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
