package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func upgradeReport(_ *cobra.Command, _ diffFlags, _ string) error {
	return errors.New("--to: not there yet")
}
