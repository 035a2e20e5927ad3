package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
)

func newProperties() *cobra.Command {
	var format, target string
	cmd := &cobra.Command{
		Use:   "properties [PATTERN]",
		Short: "List the properties that Druid reads",
		Long: `Properties lists what the target's release reads, all of it or what contains
PATTERN, with type, default and documentation. A * in PATTERN stands for any
text.`,
		Example: `  implycheck properties processing
  implycheck properties 'druid.segmentCache.*' --target druid-28
  implycheck properties --format json > properties.json`,
		Args: arguments(0, 1, ""),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(target)
			if err != nil {
				return err
			}
			pattern := strings.Join(args, "")
			list := matching(pattern, t)
			if len(list) == 0 {
				return fmt.Errorf("%s reads no property like %q%s", t.Name, pattern, didYouMean(pattern, t))
			}
			switch format {
			case "text":
				return report.PropertiesText(cmd.OutOrStdout(), list, t)
			case "json":
				return report.PropertiesJSON(cmd.OutOrStdout(), list, t)
			}
			return fmt.Errorf("--format: unknown %q: write text or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text or json")
	cmd.Flags().StringVar(&target, "target", schema.DefaultTarget.Name, "version whose properties to list")
	complete(cmd, "format", []string{"text", "json"})
	complete(cmd, "target", schema.TargetNames())
	return cmd
}

// matching are the properties of the target whose name contains the pattern.
func matching(pattern string, t schema.Target) []*schema.Property {
	var list []*schema.Property
	parts := strings.Split(strings.ToLower(pattern), "*")
	all := schema.Properties()
	for i := range all {
		if p := &all[i]; p.Releases.Has(t.Release) && containsInOrder(strings.ToLower(p.Name), parts) {
			list = append(list, p)
		}
	}
	return list
}

func containsInOrder(name string, parts []string) bool {
	for _, part := range parts {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return true
}
