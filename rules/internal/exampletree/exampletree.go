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
	dir, err := os.MkdirTemp("", "implycheck-example-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	o := lint.Options{Paths: []string{dir}, Facts: map[string]string{"target": schema.DefaultTarget.Name}, Today: today, ByFile: true}
	maps.Copy(o.Facts, c.Facts)
	target := schema.DefaultTarget
	if name := o.Facts["target"]; name != "auto" {
		if target, err = schema.ParseTarget(name); err != nil {
			return nil, err
		}
	}
	shift, err := build(dir, base, c, target)
	if err != nil {
		return nil, err
	}
	beside(&o, dir)
	r, err := lint.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	for i := range r.Findings {
		relative(&r.Findings[i], dir, shift)
	}
	return r.Findings, nil
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

// build writes the tree of a case, and answers how many lines of the base stand
// before the first line of each of the case's files.
func build(dir, base string, c *rules.Case, target schema.Target) (map[string]int, error) {
	if !inOtherForm(c) {
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			return nil, err
		}
	}
	if target.Release < 13 {
		if err := oldPackages(dir); err != nil {
			return nil, err
		}
	}
	for _, what := range c.Remove {
		file, key, _ := strings.Cut(what, ": ")
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
	return slices.ContainsFunc(c.Files, func(f txtar.File) bool { return f.Name != config.Name && conf.IsForm(f.Name, f.Data) })
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
		"druid.indexer.runner.endPort=8199\n", "", // came with 0.13
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
