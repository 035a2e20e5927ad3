package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// openFlags say how one configuration is opened; the commands that open one share them.
type openFlags struct {
	target, form string
	access       accessFlags
	config       configFlags // of a command that has such flags
}

func (o *openFlags) add(cmd *cobra.Command, of string) {
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "auto", "version "+of+" written for: auto, imply-3.0.19, druid-28, ...")
	f.StringVar(&o.form, "form", "", formHelp())
	o.access.add(f)
	complete(cmd, "target", append([]string{"auto"}, schema.TargetNames()...))
	complete(cmd, "form", conf.FormNames())
}

// options are those of opening some paths.
func (o openFlags) options(paths ...string) (conf.Options, error) {
	options := conf.Options{Form: o.form}
	access, err := o.access.of(paths...)
	options.Access = access
	if o.target == "auto" {
		options.TargetOf = o.config.files().TargetOf
		return options, errors.Join(err, checkForm(o.form))
	}
	t, unknown := schema.ParseTarget(o.target)
	if unknown != nil {
		unknown = fmt.Errorf("--target: %w", unknown)
	}
	options.Target = &t
	return options, errors.Join(unknown, checkForm(o.form), err)
}

// open opens a path that holds one cluster.
func (o openFlags) open(ctx context.Context, path string) (*conf.Tree, error) {
	options, err := o.options(path)
	if err != nil {
		return nil, err
	}
	return openOne(ctx, path, options)
}

// openOne opens a path that holds one cluster.
func openOne(ctx context.Context, path string, o conf.Options) (*conf.Tree, error) {
	trees, err := conf.Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return theCluster(path, trees)
}

// theCluster is the one cluster among those that a path holds.
func theCluster(path string, trees []*conf.Tree) (*conf.Tree, error) {
	if started := slices.DeleteFunc(slices.Clone(trees), (*conf.Tree).StartsNothing); len(started) == 1 {
		return started[0], nil
	}
	if len(trees) == 1 {
		return trees[0], nil
	}
	paths := make([]string, len(trees))
	for i, t := range trees {
		paths[i] = t.Path
	}
	return nil, fmt.Errorf("%s holds %d clusters: name one of %s", path, len(trees), strings.Join(paths, ", "))
}

func formHelp() string {
	return "only configurations kept in this form: " + strings.Join(conf.FormNames(), ", ") + "; without it all are found"
}

func checkForm(name string) error {
	if name != "" && !slices.Contains(conf.FormNames(), name) {
		return fmt.Errorf("--form: unknown %q: write one of %s", name, strings.Join(conf.FormNames(), ", "))
	}
	return nil
}

func checkDeployment(name string) error {
	if !slices.Contains(config.Deployments, name) {
		return fmt.Errorf("--deployment: unknown %q: write one of %s", name, strings.Join(config.Deployments, ", "))
	}
	return nil
}

// deployment is what --deployment says, else the config file, else what the tree tells.
func (o openFlags) deployment(t *conf.Tree, said string) (conf.Deployment, error) {
	if said == "auto" {
		settings, err := o.config.files().For(t.Path)
		if err != nil {
			return conf.Deployment{}, err
		}
		said = settings.Deployment
	}
	return rules.DeploymentOf(t, rules.Options{Deployment: said}), nil
}
