// Package exampletree lints the examples of the rules, for the tests and for
// the pages: each case is laid over a small cluster that does everything right.
package exampletree

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// today is the day on which the examples are read.
var today = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// Lint lays a case over the tree in base and lints it. The lines of a
// properties file are appended to the base's, whose own lines of the same keys
// go. Files of the findings are relative, and lines count in the example's text.
func Lint(ctx context.Context, base string, c *rules.Case) ([]finding.Finding, error) {
	target := schema.DefaultTarget
	if name := c.Facts["target"]; name != "" && name != "auto" {
		var err error
		if target, err = schema.ParseTarget(name); err != nil {
			return nil, err
		}
	}
	files, shift, err := build(base, c, target)
	if err != nil {
		return nil, err
	}
	found, err := files.lint(ctx, base, c, target.Name)
	for i := range found {
		count(&found[i].Location, shift)
		for j := range found[i].Related {
			count(&found[i].Related[j].Location, shift)
		}
	}
	return found, err
}

// Severities lints a case under the releases at hand, and answers how bad the
// findings of a rule are at worst in each; 0 where it has none. Of two neighbours
// that differ it asks all between them.
func Severities(ctx context.Context, base string, c *rules.Case, id string, releases []schema.Release) (map[schema.Release]finding.Severity, error) {
	worst := map[schema.Release]finding.Severity{}
	built := map[bool]tree{} // with the new packages, and without
	ask := func(r schema.Release) error {
		target, err := schema.ParseTarget("druid-" + r.String())
		if err != nil {
			return err
		}
		files, made := built[r >= newPackages]
		if !made {
			if files, _, err = build(base, c, target); err != nil {
				return err
			}
			built[r >= newPackages] = files
		}
		found, err := files.lint(ctx, base, c, target.Name)
		worst[r] = 0
		for _, f := range found {
			if f.Rule == id {
				worst[r] = max(worst[r], f.Severity)
			}
		}
		return err
	}
	for i, r := range releases {
		if err := ask(r); err != nil {
			return nil, err
		}
		for between := r - 1; i > 0 && worst[r] != worst[releases[i-1]] && between > releases[i-1]; between-- {
			if err := ask(between); err != nil {
				return nil, err
			}
		}
	}
	return worst, nil
}

// count makes a line one of the example's text.
func count(l *finding.Location, shift map[string]int) {
	if l.Line > 0 {
		l.Line -= shift[l.File]
		l.EndLine -= shift[l.File]
	}
}

// lint lints the tree of a case under a target, unless the case says one.
func (t tree) lint(ctx context.Context, base string, c *rules.Case, target string) ([]finding.Finding, error) {
	root, leave, err := t.place()
	if err != nil {
		return nil, err
	}
	defer leave()
	o := lint.Options{Paths: []string{root}, Files: t.below(root), Facts: maps.Clone(c.Facts), Today: today, ByFile: true}
	if o.Facts == nil {
		o.Facts = map[string]string{}
	}
	if o.Facts["target"] != "auto" {
		o.Facts["target"] = target
	}
	t.beside(&o, root)
	if err := running(&o, base, c); err != nil {
		return nil, err
	}
	r, err := lint.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	for i := range r.Findings {
		relative(&r.Findings[i], root)
	}
	return r.Findings, nil
}

// running asks what a case says of a running cluster, and the small one beside base
// for the rest.
func running(o *lint.Options, base string, c *rules.Case) error {
	if c.Address == "" {
		return nil
	}
	archive, err := txtar.ParseFile(filepath.Join(filepath.Dir(base), "cluster.txtar"))
	if err != nil {
		return err
	}
	answers := map[string]string{}
	for _, f := range slices.Concat(archive.Files, c.Files) {
		answers[f.Name] = string(f.Data)
	}
	o.Paths, o.Access = []string{c.Address}, live.Recorded(answers)
	return nil
}

// place is where the tree lies: in memory, at a folder that the disk does not have. A
// baseline is read from the disk, and the paths in it begin there.
func (t tree) place() (root string, leave func(), err error) {
	known := t[baseline]
	if known == nil {
		return "example", func() {}, nil
	}
	if root, err = os.MkdirTemp("", "implycheck-example-"); err != nil {
		return "", nil, err
	}
	leave = func() { os.RemoveAll(root) }
	if err = os.WriteFile(filepath.Join(root, baseline), known, 0o600); err != nil {
		leave()
	}
	return root, leave, err
}

// baseline is a file beside the tree.
const baseline = "baseline.jsonl"

// beside says what lies beside the tree of a case: its config file, its baseline,
// and a second cluster.
func (t tree) beside(o *lint.Options, root string) {
	o.NoConfig = t[config.Name] == nil
	if t[baseline] != nil {
		o.Facts["baseline"] = filepath.Join(root, baseline)
	}
	if t.has("dc2") {
		o.Paths = []string{path.Join(root, "conf"), path.Join(root, "dc2")}
	}
}

// relative takes the folder of the example out of a finding.
func relative(f *finding.Finding, root string) {
	f.Tree = ""
	f.File = strings.TrimPrefix(f.File, root+"/")
	for _, text := range []*string{&f.Message, &f.Help, &f.Effect} {
		*text = strings.ReplaceAll(*text, root+"/", "")
	}
	for j := range f.Related {
		f.Related[j].File = strings.TrimPrefix(f.Related[j].File, root+"/")
		f.Related[j].Message = strings.ReplaceAll(f.Related[j].Message, root+"/", "")
	}
}

// newPackages is the release that renamed io.druid to org.apache.druid, and that
// newKey came with.
const (
	newPackages = 13
	newKey      = "druid.indexer.runner.endPort"
)

// tree has the files of an example by their paths.
type tree map[string][]byte

// below are the files at a folder.
func (t tree) below(root string) fs.FS {
	files := fstest.MapFS{}
	for name, data := range t {
		files[strings.TrimPrefix(path.Join(root, name), "/")] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return files
}

// has reports whether there is such a folder.
func (t tree) has(folder string) bool {
	for name := range t {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

// add puts the files of a folder of the disk into one of the tree.
func (t tree) add(folder, from string) error {
	disk := os.DirFS(from)
	return fs.WalkDir(disk, ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t[path.Join(folder, file)], err = fs.ReadFile(disk, file)
		}
		return err
	})
}

// build makes the tree of a case, and answers how many lines of the base stand before
// the first line of each of the case's files.
func build(base string, c *rules.Case, target schema.Target) (t tree, shift map[string]int, err error) {
	t, shift = tree{}, map[string]int{}
	if !inOtherForm(c) {
		if err := t.add("", base); err != nil {
			return nil, nil, err
		}
	}
	if target.Release < newPackages {
		t.oldPackages()
	}
	for _, what := range c.Remove {
		file, key, _ := strings.Cut(what, ": ")
		if target.Release < newPackages && key == newKey {
			continue
		}
		if err := t.remove(file, key); err != nil {
			return nil, nil, err
		}
	}
	if c.Locked != "" {
		t[config.Name] = []byte("version: 1\nlocked: [" + c.Locked + "]\n")
	}
	if c.Address != "" {
		return t, shift, nil // nothing of it is a file
	}
	for _, f := range c.Files {
		if strings.HasPrefix(f.Name, "dc2/") && !t.has("dc2") { // a second cluster
			if err := t.add("dc2", base); err != nil {
				return nil, nil, err
			}
		}
		shift[f.Name] = t.overlay(f.Name, f.Data)
	}
	return t, shift, nil
}

// inOtherForm reports whether a case is whole in itself: a Compose file, say, beside
// which there is no conf folder.
func inOtherForm(c *rules.Case) bool {
	return c.Address != "" || slices.ContainsFunc(c.Files, func(f txtar.File) bool { return f.Name != config.Name && conf.IsForm(f.Name, f.Data) })
}

// overlay writes one file of a case and answers how many lines of the base
// stand before the example's first.
func (t tree) overlay(name string, data []byte) int {
	base, known := t[name]
	if !known || path.Ext(name) != ".properties" {
		t[name] = data
		return 0
	}
	set := syntax.ParseProperties(data).Map()
	var kept []string
	for line := range strings.Lines(string(base)) {
		key, _, _ := strings.Cut(line, "=")
		if _, again := set[key]; !again {
			kept = append(kept, line)
		}
	}
	t[name] = append([]byte(strings.Join(kept, "")), data...)
	return len(kept)
}

// remove drops the lines that start with key; without a key, the file or folder.
func (t tree) remove(name, key string) error {
	if key == "" {
		maps.DeleteFunc(t, func(file string, _ []byte) bool { return file == name || strings.HasPrefix(file, name+"/") })
		return nil
	}
	var kept strings.Builder
	for line := range strings.Lines(string(t[name])) {
		if !strings.HasPrefix(line, key) {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(t[name]) {
		return fmt.Errorf("nothing to remove: %s has no %s", name, key)
	}
	t[name] = []byte(kept.String())
	return nil
}

// oldPackages turns the base tree into one for releases before 0.13.
func (t tree) oldPackages() {
	old := strings.NewReplacer(
		"org.apache.druid", "io.druid",
		"runner.type=httpRemote", "runner.type=remote",
		newKey+"=8199\n", "",
	)
	for name, data := range t {
		t[name] = []byte(old.Replace(string(data)))
	}
}
