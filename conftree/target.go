package conftree

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// setTarget decides what the tree is written for, and remembers why.
func (t *Tree) setTarget(given *schema.Target, s *snapshot) {
	if given != nil {
		t.Target, t.TargetReason = *given, "given by --target"
		return
	}
	if target, name, ok := distribution(s.versions); ok {
		t.Target, t.TargetReason = target, fmt.Sprintf("the distribution %s", name)
		return
	}
	t.Target, t.TargetReason = t.guess()
}

// versionName finds a version in imply-3.0.19, apache-druid-0.15.1-incubating
// and druid-server-0.12.3-iap7.jar.
var versionName = regexp.MustCompile(`^(imply|apache-druid|druid-server)-(\d+(?:\.\d+)+)`)

func distribution(names []string) (schema.Target, string, bool) {
	for _, vendor := range []string{"imply", "apache-druid", "druid-server"} {
		for _, name := range names {
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
var oldClass = regexp.MustCompile(`io\.druid\.(cli|server|client|segment|indexing|query|storage|metadata)\.[A-Za-z.]+`)

// guess reads what the files themselves tell: the package of the main class and
// of monitors, and keys that only some releases know.
func (t *Tree) guess() (schema.Target, string) {
	imply := t.looksImply()
	for _, f := range t.Files {
		if f.Kind != MainConfig && f.Properties == nil {
			continue
		}
		if m := oldClass.FindString(f.uncommented()); m != "" {
			return oldest(imply), fmt.Sprintf("%s in %s is of a release before 0.13", m, f.Path)
		}
	}
	if newest := t.newestKey(); newest != nil {
		r := newest.Releases.From
		return schema.Target{Name: "druid-" + r.String(), Release: r}, fmt.Sprintf("%s exists from %s on", newest.Name, r)
	}
	return schema.DefaultTarget, "nothing in the tree tells; say --target to be sure"
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

// newestKey is the key in use that came last, if it came after the default
// target: a tree that sets it is at least that new.
func (t *Tree) newestKey() *schema.Property {
	var newest *schema.Property
	for _, f := range t.Files {
		if f.Properties == nil || f.Kind == ZooConfig {
			continue
		}
		for _, e := range f.Properties.Entries {
			p, ok := schema.Lookup(e.Key)
			if ok && !p.IsPattern() && p.Releases.From > schema.DefaultTarget.Release && (newest == nil || p.Releases.From > newest.Releases.From) {
				newest = p
			}
		}
	}
	return newest
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
