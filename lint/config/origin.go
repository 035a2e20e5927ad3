package config

import (
	"cmp"
	"fmt"

	"github.com/implycheck/implycheck/finding"
)

// Origin says where a value comes from: a flag, a place in a file, or neither,
// which is the default.
type Origin struct {
	Flag   string `json:"flag,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String is the origin as people read it.
func (o Origin) String() string {
	switch {
	case o.Flag != "":
		return "--" + o.Flag
	case o.File != "":
		return fmt.Sprintf("%s:%d:%d", o.File, o.Line, o.Column)
	}
	return "default"
}

// compare orders places in one file.
func (o Origin) compare(other Origin) int {
	return cmp.Or(cmp.Compare(o.Line, other.Line), cmp.Compare(o.Column, other.Column))
}

// location is the place as findings have it.
func (o Origin) location() finding.Location {
	return finding.Location{File: o.File, Line: o.Line, Column: o.Column}
}
