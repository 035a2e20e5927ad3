package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// filesFlags say what becomes of a plan: files, or a diff against some.
type filesFlags struct {
	write     string
	form      string
	force     bool
	conf      string
	addresses scaffold.Addresses
}

func (w *filesFlags) add(f *pflag.FlagSet) {
	f.StringVar(&w.write, "write", "", "write a conf tree into this folder, or what --form says")
	f.StringVar(&w.form, "form", "conf", "with --write: the form to write: "+strings.Join(scaffold.Forms(), ", "))
	f.BoolVar(&w.force, "force", false, "with --write: replace files that are there; implycheck restore puts the old ones back")
	f.StringVar(&w.addresses.ZooKeeper, "zookeeper", "", "with --write: ZooKeeper servers, h1:2181,h2:2181,h3:2181")
	f.StringVar(&w.addresses.Metadata, "metadata", "", "with --write: metadata store, postgresql://user@db.internal/druid, mysql://... or derby")
	f.StringVar(&w.addresses.DeepStorage, "deep-storage", "", "with --write: deep storage, s3://bucket/prefix, gs://, azure://, hdfs:// or file:///folder")
	f.StringVar(&w.conf, "conf", "", "compare with this configuration, in any form: what to change there, as a unified diff")
}

// check refuses flags that do not go together.
func (w *filesFlags) check(f *pflag.FlagSet) error {
	format, _ := f.GetString("format")
	switch {
	case w.write != "" && w.conf != "":
		return errors.New("--write makes a new tree and --conf compares with an old one: say one of them")
	case w.write == "" && f.Changed("form"):
		return errors.New("--form goes with --write: what --conf names has its form already")
	case w.write == "" && w.force:
		return errors.New("--force goes with --write")
	case w.write == "" && w.addresses != scaffold.Addresses{}:
		return errors.New("--zookeeper, --metadata and --deep-storage go with --write")
	case w.conf == "" && format == "diff":
		return errors.New("--format diff compares with a tree: say which with --conf")
	case w.conf != "" && format != "diff" && f.Changed("format"):
		return fmt.Errorf("--conf answers with a diff, not with %s: leave --format or --conf out", format)
	}
	return nil
}

// writeTree writes the plan's files, and says what there is left to do.
func (w *filesFlags) writeTree(log io.Writer, plan sizing.Plan) error {
	site, err := scaffold.ParseSite(w.addresses)
	if err != nil {
		return err
	}
	list, err := scaffold.FilesIn(w.form, plan, site)
	if err != nil {
		return fmt.Errorf("--form: %w", err)
	}
	written, err := w.replace(log, list)
	if err != nil {
		return err
	}
	files := written.New + len(written.Replaced)
	fmt.Fprintf(log, "wrote %s to %s", count(files, "file", "files"), w.write)
	if written.Unchanged > 0 {
		fmt.Fprintf(log, ", %d were so already", written.Unchanged)
	}
	fmt.Fprintln(log)
	for _, note := range plan.Notes {
		fmt.Fprintln(log, "note:", note)
	}
	for i, step := range scaffold.Todo(w.form, w.write, plan, site, list) {
		fmt.Fprintf(log, "to do %d: %s\n", i+1, step.Text)
		for _, command := range step.Commands {
			fmt.Fprintln(log, "   ", command)
		}
	}
	return nil
}

// replace writes files. Of those that it replaces it makes a backup before.
func (w *filesFlags) replace(log io.Writer, list []scaffold.File) (scaffold.Written, error) {
	var backups edit.Backups
	var id string
	keep := func(old []scaffold.Replaced) error {
		saved := make([]edit.SavedFile, len(old))
		for i, f := range old {
			saved[i] = edit.Saved(conf.RealPath(f.Path), f.Before, f.After)
		}
		var err error
		backups, id, err = saveFiles(saved)
		return err
	}
	if !w.force {
		keep = nil
	}
	written, err := scaffold.Write(w.write, list, keep)
	if err != nil {
		return written, unused(backups, id, err)
	}
	for _, f := range written.Replaced {
		fmt.Fprintln(log, "replaced", f.Path)
	}
	if id != "" {
		fmt.Fprintf(log, "implycheck restore %s puts back what was replaced\n", id)
	}
	return written, nil
}

// openConf reads the tree of --conf, nil without it. Where --target does not say
// what the tree is written for, the tree tells.
func (w *filesFlags) openConf(ctx context.Context, f *pflag.FlagSet, target *schema.Target) (*conf.Tree, error) {
	if w.conf == "" {
		return nil, nil
	}
	var config configFlags
	name, o := w.conf, conf.Options{TargetOf: config.files().TargetOf}
	if f.Changed("target") {
		o.Target = target
	}
	if strings.HasPrefix(filepath.Clean(name), "..") { // a patch must not climb
		if full, err := filepath.Abs(name); err == nil {
			name = full
		}
	}
	tree, err := openOne(ctx, name, o)
	if err != nil {
		return nil, fmt.Errorf("--conf: %w", err)
	}
	if tree.Running() {
		return nil, fmt.Errorf("--conf: %s is a running cluster: name the files that it was started with", tree.Path)
	}
	*target = tree.Target
	return tree, nil
}

// diff writes what the plan changes in a tree.
func (w *filesFlags) diff(ctx context.Context, out, log io.Writer, tree *conf.Tree, plan sizing.Plan) error {
	changes, notes, err := retuned(ctx, tree, plan)
	if err != nil {
		return err
	}
	text, masked := retune.Diff(changes)
	fmt.Fprintf(log, "sized for %s: %s\n", tree.Target.Name, tree.TargetReason)
	if filepath.IsAbs(tree.Path) && text != "" {
		fmt.Fprintln(log, "the paths of the diff begin at /: apply it there")
	}
	for _, note := range notes {
		fmt.Fprintln(log, "note:", note)
	}
	for _, path := range masked {
		fmt.Fprintf(log, "note: %s: a secret, or a character that a terminal obeys, next to the change is not shown, and this part of the diff does not apply\n", path)
	}
	_, err = io.WriteString(out, text)
	return err
}

// rounds bounds how often a plan is applied to what it has made of a form: what the
// image's script makes of one variable may depend on another.
const rounds = 4

// retuned is what a plan changes in a tree. In another form than a conf folder what is
// written is read again, as the processes will: what did not get through is a note.
func retuned(ctx context.Context, tree *conf.Tree, plan sizing.Plan) ([]retune.Change, []string, error) {
	changes, notes := retune.Apply(tree, plan)
	if tree.Form == conf.FormConf {
		return changes, notes, nil
	}
	target, overlay := tree.Target, map[string][]byte{}
	all := changes
	for round := 0; len(changes) > 0; round++ {
		if round == rounds {
			return all, append(notes, fmt.Sprintf("%s: the plan does not come through as it is written: compare implycheck show with it", tree.Path)), nil
		}
		for _, c := range changes {
			overlay[conf.RealPath(c.Path)] = c.After
		}
		again, err := openOne(ctx, tree.Path, conf.Options{Target: &target, Form: tree.Form, Overlay: overlay})
		if err != nil {
			return nil, nil, fmt.Errorf("%s: what size would write cannot be read again: %w", tree.Path, err)
		}
		changes, _ = retune.Apply(again, plan)
		all = retune.Merge(all, changes)
	}
	return all, notes, nil
}
