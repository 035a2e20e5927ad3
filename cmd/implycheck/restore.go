package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/text"
)

func newRestore() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:   "restore [BACKUP]",
		Short: "Undo what lint --fix, diff --fix or size --force has changed",
		Long: `Restore puts files back as they were before lint --fix, diff --fix or size --write
--force changed them: all files of the newest backup, or of the BACKUP that is named,
or none. Files that were not there before stay. A file that
was changed since then is left alone, and so are all others; the exit code is 2 then.
A file that already is as it was is skipped. A backup that was put back is
deleted, so that the next restore undoes the change before.

Backups are in $XDG_STATE_HOME/implycheck/backups, or in
~/.local/state/implycheck/backups, a folder that only you can read: they hold whole
files, with the passwords in them. The last 50 are kept.`,
		Example: `  implycheck restore --list
  implycheck restore
  implycheck restore 20270331-084500.120-k3x7qd`,
		Args: arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list && len(args) > 0 {
				return errors.New("--list shows all backups: leave the name out")
			}
			backups, err := edit.UserBackups()
			if err != nil {
				return err
			}
			all, err := backups.List()
			switch {
			case err != nil:
				return err
			case list:
				return listBackups(cmd.OutOrStdout(), all)
			case len(all) == 0:
				return fmt.Errorf("there is no backup in %s: lint --fix makes one when it changes a file, and size --write --force when it replaces one", backups)
			}
			one, err := pickBackup(all, args)
			if err != nil {
				return err
			}
			put, err := backups.Restore(one)
			if err != nil {
				return err
			}
			for _, f := range one.Files {
				did := "put back %s\n"
				if !slices.Contains(put, f.Path) {
					did = "%s is as it was before\n"
				}
				fmt.Fprintf(cmd.OutOrStdout(), did, text.Printable(f.Path))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the backups, the newest first, and change nothing")
	return cmd
}

func pickBackup(all []edit.Backup, args []string) (edit.Backup, error) {
	if len(args) == 0 {
		return all[0], nil
	}
	for _, b := range all {
		if b.ID == args[0] {
			return b, nil
		}
	}
	return edit.Backup{}, fmt.Errorf("there is no backup %q; implycheck restore --list shows those that there are", args[0])
}

func listBackups(out io.Writer, all []edit.Backup) error {
	for _, b := range all {
		var paths []string
		for _, f := range b.Files {
			paths = append(paths, text.Printable(f.Path))
		}
		if b.Broken != nil {
			paths = []string{"cannot be read: " + text.Printable(b.Broken.Error())}
		}
		if _, err := fmt.Fprintf(out, "%s  %s\n", b.ID, strings.Join(paths, "\n"+strings.Repeat(" ", len(b.ID)+2))); err != nil {
			return err
		}
	}
	return nil
}

// backUp keeps files as they are before they are changed.
func backUp(changes []retune.Change) (edit.Backups, string, error) {
	files := make([]edit.SavedFile, len(changes))
	for i, c := range changes {
		files[i] = edit.Saved(conf.RealPath(c.Path), c.Before, c.After)
	}
	return saveFiles(files)
}

func saveFiles(files []edit.SavedFile) (backups edit.Backups, id string, err error) {
	if backups, err = edit.UserBackups(); err != nil {
		return backups, "", err
	}
	id, err = backups.Save(files, time.Now())
	return backups, id, err
}

// unused is the error of a change that was not made, without the backup for it; where
// a part of it was made, the error says how to undo that.
func unused(backups edit.Backups, id string, err error) error {
	var stuck *edit.StuckError
	switch {
	case id == "":
		return err
	case errors.As(err, &stuck):
		return fmt.Errorf("%w; implycheck restore %s puts back what was written", err, id)
	}
	return errors.Join(err, backups.Forget(id))
}
