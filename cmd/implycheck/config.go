package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/schema"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Begin, look at and verify a config file",
		Long: `A file named ` + config.Name + ` says what configuration trees do not tell (the
release, the servers) and what their owners choose not to hear. The nearest one
upward from a tree counts, up to the root of the repository; files are not merged.
Its shape is in docs/config.schema.json.`,
		Example: `  implycheck config init
  implycheck config show clusters/dev/conf
  implycheck config verify`,
		Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return errors.New("config what? Say init, show or verify") },
	}
	cmd.AddCommand(newConfigInit(), newConfigShow(), newConfigVerify())
	return cmd
}

func newConfigInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a config file to begin with",
		Args:  arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := filepath.Join(strings.Join(args, ""), config.Name)
			err := edit.Write(disk.User(file), edit.File{New: true}, func(f *os.File) error {
				_, err := f.WriteString(config.Starter)
				return err
			})
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s exists, and is left as it is", file)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s\n", file)
			return err
		},
	}
}

func newConfigVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Look for mistakes in a config file",
		Long: `Verify reads a config file, the one upward from here if none is named, and tells
everything that is wrong with it.`,
		Args: arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			finder := config.Finder{File: strings.Join(args, "")}
			c, err := finder.Find(".")
			if err != nil {
				return err
			}
			if c.File == "" {
				return fmt.Errorf("there is no %s here or above: implycheck config init writes one", config.Name)
			}
			var names []string
			var runner policy.Runner
			defer runner.Close()
			for _, file := range c.Policies {
				p, err := runner.Load(cmd.Context(), file.Name)
				if err != nil {
					return err
				}
				names = append(names, p.Rules()...)
			}
			if err := c.CheckRules(names); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: ok\n", c.File)
			return err
		},
	}
}

func newConfigShow() *cobra.Command {
	var flags configFlags
	var format string
	cmd := &cobra.Command{
		Use:   "show [flags] [PATH]",
		Short: "Show what is effective for a path, and where it comes from",
		Long: `Show prints what lint would take for a tree or a file: the config file, the
default or the flag that each value comes from, the rules that it changes, and the
rest of the file. It reads config files only, not the tree.`,
		Example: `  implycheck config show clusters/dev/conf
  implycheck config show --target druid-28 --format json conf/`,
		Args: arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, known := showFormats.Get()[format]
			if !known {
				return fmt.Errorf("--format: unknown %q: write text or json", format)
			}
			path := "."
			if len(args) > 0 {
				path = args[0]
			}
			settings, err := flags.settings(cmd.Flags(), path)
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), newSettingsDoc(path, settings))
		},
	}
	f := cmd.Flags()
	f.String("target", "auto", "as in lint")
	f.String("deployment", "auto", "as in lint")
	f.String("fail-on", "error", "as in lint")
	f.StringVar(&format, "format", "text", "output format: text or json")
	addTopologyFlags(f)
	flags.add(f)
	complete(cmd, "target", append([]string{"auto"}, schema.TargetNames()...))
	complete(cmd, "deployment", config.Deployments)
	complete(cmd, "format", []string{"text", "json"})
	return cmd
}
