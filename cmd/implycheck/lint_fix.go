package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/fix"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint"
)

// fixFlags say what becomes of the fixes that findings carry.
type fixFlags struct {
	fix, unsafe, diff, interactive bool
}

func (x *fixFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&x.fix, "fix", false, "apply the safe fixes to the files, and report what is left; the old files are kept for implycheck restore, passwords included, where only you can read them; with - as PATH the fixed text goes to standard output, and the report to standard error")
	f.BoolVar(&x.interactive, "interactive", false, "with --fix: show every fix and ask before it is made; implycheck restore undoes them")
	f.BoolVar(&x.diff, "diff", false, "print the safe fixes as a patch for git apply, and nothing else; the exit code is 0 then")
	f.BoolVar(&x.unsafe, "unsafe", false, "with --fix or --diff: those fixes too that may not be what the author meant")
}

func (x *fixFlags) asked() bool { return x.fix || x.diff }

// check refuses what cannot be fixed.
func (x *fixFlags) check(f *pflag.FlagSet, paths []string) error {
	switch {
	case x.asked() && slices.ContainsFunc(paths, conf.IsCluster):
		return errors.New("--fix and --diff change files, and a running cluster has none: name the files that it was started with")
	case x.fix && x.diff:
		return errors.New("--fix writes the fixes and --diff shows them: say one of them")
	case x.unsafe && !x.asked():
		return errors.New("--unsafe goes with --fix or --diff")
	case x.interactive && !x.fix:
		return errors.New("--interactive goes with --fix")
	case x.diff && f.Changed("format"):
		return errors.New("--diff prints a patch: leave --format out")
	case !x.asked():
		return nil
	case slices.Contains(paths, "-") && x.diff:
		return errors.New("--diff shows what would be written to files: name the file, or write --fix to get the text of standard input fixed")
	case slices.Contains(paths, "-") && x.interactive:
		return errors.New("--interactive reads its answers from standard input: name the file")
	}
	if i := slices.IndexFunc(paths, conf.IsArchive); i >= 0 {
		return fmt.Errorf("%s: an archive cannot be fixed: unpack it first", paths[i])
	}
	return nil
}

// run lints until there is nothing left to fix, and answers what is found then.
// What the overlay holds comes from standard input: it is printed instead of written.
func (x *fixFlags) run(cmd *cobra.Command, o lint.Options) (*finding.Report, error) {
	out, log := cmd.OutOrStdout(), cmd.ErrOrStderr()
	fixer := fix.Fixer{Unsafe: x.unsafe}
	stdin := o.Overlay
	for name := range stdin {
		fixer.Only = conf.RealPath(name)
	}
	if x.interactive {
		fixer.Ask = newQuestions(cmd).ask
	}
	o.Linted = fixer.Take
	for {
		if changed := fixer.Files(); len(changed) > 0 {
			o.Overlay = changed
		}
		r, err := lintPaths(cmd, o)
		if err != nil {
			return nil, err
		}
		again, err := fixer.Again()
		switch changes := fixer.Changes(); {
		case err != nil:
			return nil, err
		case again:
		case x.diff:
			return r, errors.Join(printPatch(out, log, changes, fixer.Count()), x.noteUnsafe(log, r))
		case stdin != nil:
			return r, printFixed(out, stdin, changes)
		default:
			if err := writeFixes(log, changes, x.interactive); err != nil {
				return nil, err
			}
			return r, errors.Join(printCount(log, "applied", fixer.Count(), len(changes)), x.noteUnsafe(log, r))
		}
	}
}

// writeFixes writes the changed files, and makes a backup of them before. Where none
// can be made, nothing is written if there has to be one.
func writeFixes(log io.Writer, changes []retune.Change, need bool) error {
	if len(changes) == 0 {
		return nil
	}
	backups, id, err := backUp(changes)
	switch {
	case err != nil && need:
		return fmt.Errorf("%w; nothing was written", err)
	case err != nil:
		fmt.Fprintf(log, "note: no backup was made: %v\n", err)
	}
	if err := fix.Write(changes); err != nil {
		return unused(backups, id, err)
	}
	if id != "" {
		fmt.Fprintf(log, "implycheck restore %s undoes this\n", id)
	}
	return nil
}

// printFixed prints what standard input became, and nothing else: not a character of
// it is masked or escaped.
func printFixed(out io.Writer, stdin map[string][]byte, changes []retune.Change) error {
	for _, text := range stdin {
		if len(changes) > 0 {
			text = changes[0].After
		}
		if _, err := report.Raw(out).Write(text); err != nil {
			return err
		}
	}
	return nil
}

func printCount(log io.Writer, did string, fixes, files int) error {
	if fixes == 0 {
		_, err := fmt.Fprintln(log, "nothing to fix")
		return err
	}
	_, err := fmt.Fprintf(log, "%s %s in %s\n", did, count(fixes, "fix", "fixes"), count(files, "file", "files"))
	return err
}

// noteUnsafe says how many findings have a fix that was not asked for.
func (x *fixFlags) noteUnsafe(log io.Writer, r *finding.Report) error {
	left := 0
	for _, f := range r.Findings {
		if f.Fix != nil && !f.Fix.Safe && !x.unsafe {
			left++
		}
	}
	if left == 0 {
		return nil
	}
	_, err := fmt.Fprintf(log, "note: %s with --unsafe\n", count(left, "more finding can be fixed", "more findings can be fixed"))
	return err
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// printPatch prints the changes for git apply, which takes paths below the
// working directory.
func printPatch(out, log io.Writer, changes []retune.Change, fixes int) error {
	outside := false
	for i, c := range changes {
		path, err := belowHere(c.Path)
		if err != nil {
			return err
		}
		outside = outside || filepath.IsAbs(path)
		changes[i].Path = path
	}
	text, left := retune.Patch(changes)
	if _, err := io.WriteString(out, text); err != nil {
		return err
	}
	if outside {
		fmt.Fprintln(log, "note: some files lie outside of the working directory: apply their part with git apply --directory or patch -d / -p1")
	}
	for _, path := range left {
		fmt.Fprintf(log, "note: %s: a change is left out, because the patch would show a secret, or a character that a terminal obeys, in its line or next to it; --fix makes it\n", path)
	}
	return printCount(log, "--fix applies", fixes, len(changes))
}

// belowHere is a path relative to the working directory, or from the root if it
// lies elsewhere.
func belowHere(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(here, full)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(full), nil
	}
	return filepath.ToSlash(rel), nil
}
