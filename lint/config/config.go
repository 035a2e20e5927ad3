// Package config reads .implycheck.yaml, in which the owners of configuration
// trees say what the trees do not tell, and what they choose not to hear.
//
// One file counts for a tree: the nearest one, looked for in the tree's folder
// and those above it, up to the root of the repository (the folder that holds
// .git) or of the file system. Files are not merged: what a file says can be
// read in that file. Its globs and paths start at the folder it lies in.
//
// The file is strict. A key, rule or value that is not known is an error with
// its place and what was perhaps meant, for a setting that is silently ignored is
// worse than none. All mistakes of a file are told at once.
//
// What is effective for a path is a stack of layers: the file's own settings,
// then each entry of paths: whose glob matches, in the order of the file, then
// flags. Of each fact the last layer counts (see fact.go), and every value keeps
// where it came from. Nothing here depends on the command line or on the clock:
// both are handed in.
package config

import (
	"path/filepath"
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/disk"
)

// Name is what the file is called.
const Name = ".implycheck.yaml"

// Version is the version of the format.
const Version = "1"

// Config is one file. The zero Config says nothing and is that of a tree
// without a file.
type Config struct {
	// File is the file as users see it; empty if there is none.
	File string
	// Exclude are files that nobody wants to hear of. A tree whose folder is
	// excluded is not linted at all.
	Exclude []Glob
	// Policies are files and folders, relative ones already joined to the
	// folder of the config file.
	Policies []Path
	// Baseline is the file of known findings, joined in the same way.
	Baseline Path
	// LockedRules are those that no comment may silence.
	LockedRules []LockedRule
	Ignores     []*Ignore

	block
	paths []entry
	// foreign are the names of rules that only a policy can have.
	foreign []foreign
	dir     string    // the file's folder, absolute
	work    string    // the working directory when it was read, absolute
	bounded disk.Name // the file, and the folder that what it names lies in
}

// Path names a file or folder, and where the config file does so. It lies in the
// repository of the config file, or in the file's folder where there is none.
type Path struct {
	disk.Name
	At Origin
}

// LockedRule is the name of a rule, and where the file locks it.
type LockedRule struct {
	Name string
	At   Origin
}

// block is what can be said for everything and for some paths.
type block struct {
	facts []Fact
	rules map[string]Change
}

// entry is one of paths:.
type entry struct {
	globs []Glob
	block
}

// Locked reports whether no comment may silence a rule.
func (c *Config) Locked(rule string) bool {
	return slices.ContainsFunc(c.LockedRules, func(l LockedRule) bool { return l.Name == rule })
}

// relative is a path as the globs of the file see it.
func (c *Config) relative(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.work, path)
	}
	if rel, err := filepath.Rel(c.dir, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}

// origin is a place in the file.
func (c *Config) origin(at syntax.Position) Origin {
	return Origin{File: c.File, Line: at.Line, Column: at.Column}
}
