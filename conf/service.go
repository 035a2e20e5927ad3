package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// Service is one process that the tree configures.
type Service struct {
	// Name is the folder's service: broker, coordinator-overlord, ...
	Name string
	// Dir is the folder as users see it; empty in flat layouts.
	Dir string
	// The service's own files, nil where there is none. Common is a common file
	// in the service's own folder, which hides the shared one.
	Runtime, JVM, Main, Common *File

	shared *File // the common file of its part of the tree
	tree   *Tree
}

// services finds the processes of a tree, in the order in which people read
// them.
func services(t *Tree) []*Service {
	var list []*Service
	type key struct{ name, unit string }
	known := map[key]*Service{}
	for _, f := range t.Files {
		if f.service == "" {
			continue
		}
		s := known[key{f.service, f.unit}]
		if s == nil {
			s = &Service{Name: f.service, Dir: dirOf(f), shared: t.sharedBy(f.unit), tree: t}
			known[key{f.service, f.unit}] = s
			list = append(list, s)
		}
		switch f.Kind {
		case RuntimeProperties:
			s.Runtime = f
		case JVMConfig:
			s.JVM = f
		case MainConfig:
			s.Main = f
		case CommonProperties:
			s.Common = f
		}
	}
	slices.SortStableFunc(list, func(a, b *Service) int {
		return slices.Index(serviceNames, a.Name) - slices.Index(serviceNames, b.Name)
	})
	return list
}

// dirOf is the folder of a file as users see it.
func dirOf(f *File) string {
	if dir, ok := strings.CutSuffix(f.Path, "/"+f.Base()); ok && f.Made() {
		return dir
	}
	return path.Dir(f.Path)
}

// Silent reports whether the process may have been told a property that it does not
// say: a running one keeps some to itself.
func (s *Service) Silent(key string) bool { return s.Runtime.Hides(key) }

// sharedBy is the common file of the processes in a folder: where a tree is kept
// in several folders with one each, the nearest.
func (t *Tree) sharedBy(folder string) *File {
	common, near := t.Common, 0
	for i, f := range t.commons {
		up, down := steps(folder, f.unit)
		if i == 0 || up+down < near {
			common, near = f, up+down
		}
	}
	return common
}

// Service is the first process of that name, nil if the tree has none.
func (t *Tree) Service(name string) *Service {
	if i := slices.IndexFunc(t.Services, func(s *Service) bool { return s.Name == name }); i >= 0 {
		return t.Services[i]
	}
	return nil
}

// Process is the program that runs: coordinator for coordinator-overlord.
func (s *Service) Process() string {
	if s.Name == "coordinator-overlord" {
		return "coordinator"
	}
	return s.Name
}

// Plays reports whether the process does the work of that role: a Coordinator
// that is Overlord too plays both.
func (s *Service) Plays(role string) bool {
	switch {
	case s.Process() == role:
		return true
	case role == "overlord" && s.Process() == "coordinator":
		return s.Get("druid.coordinator.asOverlord.enabled").Is("true")
	}
	return false
}

// Reads reports whether the process, or a task it starts, reads the property.
func (s *Service) Reads(p *schema.Property) bool {
	return len(p.Services) == 0 || slices.ContainsFunc(p.Services, s.reads)
}

// reads knows that what starts tasks hands its properties to them.
func (s *Service) reads(role string) bool {
	return s.Plays(role) || role == "peon" && s.MayStartTasks()
}

// MayStartTasks reports whether the process starts tasks, as far as is known: an
// Overlord does without MiddleManagers, here or in Kubernetes.
func (s *Service) MayStartTasks() bool {
	if s.Name == "middleManager" {
		return true
	}
	runner := s.Get("druid.indexer.runner.type")
	return s.Plays("overlord") && (!runner.Known() || runner.Text != "remote" && runner.Text != "httpRemote")
}

// Applies reports whether one of the conditions under which a property is read
// holds in the process. A condition on a value that is not known holds.
func (s *Service) Applies(p *schema.Property, key string) bool {
	return p.Applies(key, func(name string) (string, bool) {
		v := s.Get(name)
		return v.Text, v.Known()
	})
}

// Holds tells which conditions, key=value, are known to apply in the process to
// a key that the property names.
func (s *Service) Holds(p *schema.Property, key string) func(condition string) bool {
	return holds(s.Get, p, key)
}

// Holds is the same for a tree that has no process.
func (t *Tree) Holds(p *schema.Property, key string) func(condition string) bool {
	return holds(t.Get, p, key)
}

func holds(get func(key string) Value, p *schema.Property, key string) func(condition string) bool {
	return func(condition string) bool {
		name, want, _ := strings.Cut(condition, "=")
		v := get(schema.Fill(name, p.Name, key))
		return v.Is(want) || want == "*" && v.Set && v.Text != ""
	}
}

// Tree is the tree the service belongs to.
func (s *Service) Tree() *Tree { return s.tree }

// sources are the files that the process reads properties from, the one that
// wins first; nil where there is none.
func (s *Service) sources() [3]*File {
	common := s.shared
	if s.Common != nil {
		common = s.Common
	}
	return [3]*File{s.JVM, s.Runtime, common}
}

// Settings are all places that set key for this process, the one that wins
// first.
func (s *Service) Settings(key string) (values []Value) {
	for _, f := range s.sources() {
		if v, ok := s.tree.in(f, key); ok {
			values = append(values, v)
		}
	}
	return values
}

// Get is the value that the process sees for key: what is written, else the
// default of the target's release.
func (s *Service) Get(key string) Value {
	for _, f := range s.sources() {
		if v, ok := s.tree.in(f, key); ok {
			return v
		}
	}
	v := s.tree.defaultValue(key, s.Process())
	v.open = !s.whole() || s.Runtime.Hides(key)
	v.known = v.known && !v.open
	return v
}

// whole reports whether all that the process is told stands in the tree: not in
// an image, of which the tree replaces the jvm.config only, and not in keys that
// a template has yet to make.
func (s *Service) whole() bool {
	if s.Runtime == nil && s.Common == nil {
		return false
	}
	if s.Runtime != nil && s.Runtime.Made() {
		return !s.Runtime.Open() // of the shared file others may get more
	}
	for _, f := range s.sources() {
		if f != nil && f.open() {
			return false
		}
	}
	return true
}

// Keys are the keys set for this process in any file or by -D, sorted.
func (s *Service) Keys() []string {
	var keys []string
	for _, f := range s.sources() {
		if f != nil {
			keys = f.appendKeys(keys)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Get is the value in the shared file, else the default: what holds for every
// process that does not override it.
func (t *Tree) Get(key string) Value {
	if v, ok := t.in(t.Common, key); ok {
		return v
	}
	v := t.defaultValue(key, "")
	v.open = t.Common.open() || t.Common.Hides(key)
	v.known = v.known && !v.open
	return v
}

// in is what a file sets key to, in which it has the last word.
func (t *Tree) in(f *File, key string) (Value, bool) {
	switch {
	case f == nil:
	case f.Properties != nil:
		if e, ok := f.Properties.Get(key); ok {
			return t.value(f, e), true
		}
	case f.Kind == JVMConfig:
		if i, ok := f.system[key]; ok {
			return t.flagValue(f, f.Flags[i]), true
		}
	}
	return Value{}, false
}

func (t *Tree) value(f *File, e *syntax.Entry) Value {
	return Value{Key: e.Key, Text: e.Value, File: f, Span: e.KeySpan, ValueSpan: e.ValueSpan, Entry: e, Set: true, tree: t}
}

func (t *Tree) defaultValue(key, process string) Value {
	v := Value{Key: key, tree: t}
	if port, ok := schema.DefaultPort(key, process, t.Target.Release); ok {
		v.Text, v.known = port, true
		return v
	}
	p, ok := schema.Lookup(key)
	if !ok || !p.Releases.Has(t.Target.Release) {
		return v
	}
	if d, ok := p.DefaultIn(t.Target.Release); ok {
		v.Text, v.Formula, v.known = d.Value, d.Formula, d.Formula == ""
	}
	return v
}

// Readers are the processes that read a properties file or a jvm.config.
func (t *Tree) Readers(f *File) []*Service {
	var readers []*Service
	for _, s := range t.Services {
		if files := s.sources(); slices.Contains(files[:], f) {
			readers = append(readers, s)
		}
	}
	return readers
}

// appendKeys appends the keys that the file sets.
func (f *File) appendKeys(keys []string) []string {
	for key := range f.system {
		keys = append(keys, key)
	}
	if f.Properties != nil {
		for i := range f.Properties.Entries {
			keys = append(keys, f.Properties.Entries[i].Key)
		}
	}
	return keys
}

// Values are the keys that the file sets, every occurrence: properties, or -D
// flags in a jvm.config.
func (f *File) Values(t *Tree) []Value {
	var values []Value
	switch {
	case f.Kind == JVMConfig && f.Args != nil:
		for _, flag := range f.Flags {
			if flag.Kind == syntax.SystemProperty {
				values = append(values, t.flagValue(f, flag))
			}
		}
	case f.Properties != nil && f.Kind != ZooConfig:
		values = make([]Value, 0, len(f.Properties.Entries))
		for i := range f.Properties.Entries {
			values = append(values, t.value(f, &f.Properties.Entries[i]))
		}
	}
	return values
}

func (t *Tree) flagValue(f *File, flag syntax.Flag) Value {
	return Value{Key: flag.Name, Text: flag.Value, File: f, Span: flag.Span, ValueSpan: flag.Span, Set: true, JVM: true, tree: t}
}
