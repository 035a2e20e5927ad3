// Command implycheck checks the configuration of Apache Druid and Imply
// clusters before anything is started.
//
// This package is thin: one file a subcommand, each parses its flags, calls the
// packages that know, renders, and answers an exit code.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/lint/policy"
)

// version is set by the release build, and by make.
var version string

// versionOf is the version that was set, else that of the module: go install has it
// from the tag, go build in a work tree from git.
func versionOf(set string, read func() (*debug.BuildInfo, bool)) string {
	if set != "" {
		return set
	}
	if info, ok := read(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return "dev"
}

func programVersion() string { return versionOf(version, debug.ReadBuildInfo) }

func main() {
	if len(os.Args) == 2 && os.Args[1] == policy.WorkerArgument {
		policy.Work()
		return
	}
	policy.Program, _ = os.Executable()
	saveTime(1)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main with its streams, so that tests can call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(askedFor(args))
	root.SetArgs(args)
	root.SetIn(stdin)
	console := report.NewConsole(stdout)
	root.SetOut(console)
	root.SetErr(report.NewLog(stderr, conf.Masker()))
	if code := execute(root); code != exitClean || console.Err() == nil {
		return code
	}
	fmt.Fprintf(root.ErrOrStderr(), "implycheck: %v\n", console.Err())
	return exitUsage
}

// commands are the subcommands, in no order: help sorts them.
var commands = [...]struct {
	name string
	make func() *cobra.Command
}{
	{"lint", newLint},
	{"lsp", newLSP},
	{"baseline", newBaseline},
	{"config", newConfig},
	{"export", newExport},
	{"policy", newPolicy},
	{"ports", newPorts},
	{"preflight", newPreflight},
	{"show", newShow},
	{"diff", newDiff},
	{"restore", newRestore},
	{"size", newSize},
	{"plan", newPlan},
	{"hardware", newHardware},
	{"instances", newInstances},
	{"rules", newRules},
	{"explain", newExplain},
	{"properties", newProperties},
	{"version", newVersion},
}

// askedFor is the subcommand that the arguments begin with; empty for what needs
// to know them all: help, completion and a mistyped name.
func askedFor(args []string) string {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			return c.name
		}
	}
	return ""
}

// newRoot makes the command with all subcommands, or with the one asked for:
// making them all would be a tenth of a start.
func newRoot(asked string) *cobra.Command {
	root := &cobra.Command{
		Use:   "implycheck",
		Short: "Check and size the configuration of Apache Druid and Imply clusters",
		Long: `implycheck reads the configuration of an Apache Druid or Imply cluster, a conf/
tree, a Compose file or resources of Kubernetes, and says what is wrong with it,
before anything is started: offline, in milliseconds, with file, line, reason and
remedy. From a server's hardware it computes what the processes on it should get.`,
		Example: `  implycheck lint conf/
  implycheck size --instance r4.2xlarge
  implycheck lint --target imply-3.0.19 --format json conf/ > findings.json
  implycheck explain mem-direct-insufficient
  implycheck explain druid.processing.numThreads`,
		RunE:                       needsSubcommand,
		Args:                       cobra.ArbitraryArgs,
		DisableFlagsInUseLine:      true,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
	}
	if asked == "" { // no subcommand has --version
		root.Version = programVersion()
		root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(plainHelp(root.HelpFunc()))
	for _, c := range commands {
		if asked == "" || asked == c.name {
			root.AddCommand(c.make())
		}
	}
	// With one command there is nothing to complete or to list.
	root.CompletionOptions.DisableDefaultCmd = asked != ""
	return root
}

// needsSubcommand is what a command does that only has others below it.
func needsSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	hint := "; see " + cmd.CommandPath() + " --help"
	if _, err := os.Lstat(args[0]); err == nil && !cmd.HasParent() {
		hint = "; to check what is there: implycheck lint " + args[0]
	} else if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return fmt.Errorf("%s has no command %q%s", cmd.Name(), args[0], hint)
}

// arguments are how many a command takes; ask is what it says where some are missing.
func arguments(least, most int, ask string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < least:
			return errors.New(ask)
		case n > most && most == 0:
			return fmt.Errorf("%s takes flags only, and was given %q; see %s --help", cmd.Name(), args[0], cmd.CommandPath())
		case n > most:
			return fmt.Errorf("%s takes %s, and was given %d; see %s --help", cmd.Name(), count(most, "argument", "arguments"), n, cmd.CommandPath())
		}
		return nil
	}
}

// plainHelp prints help without what the library writes behind flags that are there
// or not: nobody types --ha=true.
func plainHelp(help func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		out := cmd.OutOrStdout()
		var text bytes.Buffer
		cmd.SetOut(&text)
		help(cmd, args)
		cmd.SetOut(out)
		const noise = "[=true|false]"
		_, _ = io.WriteString(out, strings.ReplaceAll(text.String(), noise, strings.Repeat(" ", len(noise))))
	}
}

// flagError names the flag that a misspelt one may have been meant for.
func flagError(cmd *cobra.Command, err error) error {
	wrong, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near, found := text.Nearest(wrong, names); found {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "implycheck", programVersion())
			return err
		},
	}
}
