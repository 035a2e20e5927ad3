package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

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
