package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/lint/since"
)

// operand is one side of a comparison: PATH, PATH@REVISION, PATH:SERVICE, or
// PATH@REVISION:SERVICE.
type operand struct {
	text                    string
	path, revision, service string
}

// operands understands the arguments. A revision alone is compared with what is
// there now.
func operands(args []string) (before, after operand, err error) {
	before = parseOperand(args[0])
	switch {
	case len(args) == 2:
		after = parseOperand(args[1])
	case before.revision != "":
		after = before
		after.text, after.revision = strings.Replace(before.text, "@"+before.revision, "", 1), ""
	default:
		return before, after, fmt.Errorf("compare %s with what? Name a second configuration, a revision as in %[1]s@main, or a version with --to", args[0])
	}
	if (before.service == "") != (after.service == "") {
		return before, after, errors.New("a process is compared with a process: name one on both sides, as in conf:historical conf:broker")
	}
	return before, after, nil
}

// parseOperand takes a text for the path that it is, if it is one.
func parseOperand(text string) operand {
	o := operand{text: text, path: text}
	if exists(text) {
		return o
	}
	if i := strings.LastIndexByte(text, ':'); i > 0 {
		name := slices.IndexFunc(conf.ServiceNames(), func(name string) bool { return strings.EqualFold(name, text[i+1:]) })
		if name >= 0 {
			o.path, o.service = text[:i], conf.ServiceNames()[name]
		}
	}
	if exists(o.path) {
		return o
	}
	for i, c := range o.path { // HEAD@{1} has one too: the first that ends a path
		if c == '@' && exists(o.path[:i]) {
			o.path, o.revision = o.path[:i], o.path[i+1:]
			return o
		}
	}
	return o
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// open reads the trees of a side.
func (o operand) open(ctx context.Context, options conf.Options) ([]*conf.Tree, error) {
	if conf.IsCluster(o.path) {
		options.Form = "" // which says how the other side is kept
	}
	if o.revision != "" {
		if conf.IsArchive(o.path) {
			return nil, fmt.Errorf("%s: an archive has no history: name the tree in its repository", o.text)
		}
		changes, err := since.Since(ctx, o.revision, []string{o.path})
		if err != nil {
			return nil, err
		}
		options.Overlay = changes.Old(o.path)
	}
	return conf.Open(ctx, o.path, options)
}

// find is the process that the operand names.
func (o operand) find(trees []*conf.Tree) (*conf.Service, error) {
	tree, err := theCluster(o.path, trees)
	if err != nil {
		return nil, err
	}
	if s := tree.Service(o.service); s != nil {
		return s, nil
	}
	names := make([]string, len(tree.Services))
	for i, s := range tree.Services {
		names[i] = s.Name
	}
	return nil, fmt.Errorf("%s has no %s: it has %s", o.path, o.service, strings.Join(names, ", "))
}
