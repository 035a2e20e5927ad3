package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/rules"
)

// outputFlags say in which formats a report is written, and where.
type outputFlags struct {
	format  string
	outputs []string
}

func (o *outputFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "text", "output format: "+orList(report.Names()))
	f.StringArrayVar(&o.outputs, "output", nil, "write this format to this file, FORMAT=FILE; FORMAT alone or FORMAT=- means standard output; may be repeated")
}

// output is one format and the file it goes to, "" for standard output.
type output struct {
	flag, format, file string
	write              report.Format
}

// parse reads the flags. Without --output the format goes to standard output;
// with it, only what was asked for.
func (o *outputFlags) parse(f *pflag.FlagSet) ([]output, error) {
	var outputs []output
	if len(o.outputs) == 0 || f.Changed("format") {
		outputs = append(outputs, output{flag: "--format " + o.format, format: o.format})
	}
	for _, text := range o.outputs {
		out := output{flag: "--output " + text}
		var named bool
		out.format, out.file, named = strings.Cut(text, "=")
		if named && out.file == "" {
			return nil, fmt.Errorf("%s: which file? Write --output %s=FILE, or --output %s for standard output", out.flag, out.format, out.format)
		}
		if out.file == "-" {
			out.file = ""
		}
		outputs = append(outputs, out)
	}
	for i := range outputs {
		if err := outputs[i].check(outputs[:i]); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// check finds the format, and refuses what cannot be written beside the outputs
// before it.
func (o *output) check(before []output) (err error) {
	if o.write, err = report.Lookup(o.format); err != nil {
		return fmt.Errorf("%s: %w", o.flag, err)
	}
	for _, b := range before {
		switch {
		case o.file == "" && b.file == "":
			return fmt.Errorf("%s and %s both write to standard output: give one of them a file, as in --output %s=FILE", b.flag, o.flag, o.format)
		case o.file != "" && b.file != "" && filepath.Clean(o.file) == filepath.Clean(b.file):
			return fmt.Errorf("%s and %s write to the same file", b.flag, o.flag)
		}
	}
	if o.file == "" {
		return nil
	}
	if err := edit.Check(disk.User(o.file)); err != nil {
		return fmt.Errorf("%s: %w", o.flag, err)
	}
	return nil
}

// writeOutputs writes the files first, all of them or none: what reads standard
// output may go on as soon as it ends.
func writeOutputs(stdout io.Writer, outputs []output, r *finding.Report, options func(io.Writer) report.Options) error {
	var files edit.Staging
	defer files.Discard()
	for _, out := range outputs {
		if out.file == "" {
			continue
		}
		err := files.AddNamed(disk.User(out.file), edit.File{}, func(f *os.File) error { return out.write(f, r, options(f)) })
		if err != nil {
			return fmt.Errorf("%s: %w", out.flag, err)
		}
	}
	if err := files.Commit(); err != nil {
		return err
	}
	for _, out := range outputs {
		if out.file == "" {
			return out.write(stdout, r, options(stdout))
		}
	}
	return nil
}

// repositoryOf tells where files are in the repository of the first path; nil where
// that is in none. Git is not asked: a folder with .git is the top of one.
func repositoryOf(paths []string) func(file string) string {
	if len(paths) == 0 || conf.IsCluster(paths[0]) {
		return nil
	}
	top, _, err := disk.Repository(paths[0])
	if err != nil || top == "" {
		return nil
	}
	folders := map[string]string{} // in which many files lie
	return func(file string) string {
		dir, base := filepath.Split(file)
		placed, known := folders[dir]
		if !known {
			placed = placeIn(top, dir)
			folders[dir] = placed
		}
		return filepath.ToSlash(filepath.Join(placed, base))
	}
}

// placeIn is a folder as seen from the top of a repository, or else from the root.
func placeIn(top, dir string) string {
	its, rest, err := disk.Repository(filepath.Clean(dir))
	if err == nil && its == top {
		return rest
	}
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return dir
}

// ruleTexts is what formats tell of the rules.
func ruleTexts() []finding.Rule { return textsOf(rules.All()) }

// checkTexts is the same of the checks of preflight.
func checkTexts() []finding.Rule {
	list := allRules()
	return textsOf(list[len(rules.All()):])
}

func textsOf(all []*rules.Rule) []finding.Rule {
	texts := make([]finding.Rule, len(all))
	for i, r := range all {
		texts[i] = finding.Rule{
			ID: r.ID, Severity: r.Severity, Area: string(r.Area), Title: r.Title, Why: r.Why, Effect: r.Effect, Fix: r.Fix,
			Markdown: rules.Page(r, ""), Docs: r.Docs(),
		}
	}
	return texts
}

// orList writes a, b or c.
func orList(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
