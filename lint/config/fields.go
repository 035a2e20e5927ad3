package config

import (
	"path/filepath"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
)

// The keys of the file. docs/config.schema.json says the same, and a test
// compares them.
var topFields = lazy.Value[fields[Config]]{New: func() fields[Config] {
	return within(fields[Config]{
		"version": func(r *reader, _ *Config, n *syntax.Node) {
			if n.Kind != syntax.Number || n.Text != Version {
				r.fail(n, "this version is not known to this implycheck: write %s", Version)
			}
		},
		"fail-on": func(r *reader, c *Config, n *syntax.Node) { r.fact(&c.block, "fail-on", "", n) },
		"baseline": func(r *reader, c *Config, n *syntax.Node) {
			c.Baseline = r.path(n)
			c.facts = append(c.facts, Fact{Name: "baseline", Value: c.Baseline.Path, From: c.Baseline.At})
		},
		"policies": func(r *reader, c *Config, n *syntax.Node) {
			for _, item := range r.list(n) {
				c.Policies = append(c.Policies, r.path(item))
			}
		},
		"exclude": func(r *reader, c *Config, n *syntax.Node) { c.Exclude = r.globs(n) },
		"locked": func(r *reader, c *Config, n *syntax.Node) {
			for _, item := range r.list(n) {
				c.LockedRules = append(c.LockedRules, LockedRule{r.rule(item), r.config.origin(item.Span.Start)})
			}
		},
		"paths": func(r *reader, c *Config, n *syntax.Node) {
			for _, item := range r.list(n) {
				var e entry
				readObject(r, item, "an entry of paths", entryFields.Get(), &e)
				if e.globs == nil {
					r.fail(item, "an entry of paths says which with path: clusters/dev/**")
				}
				c.paths = append(c.paths, e)
			}
		},
		"ignore": func(r *reader, c *Config, n *syntax.Node) {
			for _, item := range r.list(n) {
				c.Ignores = append(c.Ignores, r.ignore(item))
			}
		},
	}, func(c *Config) *block { return &c.block })
}}

var entryFields = lazy.Value[fields[entry]]{New: func() fields[entry] {
	return within(fields[entry]{
		"path": func(r *reader, e *entry, n *syntax.Node) { e.globs = r.globs(n) },
	}, func(e *entry) *block { return &e.block })
}}

// blockFields are those of the file and of each entry of paths.
var blockFields = lazy.Value[fields[block]]{New: func() fields[block] {
	return fields[block]{
		"target":     func(r *reader, b *block, n *syntax.Node) { r.fact(b, "target", "", n) },
		"deployment": func(r *reader, b *block, n *syntax.Node) { r.fact(b, "deployment", "", n) },
		"topology":   func(r *reader, b *block, n *syntax.Node) { readObject(r, n, "topology", topologyFields.Get(), b) },
		"rules": func(r *reader, b *block, n *syntax.Node) {
			if n.Kind != syntax.Object {
				r.fail(n, "rules are written ID: warning, or ID: {severity: off, reason: ...}")
				return
			}
			b.rules = make(map[string]Change, len(n.Members))
			for _, m := range n.Members {
				if r.ruleName(m.Key, m.KeySpan) != "" {
					b.rules[m.Key] = r.change(m)
				}
			}
		},
	}
}}

var topologyFields = lazy.Value[fields[block]]{New: func() fields[block] {
	return fields[block]{
		"masters": readCount("masters"), "query-servers": readCount("query-servers"), "data-servers": readCount("data-servers"),
		"brokers": readCount("brokers"), "java": readCount("java"),
		"instance": readHardware("instance"), "cores": readHardware("cores"), "memory": readHardware("memory"), "disk": readHardware("disk"),
	}
}}

func readCount(name string) func(*reader, *block, *syntax.Node) {
	return func(r *reader, b *block, n *syntax.Node) { r.fact(b, name, "", n) }
}

// readHardware reads a value for all servers, or one for each role.
func readHardware(name string) func(*reader, *block, *syntax.Node) {
	byRole := fields[block]{}
	for _, role := range Roles {
		byRole[role] = func(r *reader, b *block, n *syntax.Node) { r.fact(b, name, role, n) }
	}
	return func(r *reader, b *block, n *syntax.Node) {
		if n.Kind == syntax.Object {
			readObject(r, n, name, byRole, b)
			return
		}
		r.fact(b, name, "", n)
	}
}

// within adds the keys of a block to those of what holds it.
func within[T any](own fields[T], of func(*T) *block) fields[T] {
	for name, read := range blockFields.Get() {
		own[name] = func(r *reader, into *T, n *syntax.Node) { read(r, of(into), n) }
	}
	return own
}

// fact reads a fact and tries it.
func (r *reader) fact(b *block, name, role string, n *syntax.Node) {
	text := r.text(n)
	if text == "" || r.full() {
		return
	}
	f := Fact{name, role, text, r.config.origin(n.Span.Start)}
	if f.Check() != nil {
		for _, w := range wanted {
			if w.name == name {
				r.fail(n, "%s: write %s", name, w.text)
			}
		}
		return
	}
	b.facts = append(b.facts, f)
}

// wanted says what each fact is, for those that are something else.
var wanted = []struct{ name, text string }{
	{"target", "auto, or a release that implycheck knows, such as imply-3.0.19 or druid-28"},
	{"deployment", "auto, single or cluster"},
	{"masters", "how many there are"},
	{"query-servers", "how many there are"},
	{"data-servers", "how many there are"},
	{"brokers", "how many there are"},
	{"java", "a version of Java: 8, 11, 17 or 21"},
	{"fail-on", "error, warning or info"},
	{"instance", "an instance type, such as r4.2xlarge; see implycheck instances"},
	{"cores", "how many there are"},
	{"memory", "a size, such as 61GiB"},
	{"disk", "disks, such as 2x1900GB"},
}

// path reads the name of a file, which starts at the folder of the config file.
func (r *reader) path(n *syntax.Node) Path {
	text := filepath.FromSlash(r.text(n))
	if text == "" {
		return Path{}
	}
	name, err := r.config.bounded.Beside(text)
	if err != nil {
		r.fail(n, outside)
	}
	return Path{name, r.config.origin(n.Span.Start)}
}

const outside = "this leads out: a config file names what lies in its repository, or in the file's folder where there is none"

// globs reads one glob or a list of them.
func (r *reader) globs(n *syntax.Node) []Glob {
	nodes := []*syntax.Node{n}
	if n.Kind == syntax.Array {
		nodes = n.Items
	}
	if len(nodes) == 0 {
		r.fail(n, "an empty list matches nothing: write a glob")
	}
	list := make([]Glob, 0, len(nodes))
	for _, n := range nodes {
		text := r.text(n)
		if text == "" {
			continue
		}
		g, err := newGlob(strings.TrimSpace(text))
		if err != nil {
			r.fail(n, "%v", err)
			continue
		}
		g.At = r.config.origin(n.Span.Start)
		list = append(list, g)
	}
	return list
}
