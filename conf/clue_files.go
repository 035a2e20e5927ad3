package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// rewritten are the packages of monitors, whose names each later release takes
// for its own.
const (
	metamxMonitors = "com.metamx.metrics."
	oldMonitors    = "io.druid.java.util.metrics."
)

// addClasses reads the package of a class: com.metamx before 0.12, io.druid up
// to it, org.apache.druid since.
func (e *clues) addClasses(f *File, line int, key, value string) {
	if strings.HasSuffix(key, "allowedPrefixes") || !strings.Contains(value, "druid.") && !strings.Contains(value, "metamx.") {
		return
	}
	c := clue{file: f, line: line}
	if strings.Contains(value, "org.apache.druid.") {
		c.bad, c.weight, c.says, c.name, c.release = before(13), stopper, "%s classes came with %s", "org.apache.druid", 13
		e.add(c)
	}
	if strings.Contains(value, metamxMonitors) {
		c.says, c.name, c.release = "%s classes are of releases before %s", "com.metamx", 12
		c.bad, c.weight = knownReleases, leftOver
		e.add(c)
		c.bad = after(12)
		e.add(c)
	}
	if strings.Contains(value, oldMonitors) {
		c.says, c.name, c.release = "monitors in %s are of %s", "io.druid.java.util", 12
		c.bad, c.weight = before(12), stopper
		e.add(c)
		c.bad, c.weight = after(12), leftOver
		e.add(c)
	}
	if class, ok := oldClass(value); ok {
		c.bad, c.weight, c.says, c.name, c.release = after(12), stopper, "the last release with %s is %s", class, 12
		e.add(c)
	}
}

// oldClass finds a class of Druid's own in the package that 0.13 left. Monitors
// are no proof, since their old names still work.
func oldClass(value string) (string, bool) {
	for rest := value; ; {
		i := strings.Index(rest, "io.druid.")
		if i < 0 {
			return "", false
		}
		rest = rest[i:]
		class := rest[:len(rest)-len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."))]
		part, _, more := strings.Cut(class[len("io.druid."):], ".")
		switch part {
		case "cli", "server", "client", "segment", "indexing", "query", "storage", "metadata":
			if more {
				return class, true
			}
		}
		rest = rest[len("io.druid."):]
	}
}

// addMain reads the main class in main.config.
func (e *clues) addMain(f *File) {
	for _, w := range f.Args.Words {
		e.addClasses(f, w.Span.Start.Line, "", w.Text)
	}
}

// addFlags asks which Java knows all flags of a process, and which releases run
// on it.
func (e *clues) addFlags(f *File) {
	least, most := 0, 0
	var newer, older syntax.Flag // those that say so
	for _, flag := range f.Flags {
		known, ok := schema.LookupFlag(flag.Name)
		if !ok {
			continue
		}
		if known.Since > least {
			least, newer = known.Since, flag
		}
		if known.Removed > 0 && (most == 0 || known.Removed <= most) {
			most, older = known.Removed-1, flag
		}
	}
	if least == 0 && most == 0 || most > 0 && least > most {
		return
	}
	var bad releaseSet
	for r := schema.Oldest; r <= schema.Newest; r++ {
		if !anyBetween(schema.JavaVersions(r), least, most) {
			bad |= set(r, r)
		}
	}
	if !anyBetween(schema.JavaVersions(schema.Oldest), least, most) {
		bad |= olderReleases
	}
	if most > 0 {
		e.add(clue{bad: bad, weight: unusual, says: "%s is of an older Java than later releases run on", name: older.Text, file: f, line: older.Span.Start.Line})
	} else {
		e.add(clue{bad: bad, weight: unusual, says: "%s is of a newer Java than earlier releases run on", name: newer.Text, file: f, line: newer.Span.Start.Line})
	}
}

func anyBetween(versions []int, least, most int) bool {
	for _, v := range versions {
		if v >= least && (most == 0 || v <= most) {
			return true
		}
	}
	return false
}

// layout is a name that came or went with a release.
type layout struct {
	name         string
	since, until schema.Release
	weight       int
}

// layouts are folders, and programs in bin, that came or went with a release.
var layouts = []layout{
	{name: "coordinator-overlord", since: 15, weight: unusual},
	{name: "indexer", since: 16, weight: notYet},
	{name: "realtime", until: 15, weight: unusual},
	{name: "druid/cluster", since: 15, weight: unusual},
	{name: "druid/single-server", since: 15, weight: notYet},
	{name: "nano-quickstart", since: 17, weight: notYet},
	{name: "druid/auto", since: 25, weight: notYet},
	{name: "start-nano-quickstart", since: 17, weight: notYet},
	{name: "start-druid", since: 25, weight: notYet},
}

func (e *clues) addLayout(what, name string) {
	i := slices.IndexFunc(layouts, func(l layout) bool { return l.name == name })
	if i < 0 {
		return
	}
	switch l := layouts[i]; {
	case l.since > 0:
		e.add(clue{bad: before(l.since), weight: l.weight, says: what + " %s came with %s", name: name, release: l.since})
	default:
		e.add(clue{bad: after(l.until), weight: l.weight, says: "the last release with " + what + " %s is %s", name: name, release: l.until})
	}
}

// addPlace reads the folders that the tree is made of.
func (e *clues) addPlace(t *Tree) {
	for _, s := range t.Services {
		e.addLayout("the service", s.Name)
	}
	parent, name := path.Split(t.place)
	switch parent = strings.TrimSuffix(parent, "/"); {
	case path.Base(parent) == "druid":
		e.addLayout("the folder", "druid/"+name)
	case strings.HasSuffix(parent, "druid/single-server"):
		e.addLayout("the folder", "druid/single-server")
		e.addLayout("the folder", name)
	}
}
