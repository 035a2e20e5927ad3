package conf

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// setTarget decides what the tree is written for, and remembers why.
func (t *Tree) setTarget(given *schema.Target, by string, l *listing) {
	if given != nil {
		t.Target, t.TargetReason = *given, "given by "+by
	} else if target, name, ok := distribution(l.versions); ok {
		t.Target, t.TargetReason = target, fmt.Sprintf("the distribution %s", name)
	} else {
		t.guess()
		return
	}
	t.Possible = schema.Range{From: t.Target.Release, Until: t.Target.Release}
}

// versionName finds a version in imply-3.0.19, apache-druid-0.15.1-incubating
// and druid-server-0.12.3-iap7.jar.
var versionName = lazy.Regexp{Expr: `^(imply|apache-druid|druid-server)-(\d+(?:\.\d+)+)`}

func distribution(names []string) (schema.Target, string, bool) {
	for _, vendor := range []string{"imply", "apache-druid", "druid-server"} {
		for _, file := range names {
			name := path.Base(file)
			m := versionName.FindStringSubmatch(name)
			if m == nil || m[1] != vendor {
				continue
			}
			target, err := schema.ParseTarget(strings.TrimPrefix(vendor, "apache-") + "-" + m[2])
			if vendor == "druid-server" {
				target, err = schema.ParseTarget("druid-" + m[2])
			}
			if err == nil {
				return target, name, true
			}
			return oldest(vendor == "imply"), name + ", which is older than any release implycheck knows", true
		}
	}
	return schema.Target{}, "", false
}

func oldest(imply bool) schema.Target {
	if imply {
		return schema.Target{Name: "imply-2.7", Release: schema.Oldest, Imply: true}
	}
	return schema.Target{Name: "druid-0.12.3", Release: schema.Oldest}
}

// oldClass is a class of Druid's own in the package that 0.13 left. The metrics
// monitors do not count: every later release still rewrites those names.
var oldClass = lazy.Regexp{Expr: `io\.druid\.(cli|server|client|segment|indexing|query|storage|metadata)\.[A-Za-z.]+`}

// guess reads what the files themselves tell: the package of the main class and
// of monitors, and keys and extensions that only some releases know.
func (t *Tree) guess() {
	imply := t.looksImply()
	for _, f := range t.Files {
		if f.Kind != MainConfig && f.Properties == nil {
			continue
		}
		if m := oldClass.FindString(f.uncommented()); m != "" {
			t.Target, t.TargetReason = oldest(imply), fmt.Sprintf("%s in %s is of a release before 0.13", m, f.Path)
			t.Possible = schema.Range{From: schema.Oldest, Until: schema.Oldest}
			return
		}
	}
	if name, from := t.newestName(imply); name != "" {
		t.Target = schema.Target{Name: "druid-" + from.String(), Release: from}
		t.TargetReason = fmt.Sprintf("%s exists from %s on", name, from)
		t.Possible = schema.Range{From: from}
		return
	}
	t.Target, t.TargetReason = schema.DefaultTarget, "nothing in the tree tells; say --target to be sure"
	if imply {
		t.Possible = schema.ImplyRange()
	}
}

// looksImply reports whether the tree has what only Imply's layout has.
func (t *Tree) looksImply() bool {
	for _, f := range t.Files {
		if f.Kind == PivotConfig || f.Kind == SuperviseConfig && bytes.Contains(f.Data, []byte("imply")) {
			return true
		}
	}
	return false
}

// newestName is the key or extension in use that came last, if it came after
// the default target: a tree that has it is at least that new.
func (t *Tree) newestName(imply bool) (name string, from schema.Release) {
	from = schema.DefaultTarget.Release
	later := func(n string, r schema.Release) {
		if r > from {
			name, from = n, r
		}
	}
	for _, f := range t.Files {
		if f.Properties == nil || f.Kind == ZooConfig {
			continue
		}
		for i := range f.Properties.Entries {
			e := &f.Properties.Entries[i]
			if p, ok := schema.Lookup(e.Key); ok && !p.IsPattern() {
				later(p.Name, p.Releases.From)
			}
			if e.Key != "druid.extensions.loadList" || e.Node == nil || imply { // Imply bundles some before Druid does
				continue
			}
			extensions, _ := e.Node.Strings()
			for _, name := range extensions {
				if x, ok := schema.LookupExtension(name); ok && !x.Never {
					later(x.Name, x.Releases.From)
				}
			}
		}
	}
	return name, from
}

// uncommented is the text of a file without comment lines.
func (f *File) uncommented() string {
	if f.Properties == nil {
		return string(f.Data)
	}
	var b strings.Builder
	for _, e := range f.Properties.Entries {
		b.WriteString(e.Value)
		b.WriteByte('\n')
	}
	return b.String()
}
