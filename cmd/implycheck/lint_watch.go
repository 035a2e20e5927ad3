package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint/config"
)

const (
	// glance is how often files are looked at, and how long they must be left alone
	// before they are linted: an editor writes several, or one in pieces.
	glance = 250 * time.Millisecond
	// restless is when files are linted although they change and change.
	restless = 3 * time.Second
	// mostWatched files are looked at, which takes a moment on any machine.
	mostWatched = 50_000
)

// watchFlags keep lint running.
type watchFlags struct {
	on bool
}

func (x *watchFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&x.on, "watch", false, "lint again whenever a file changes, until Ctrl-C; the exit code is that of the last run")
}

// check refuses what has no files, or changes them.
func (x *watchFlags) check(fixes fixFlags, paths []string) error {
	switch {
	case !x.on:
		return nil
	case fixes.asked():
		return errors.New("--watch only looks, and --fix and --diff are for one run: say one of them")
	case slices.Contains(paths, "-"):
		return errors.New("--watch: standard input does not change: name the files")
	case slices.ContainsFunc(paths, conf.IsCluster):
		return errors.New("--watch looks at files, and a running cluster has none: name the files that it was started with")
	}
	return nil
}

// watcher lints again and again.
type watcher struct {
	flags   lintFlags
	paths   []string
	outputs []output
	screen  bool // standard output is a terminal, and is cleared
	// baseline is the file of known findings, where a flag names one.
	baseline string
	report   *finding.Report
}

// run lints until the context ends, and answers as the last run does.
func (w *watcher) run(cmd *cobra.Command, once func() (*finding.Report, error)) error {
	var last error
	w.screen = report.IsTerminal(cmd.OutOrStdout())
	for first := true; ; first = false {
		before := w.stamps(cmd.ErrOrStderr(), first)
		w.begin(cmd.OutOrStdout(), first)
		r, err := once()
		var exit exitError
		switch {
		case cmd.Context().Err() != nil && !first:
			return last
		case first && err != nil && !errors.As(err, &exit): // a typing error, as a rule
			return err
		case err != nil && !errors.As(err, &exit):
			for _, one := range each(err) {
				fmt.Fprintf(cmd.ErrOrStderr(), "implycheck: %v\n", one)
			}
			err = exitError(exitUsage)
		}
		if last = err; r != nil {
			w.report = r
		}
		if first { // only now is known which trees there are
			for name, stamp := range w.stamps(io.Discard, false) {
				if _, seen := before[name]; !seen {
					before[name] = stamp
				}
			}
		}
		if w.screen {
			fmt.Fprintf(report.Raw(cmd.OutOrStdout()), "\n%s: waiting for a change; Ctrl-C ends\n", time.Now().Format(time.TimeOnly))
		}
		if !w.wait(cmd.Context(), before) {
			return last
		}
	}
}

// begin clears the screen, or sets apart what comes from what was.
func (w *watcher) begin(out io.Writer, first bool) {
	switch {
	case w.screen:
		fmt.Fprint(report.Raw(out), "\x1b[H\x1b[2J\x1b[3J")
	case !first && slices.Contains([]string{"text", "compact"}, w.flags.output.format):
		fmt.Fprintf(out, "\n---- %s\n\n", time.Now().Format(time.RFC3339))
	}
}

// wait waits until files have changed and are left alone, and answers false when the
// context ends before.
func (w *watcher) wait(ctx context.Context, before map[string]disk.Stamp) bool {
	seen, changed := before, time.Time{}
	for {
		start := time.Now()
		now := w.stamps(io.Discard, false)
		switch {
		case !maps.Equal(now, seen):
			if seen = now; changed.IsZero() {
				changed = start
			}
			if time.Since(changed) > restless {
				return true
			}
		case !changed.IsZero():
			return true
		}
		// Nine tenths of the time nothing is done, however slow the disk is.
		select {
		case <-ctx.Done():
			return false
		case <-time.After(max(glance, 9*time.Since(start))):
		}
	}
}

// stamps looks at all that a run reads: the paths and the trees around them, the
// configuration files above them, policies and baselines.
func (w *watcher) stamps(log io.Writer, tell bool) map[string]disk.Stamp {
	tops := slices.Clone(w.paths)
	if w.report != nil {
		for _, t := range w.report.Trees {
			tops = append(tops, filepath.FromSlash(t.Path))
		}
	}
	tops = append(tops, w.flags.run.options.Policies...)
	for _, top := range slices.Clone(tops) {
		for dir, err := filepath.Abs(top); err == nil; dir = filepath.Dir(dir) {
			tops = append(tops, filepath.Join(dir, config.Name))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	slices.Sort(tops)
	tops = slices.Compact(append(tops, w.flags.run.config.file, w.baseline))
	tops = slices.DeleteFunc(tops, func(top string) bool { return top == "" })
	stamps, all := disk.Stamps(tops, mostWatched, watched)
	for _, out := range w.outputs { // or each run would be the reason for the next
		if out.file != "" {
			own := conf.RealPath(out.file)
			maps.DeleteFunc(stamps, func(name string, _ disk.Stamp) bool { return conf.RealPath(name) == own })
		}
	}
	if tell && !all {
		fmt.Fprintf(log, "note: only the first %d files are watched: name a smaller folder\n", mostWatched)
	}
	return stamps
}

// watched tells what a change of may change a report: not the reports themselves.
func watched(file string, folder bool) bool {
	name := path.Base(file)
	if folder {
		return conf.Entered(name)
	}
	return conf.Concerns(file) || name == config.Name || strings.HasSuffix(name, ".cue") || conf.IsArchive(name)
}
