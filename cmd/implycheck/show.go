package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// showFlags are what a user may say to show.
type showFlags struct {
	open               openFlags
	format, service    string
	peon, all, secrets bool
}

func newShow() *cobra.Command {
	var flags showFlags
	formats := slices.Sorted(maps.Keys(report.EffectiveFormats.Get()))
	cmd := &cobra.Command{
		Use:   "show [flags] PATH [PATTERN]",
		Short: "Show what each process effectively gets, and from where",
		Long: `Show prints the effective configuration of each process of a tree: the value that
counts, how it reads in people's units, the line or flag it comes from, what it
overrules, and whether this process reads it at all. With PATTERN, only the keys
and flags that contain it; a * in it stands for any text.

A process that does not read a key may share its file with one that does: what
is unread in a shared file is no mistake.`,
		Example: `  implycheck show conf/
  implycheck show conf/ processing
  implycheck show --service historical --all conf/ 'druid.server.http.*'
  implycheck show --peon conf/
  implycheck show --service broker --format properties conf/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("show what? Name one configuration tree, and perhaps a part of a key, as in: implycheck show conf/ processing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := report.EffectiveFormats.Get()[flags.format]
			if !ok {
				return fmt.Errorf("--format: unknown %q: write one of %s", flags.format, strings.Join(formats, ", "))
			}
			tree, err := flags.open.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			processes, err := flags.processes(tree)
			if err != nil {
				return err
			}
			if processes, err = choose(processes, strings.Join(args[1:], ""), tree.Target); err != nil {
				return err
			}
			if !flags.secrets {
				processes = effective.Hide(tree, processes)
			}
			return write(cmd.OutOrStdout(), report.Effective{Root: tree.Path, Target: tree.Target.Name, Processes: processes})
		},
	}
	f := cmd.Flags()
	flags.open.add(cmd, "the tree is")
	f.StringVar(&flags.format, "format", "text", "output format: "+strings.Join(formats, ", "))
	f.StringVar(&flags.service, "service", "", "only the processes of this name, such as historical")
	f.BoolVar(&flags.peon, "peon", false, "what a task gets: the MiddleManager's properties, fork properties and javaOpts combined")
	f.BoolVar(&flags.all, "all", false, "also the defaults of what the processes read")
	f.BoolVar(&flags.secrets, "show-secrets", false, "print passwords and keys, which are hidden otherwise")
	cmd.MarkFlagsMutuallyExclusive("service", "peon")
	complete(cmd, "format", formats)
	complete(cmd, "service", conf.ServiceNames())
	return cmd
}

// processes are those that the flags ask for.
func (f showFlags) processes(t *conf.Tree) ([]effective.Process, error) {
	o := effective.Options{All: f.all}
	if f.peon {
		if peons := effective.Peons(t, o); len(peons) > 0 {
			return peons, nil
		}
		return nil, fmt.Errorf("--peon: nothing in %s starts tasks: it configures no MiddleManager", t.Path)
	}
	processes := effective.Of(t, o)
	if f.service == "" {
		return processes, nil
	}
	var names []string
	for _, p := range processes {
		names = append(names, p.Service)
	}
	processes = slices.DeleteFunc(processes, func(p effective.Process) bool { return p.Service != f.service })
	if len(processes) == 0 {
		return nil, fmt.Errorf("--service: %s configures no %q%s", t.Path, f.service, oneOf(f.service, names))
	}
	return processes, nil
}

// oneOf says what somebody may have meant, and else what there is.
func oneOf(name string, options []string) string {
	if near, ok := text.Nearest(name, options); ok {
		return "; did you mean " + near + "?"
	}
	return ": write one of " + strings.Join(slices.Compact(options), ", ")
}

// choose keeps the keys and flags that fit the pattern, and the processes that
// have any.
func choose(processes []effective.Process, pattern string, t schema.Target) ([]effective.Process, error) {
	if pattern == "" {
		return processes, nil
	}
	parts := strings.Split(strings.ToLower(pattern), "*")
	fits := func(name string) bool { return containsInOrder(strings.ToLower(name), parts) }
	var chosen []effective.Process
	for _, p := range processes {
		p.Values = slices.DeleteFunc(p.Values, func(v effective.Value) bool { return !fits(v.Key) })
		p.Flags = slices.DeleteFunc(p.Flags, func(f effective.Flag) bool { return !fits(f.Name) })
		if len(p.Values)+len(p.Flags) > 0 {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) == 0 {
		message := fmt.Sprintf("nothing like %q is set; --all shows defaults too", pattern)
		if near := schema.Suggest(pattern, t.Release); len(near) > 0 {
			message += "; did you mean " + strings.Join(near, " or ") + "?"
		}
		return nil, errors.New(message)
	}
	return chosen, nil
}
