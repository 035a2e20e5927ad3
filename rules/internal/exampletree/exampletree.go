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
	dir, shift, err := build(base, c, target)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	found, err := lintIn(ctx, dir, base, c, target.Name)
	for i := range found {
		relative(&found[i], dir, shift)
	}
	return found, err
}

// Severities lints a case under the releases at hand, and answers how bad the
// findings of a rule are at worst in each; 0 where it has none. Of two neighbours
// that differ it asks all between them.
func Severities(ctx context.Context, base string, c *rules.Case, id string, releases []schema.Release) (map[schema.Release]finding.Severity, error) {
	worst := map[schema.Release]finding.Severity{}
	dirs := map[bool]string{} // with the new packages, and without
	ask := func(r schema.Release) error {
		target, err := schema.ParseTarget("druid-" + r.String())
		if err != nil {
			return err
		}
		dir, made := dirs[r >= newPackages]
		if !made {
			if dir, _, err = build(base, c, target); err != nil {
				return err
			}
			dirs[r >= newPackages] = dir
		}
		found, err := lintIn(ctx, dir, base, c, target.Name)
		worst[r] = 0
		for _, f := range found {
			if f.Rule == id {
				worst[r] = max(worst[r], f.Severity)
			}
		}
		return err
	}
	defer func() {
		for _, dir := range dirs {
			os.RemoveAll(dir)
		}
	}()
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

// lintIn lints the tree of a case under a target, unless the case says one.
func lintIn(ctx context.Context, dir, base string, c *rules.Case, target string) ([]finding.Finding, error) {
	o := lint.Options{Paths: []string{dir}, Facts: maps.Clone(c.Facts), Today: today, ByFile: true}
	if o.Facts == nil {
		o.Facts = map[string]string{}
	}
	if o.Facts["target"] != "auto" {
		o.Facts["target"] = target
	}
	beside(&o, dir)
	if err := running(&o, base, c); err != nil {
		return nil, err
	}
	r, err := lint.Run(ctx, o)
	if err != nil {
		return nil, err
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

// beside says what lies beside the tree of a case: its config file, its baseline,
// and a second cluster.
func beside(o *lint.Options, dir string) {
	o.ConfigFile = filepath.Join(dir, config.Name)
	if !exists(o.ConfigFile) {
		o.ConfigFile, o.NoConfig = "", true
	}
	if known := filepath.Join(dir, "baseline.jsonl"); exists(known) {
		o.Facts["baseline"] = known
	}
	if second := filepath.Join(dir, "dc2"); exists(second) {
		o.Paths = []string{filepath.Join(dir, "conf"), second}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// relative takes the folder of the example out of a finding.
func relative(f *finding.Finding, dir string, shift map[string]int) {
	f.Tree = ""
	move(&f.Location, dir, shift)
	for _, text := range []*string{&f.Message, &f.Help, &f.Effect} {
		*text = strings.ReplaceAll(*text, dir+"/", "")
	}
	for j := range f.Related {
		move(&f.Related[j].Location, dir, shift)
		f.Related[j].Message = strings.ReplaceAll(f.Related[j].Message, dir+"/", "")
	}
}

// move makes a place one of the example's text.
func move(l *finding.Location, dir string, shift map[string]int) {
	l.File = strings.TrimPrefix(l.File, dir+"/")
	if l.Line > 0 {
		l.Line -= shift[l.File]
		l.EndLine -= shift[l.File]
	}
}

// newPackages is the release that renamed io.druid to org.apache.druid, and that
// newKey came with.
const (
	newPackages = 13
	newKey      = "druid.indexer.runner.endPort"
)

// build makes a folder with the tree of a case, and answers how many lines of the
// base stand before the first line of each of the case's files.
func build(base string, c *rules.Case, target schema.Target) (dir string, shift map[string]int, err error) {
	if dir, err = os.MkdirTemp("", "implycheck-example-"); err != nil {
		return "", nil, err
	}
	if shift, err = fill(dir, base, c, target); err != nil {
		os.RemoveAll(dir)
	}
	return dir, shift, err
}

func fill(dir, base string, c *rules.Case, target schema.Target) (map[string]int, error) {
	if !inOtherForm(c) {
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			return nil, err
		}
	}
	if target.Release < newPackages {
		if err := oldPackages(dir); err != nil {
			return nil, err
		}
	}
	for _, what := range c.Remove {
		file, key, _ := strings.Cut(what, ": ")
		if target.Release < newPackages && key == newKey {
			continue
		}
		if err := remove(filepath.Join(dir, file), key); err != nil {
			return nil, err
		}
	}
	if c.Locked != "" {
		text := "version: 1\nlocked: [" + c.Locked + "]\n"
		if err := os.WriteFile(filepath.Join(dir, config.Name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	shift := map[string]int{}
	if c.Address != "" {
		return nil, nil // nothing of it is a file
	}
	for _, f := range c.Files {
		second := filepath.Join(dir, "dc2") // a second cluster
		if strings.HasPrefix(f.Name, "dc2/") && !exists(second) {
			if err := os.CopyFS(second, os.DirFS(base)); err != nil {
				return nil, err
			}
		}
		n, err := overlay(filepath.Join(dir, f.Name), f.Data)
		if err != nil {
			return nil, err
		}
		shift[f.Name] = n
	}
	return shift, nil
}

// inOtherForm reports whether a case is whole in itself: a Compose file, say, beside
// which there is no conf folder.
func inOtherForm(c *rules.Case) bool {
	return c.Address != "" || slices.ContainsFunc(c.Files, func(f txtar.File) bool { return f.Name != config.Name && conf.IsForm(f.Name, f.Data) })
}

// overlay writes one file of a case and answers how many lines of the base
// stand before the example's first.
func overlay(full string, data []byte) (int, error) {
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return 0, err
	}
	base, err := os.ReadFile(full)
	if err != nil || path.Ext(full) != ".properties" {
		return 0, os.WriteFile(full, data, 0o644)
	}
	set := syntax.ParseProperties(data).Map()
	var kept []string
	for line := range strings.Lines(string(base)) {
		key, _, _ := strings.Cut(line, "=")
		if _, again := set[key]; !again {
			kept = append(kept, line)
		}
	}
	return len(kept), os.WriteFile(full, append([]byte(strings.Join(kept, "")), data...), 0o644)
}

// remove drops the lines that start with key; without a key, the file.
func remove(file, key string) error {
	if key == "" {
		return os.RemoveAll(file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, key) {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(data) {
		return fmt.Errorf("nothing to remove: %s has no %s", file, key)
	}
	return os.WriteFile(file, []byte(kept.String()), 0o644)
}

// oldPackages turns the base tree into one for releases before 0.13.
func oldPackages(dir string) error {
	old := strings.NewReplacer(
		"org.apache.druid", "io.druid",
		"runner.type=httpRemote", "runner.type=remote",
		newKey+"=8199\n", "",
	)
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(old.Replace(string(data))), 0o644)
	})
}
