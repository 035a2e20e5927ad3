package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// openFor opens a path that holds one cluster, for the release of --target and in
// the form of --form.
func openFor(ctx context.Context, path, target, form string) (*conf.Tree, error) {
	o, err := openOptions(target)
	if err = errors.Join(err, checkForm(form)); err != nil {
		return nil, err
	}
	o.Form = form
	return openOne(ctx, path, o)
}

// openOne opens a path that holds one cluster.
func openOne(ctx context.Context, path string, o conf.Options) (*conf.Tree, error) {
	trees, err := conf.Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	if len(trees) > 1 {
		paths := make([]string, len(trees))
		for i, t := range trees {
			paths[i] = t.Path
		}
		return nil, fmt.Errorf("%s holds %d clusters: name one of %s", path, len(trees), strings.Join(paths, ", "))
	}
	return trees[0], nil
}

// openOptions say what --target says.
func openOptions(target string) (o conf.Options, err error) {
	if target == "auto" {
		return o, nil
	}
	t, err := schema.ParseTarget(target)
	if err != nil {
		return o, fmt.Errorf("--target: %w", err)
	}
	o.Target = &t
	return o, nil
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

// deploymentOf is what --deployment says, else what the tree tells.
func deploymentOf(t *conf.Tree, deployment string) string {
	return string(rules.DeploymentOf(t, rules.Options{Deployment: deployment}).Kind)
}
