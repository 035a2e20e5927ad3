package schema_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/implycheck/implycheck/schema"
)

// dump is what the classes of one release say; tools/classes/README.md tells
// what its fields mean.
type dump struct {
	name       string
	release    schema.Release
	roles      []string
	extensions []string
	// carried data does not tell whose extension a record is.
	carried  bool
	profiles map[string]*profile
	// bound holds the records of properties that a class binds, by name.
	bound map[string][]*record
	// loaded tells, by prefix and class, which roles read it at start.
	loaded map[string][]string
	// mentioned are the names that code reads, or has as a constant.
	mentioned map[string]bool
}

// profile is what came of trying values.
type profile struct {
	Accepts map[string]*string
	Refuses map[string][]string
}

// record is a property of one class, under one condition.
type record struct {
	Kind      string
	Property  string
	Class     string
	When      map[string]string
	Roles     []string
	RolesWith map[string][]string
	Bound     string
	JavaType  string
	Bounds    []string
	Default   json.RawMessage
	Defaults  map[string]*string
	Getter    *string
	Varies    any
	Required  bool
	Choices   any
	Fallback  *string
	Profile   string
	Profiles  map[string]string
	Extension string

	// Of other kinds.
	ID         string
	Release    string
	Extensions []string
	Carried    bool
	RolesUsed  []string
	Accepts    map[string]*string
	Refuses    map[string][]string

	judged map[*profile]map[string]tried
}

// key is what the record of an extension's run has in common with the record
// that it replaces.
func (r *record) key() string {
	when, _ := json.Marshal(r.When)
	return r.Class + " " + string(when)
}

// binds are the roles that bind it, some under a switch only.
func (r *record) binds() []string {
	roles := slices.Clone(r.Roles)
	for role := range r.RolesWith {
		roles = append(roles, role)
	}
	return roles
}

// choices are the names to choose from.
func (r *record) choices() []string {
	var names []string
	switch c := r.Choices.(type) {
	case []any:
		for _, name := range c {
			names = append(names, name.(string))
		}
	case map[string]any:
		for name := range c {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// loadDumps reads every release that is there, oldest first.
func loadDumps(t *testing.T) []*dump {
	t.Helper()
	files, err := filepath.Glob("testdata/classes/*.jsonl.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dumps: %v", err)
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) // a release before its extensions
	var dumps []*dump
	for _, file := range files {
		d := loadDump(t, file)
		if i := slices.IndexFunc(dumps, func(other *dump) bool { return other.name == d.name }); i >= 0 {
			dumps[i].merge(d)
			continue
		}
		dumps = append(dumps, d)
	}
	slices.SortFunc(dumps, func(a, b *dump) int { return int(a.release) - int(b.release) })
	return dumps
}

func loadDump(t *testing.T, file string) *dump {
	t.Helper()
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	d := &dump{profiles: map[string]*profile{}, bound: map[string][]*record{}, loaded: map[string][]string{}, mentioned: map[string]bool{}}
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		r := &record{}
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			t.Fatalf("%s: %v in %.200s", file, err, lines.Bytes())
		}
		d.add(t, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// merge adds a second file of the same release: extensions that the extractor
// could not have.
func (d *dump) merge(other *dump) {
	const mark = "+"
	for id, p := range other.profiles {
		d.profiles[mark+id] = p
	}
	for name, records := range other.bound {
		for _, r := range records {
			if r.Profile != "" {
				r.Profile = mark + r.Profile
			}
			d.bound[name] = append(d.bound[name], r)
		}
	}
	maps.Copy(d.mentioned, other.mentioned)
	if len(other.roles) > len(d.roles) {
		d.roles = other.roles
	}
	d.extensions = append(d.extensions, other.extensions...)
}

func (d *dump) add(t *testing.T, r *record) {
	t.Helper()
	switch r.Kind {
	case "release":
		target, err := schema.ParseTarget("druid-" + r.Release)
		if err != nil {
			t.Fatal(err)
		}
		d.name, d.release, d.roles, d.extensions = r.Release, target.Release, r.Roles, r.Extensions
		d.carried = r.Carried
	case "profile":
		d.profiles[r.ID] = &profile{r.Accepts, r.Refuses}
	case "json", "jackson-type", "polybind", "config-magic":
		d.bound[r.Property] = append(d.bound[r.Property], r)
	case "bound", "asked":
		d.loaded[r.Property] = append(d.loaded[r.Property], r.RolesUsed...)
	case "raw", "constant":
		d.mentioned[strings.TrimSuffix(r.Property, ".")] = true
	}
}

// verdict is what a process does with a value.
type verdict int

const (
	accepted verdict = iota
	silent           // the value is taken, and something else applies
	refused
	mixed // some of the classes that may be asked take it, others refuse it
)

var verdictNames = [...]string{"accepted", "silently something else", "refused", "mixed"}

func (v verdict) String() string { return verdictNames[v] }

// tried is one value's verdict in one role, with what it became or why not.
type tried struct {
	verdict verdict
	detail  string
}

// try collects the verdicts of every value of a property in one role: all that
// the role may ask must agree.
func (d *dump) try(name, role string) map[string]tried {
	// An extension's run stands beside the release's own: a value that either
	// takes is taken.
	byKey := map[string][]map[string]tried{}
	for _, r := range d.bound[name] {
		id := r.Profile
		if own, ok := r.Profiles[role]; ok {
			id = own
		}
		if r.Kind == "polybind" && r.Extension != "" && id == "" {
			run := map[string]tried{}
			for _, name := range r.choices() {
				run[name] = tried{accepted, name}
			}
			byKey[r.key()] = append(byKey[r.key()], run)
		}
		if p := d.profiles[id]; p != nil && slices.Contains(r.binds(), role) && !r.lacksAnother(p) {
			byKey[r.key()] = append(byKey[r.key()], r.verdicts(p))
		}
	}
	all := map[string]tried{}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		runs := byKey[key]
		best := map[string]tried{}
		for _, run := range runs {
			for value, v := range run {
				if known, ok := best[value]; !ok || v.verdict < known.verdict {
					best[value] = v
				}
			}
		}
		for value, v := range best {
			known, ok := all[value]
			switch {
			case !ok:
				all[value] = v
			case known.verdict == mixed:
			case (known.verdict == refused) != (v.verdict == refused):
				all[value] = tried{mixed, v.detail}
			case v.verdict < known.verdict:
				all[value] = v
			}
		}
	}
	return all
}

// lacksAnother reports whether everything was refused for want of a property
// that the extractor could not supply: nothing is known of the value then.
func (r *record) lacksAnother(p *profile) bool {
	if len(p.Accepts) > 0 {
		return false
	}
	if len(r.When) > 0 {
		return true
	}
	for reason := range p.Refuses {
		for _, text := range []string{"may not be", "must not be", "must be specified", "issing", "must be set", "Must override"} {
			if strings.Contains(reason, text) {
				return true
			}
		}
	}
	return false
}

// verdicts tells apart what became what was written and what became something
// else.
func (r *record) verdicts(p *profile) map[string]tried {
	if vs, ok := r.judged[p]; ok {
		return vs
	}
	vs := map[string]tried{}
	if r.judged == nil {
		r.judged = map[*profile]map[string]tried{}
	}
	r.judged[p] = vs
	for value, result := range p.Accepts {
		got := "null"
		if result != nil {
			got = *result
		}
		v := accepted
		switch {
		case r.Kind == "polybind" && !slices.Contains(r.choices(), value):
			// The default is for no value at all: PolyBind refuses every other name.
			vs[value] = tried{refused, "Unknown provider, where it is injected"}
			continue
		case value == "", r.Kind == "json" && (strings.TrimSpace(value) == "" || value == "null"):
		case r.Kind == "jackson-type" && !slices.Contains(r.choices(), value):
			v = silent
		case r.Kind == "jackson-type" || r.Kind == "polybind" || got == "?":
		case result == nil:
			v = silent
		case r.Kind == "config-magic" && (r.JavaType == "boolean" || r.JavaType == "java.lang.Boolean") && !strings.EqualFold(value, got):
			v = silent
		}
		vs[value] = tried{v, got}
	}
	for reason, values := range p.Refuses {
		for _, value := range values {
			vs[value] = tried{refused, reason}
		}
	}
	return vs
}
