package lint

import (
	"context"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/suppress"
	"github.com/implycheck/implycheck/rules"
)

// tree is what is kept of a tree that was linted.
type tree struct {
	place      *place
	baseline   disk.Name    // the file that its configuration names
	result     rules.Result // without the findings
	comments   *suppress.Comments
	findings   []finding.Finding
	suppressed []finding.Suppressed
}

// lintTrees lints the trees that are not excluded, in the order of the sources.
func (l *linter) lintTrees(ctx context.Context, sources []*source) ([]*tree, error) {
	tally := tally{all: len(sources), report: l.Progress}
	trees, err := parallel(ctx, l.Jobs, sources, func(s *source) (*tree, error) {
		defer tally.checked()
		return l.lintTree(ctx, s)
	})
	return slices.DeleteFunc(trees, func(t *tree) bool { return t == nil }), err
}

// lintTree opens a tree and lints it; it answers nil for one that is excluded.
func (l *linter) lintTree(ctx context.Context, s *source) (*tree, error) {
	settings, err := l.config.For(s.path)
	if err != nil || settings.Excluded(s.path) {
		return nil, err
	}
	// The process that compiles policies starts while the tree is read.
	policies := make(chan loaded, 1)
	go func() { policies <- l.loaded.of(ctx, settings, l.Policies) }()
	opened, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.FindSecrets()() // for the last step, and for what rules quote
	t := &tree{place: s.place, baseline: settings.BaselineFile(), comments: &suppress.Comments{}}
	found, names, err := l.check(ctx, t, opened, settings, policies)
	if err != nil {
		return nil, err
	}
	l.config.See(opened.Path, filesOf(opened))
	if !l.NoIgnores {
		t.comments = suppress.Read(opened, suppress.Options{
			Today: string(l.config.Today), Locked: settings.Locked, Policies: names,
		})
	}
	l.suppress(t, found)
	t.keep(l.config.Apply(t.comments.Problems()))
	if l.Linted != nil {
		l.Linted(opened, t.findings)
	}
	t.hide(opened)
	return t, nil
}

// check answers what the rules and then the policies find, and the names of the
// policies' rules.
func (l *linter) check(ctx context.Context, t *tree, opened *conf.Tree, s config.Settings, policies <-chan loaded) (found []finding.Finding, names []string, err error) {
	result, err := rules.Lint(ctx, opened, rules.Options{
		Deployment: s.Deployment, Topology: s.Topology, HA: l.HA, Rules: l.Rules,
	})
	if err != nil {
		return nil, nil, err
	}
	of := <-policies
	if of.err != nil {
		return nil, nil, of.err
	}
	found = result.Findings
	for _, check := range of.list {
		found = append(found, check(ctx, opened, result.Tree.Deployment)...)
	}
	t.result, t.result.Findings = result, nil
	return found, of.names, ctx.Err()
}

func filesOf(t *conf.Tree) []string {
	paths := make([]string, len(t.Files))
	for i, f := range t.Files {
		paths[i] = f.Path
	}
	return paths
}

// suppress keeps what the configuration file and the comments of a tree leave of
// its findings.
func (l *linter) suppress(t *tree, findings []finding.Finding) {
	left, byConfig := l.config.Apply(findings)
	left, byComment := finding.Suppress(left, t.comments.Suppresses)
	t.keep(left, append(byConfig, byComment...))
}

// keep keeps what concerns the files that were asked for.
func (t *tree) keep(findings []finding.Finding, suppressed []finding.Suppressed) {
	for _, f := range findings {
		if t.place.concerns(&f) {
			t.findings = append(t.findings, f)
		}
	}
	for _, s := range suppressed {
		if t.place.concerns(&s.Finding) {
			t.suppressed = append(t.suppressed, s)
		}
	}
}

// describe is the tree as the report has it; its files are called as the user
// calls them.
func (t *tree) describe() finding.Tree {
	d := t.result.Tree
	if t.place.files == nil {
		return d
	}
	d.Files = len(t.place.files)
	for i := range t.findings {
		t.place.rename(&t.findings[i])
	}
	for i := range t.suppressed {
		t.place.rename(&t.suppressed[i].Finding)
	}
	return d
}
